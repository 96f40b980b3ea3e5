"""The way in for browsers and programs: every task of the one door as a route, and the page (the extra ``web``)."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
