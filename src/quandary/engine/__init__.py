"""Arithmetic on tables in all worlds: plans, evaluation, inference, and the same as compiled code."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
