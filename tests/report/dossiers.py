"""Runs that the tests of the report share: the template, which is small, and the flagship in a few worlds."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from quandary.ask import Study
from quandary.report import Dossier, page
from quandary.use import HANDS, RunRequest, dossier_of, studied

TEMPLATE = Path(__file__).resolve().parents[2] / "src" / "quandary" / "cases" / "_template" / "case.yaml"
FLAGSHIP = "kazakhstan-2022"


@cache
def run_of(named: str, worlds: int) -> tuple[Study, Dossier]:
    """Return a run with its study, made once for all tests."""
    study, report = studied(RunRequest(case=named, worlds=worlds, search=False), HANDS, follow=True)
    return study, dossier_of(study, report, bounds=False)


def small() -> Dossier:
    """Return the template's dossier."""
    return run_of(str(TEMPLATE), 1600)[1]


def flagship() -> Dossier:
    """Return the flagship's dossier, in as few worlds as a page can be made of."""
    return run_of(FLAGSHIP, 48)[1]


@cache
def small_page(*, sliders: bool = False) -> str:
    """Return the template's page."""
    return page(small(), sliders=sliders)


@cache
def flagship_page(*, sliders: bool = False) -> str:
    """Return the flagship's page."""
    return page(flagship(), sliders=sliders)


def long_named() -> Dossier:
    """Return the dossier of a case whose titles, names and states are as long as people write them."""
    return run_of(str(Path(__file__).with_name("long_names.yaml")), 600)[1]
