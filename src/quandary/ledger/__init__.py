"""The ledger: forecasts kept, settled and scored."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
