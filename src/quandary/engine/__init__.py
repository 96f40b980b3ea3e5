"""Arithmetic on tables in all worlds: plans, evaluation, inference, and the same as compiled code."""
