from quandary.ask.answer import Answer as Answer
from quandary.base.problems import CaseError as CaseError
from quandary.base.problems import Problem as Problem
from quandary.base.problems import Refusal as Refusal
from quandary.use.face import LoadedCase as LoadedCase
from quandary.use.face import Solved as Solved
from quandary.use.face import load as load
from quandary.version import __version__ as __version__
