"""Equilibria of a long list that are told alike: the same figures, the same answers; told together.

A game with moves off the path has many pure equilibria that differ only in what is never done. One line for all of them
says more than a page of lines that differ in a number.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from quandary.report.one_game.solved import NamedEquilibrium, NamedStatements, SolvedGame

Apart = Mapping[tuple[str, str], str]
"""Player and information set at which the members of a group differ: what they do there, in words."""

RUNS_SHOWN = 8

CONTINUUM = "part of a continuum"
NAMED = 6
"""Equilibria named in a remark."""


@dataclass(frozen=True, eq=False)
class AlikeGroup:
    """``places`` in the list, counted from 0; ``apart``: where members differ; ``remark``: what is said beside it."""

    places: tuple[int, ...]
    apart: Apart
    remark: str

    @property
    def first(self) -> int:
        """Return the place of the member that stands for all."""
        return self.places[0]

    @property
    def label(self) -> str:
        """Return the members' numbers as a row of a table is headed."""
        first, last = self.places[0] + 1, self.places[-1] + 1
        if len(self.places) == 1:
            return f"E{first}"
        return f"E{first} to E{last}" if last - first == len(self.places) - 1 else f"E{first} and like it"

    @property
    def title(self) -> str:
        """Return the heading over what the members do."""
        if len(self.places) == 1:
            return self.label
        runs = _runs(self.places)
        more = f" and {len(runs) - RUNS_SHOWN} runs more" if len(runs) > RUNS_SHOWN else ""
        return f"{', '.join(runs[:RUNS_SHOWN])}{more}, told alike"

    @property
    def reasons_of(self) -> str:
        """Return which member's reasons are given, nothing where it is the only one."""
        return f"E{self.first + 1}" if len(self.places) > 1 else ""


def told_alike(solved: SolvedGame, figures: Callable[[NamedEquilibrium], Hashable], most: int) -> list[AlikeGroup]:
    """Return the equilibria in groups, each alone where there are no more than ``most``.

    Members of a group have the same ``figures`` and the same answers, and are all or none part of a continuum.
    """
    listed = solved.equilibria
    if len(listed) <= most:
        return [AlikeGroup((k,), {}, "; ".join(remarks(found))) for k, found in enumerate(listed)]
    together: dict[Hashable, list[int]] = {}
    for place, found in enumerate(listed):
        key = figures(found), _answers(found.said), _remark(found), bool(found.correlation)
        together.setdefault(key if not found.correlation else (key, place), []).append(place)
    return [_group(listed, places) for places in together.values()]


def _group(listed: Sequence[NamedEquilibrium], places: list[int]) -> AlikeGroup:
    members = [listed[place] for place in places]
    first = members[0]
    if len(members) == 1:
        return AlikeGroup((places[0],), {}, "; ".join(remarks(first)))
    apart = {}
    for player, sets in first.behaviour.items():
        for name, rule in sets.items():
            if any(member.behaviour[player][name] != rule for member in members[1:]):
                apart[player, name] = _differing([member.behaviour[player][name] for member in members])
    said = _remark(first)
    return AlikeGroup(tuple(places), apart, f"{len(members)} of them{', each ' + said if said else ''}")


def _differing(rules: Sequence[Mapping[str, float | None]]) -> str:
    """Return what some do and others not, in words."""
    actions = {action: None for rule in rules for action, chance in rule.items() if chance is None or chance > 0.0}
    if any(chance is None for rule in rules for chance in rule.values()):
        return "differs, or left open"
    mixed = any(0.0 < chance < 1.0 for rule in rules for chance in rule.values() if chance is not None)
    *others, last = actions
    return f"{', '.join(others)} or {last}, as they differ" if others and not mixed else "mixed in different ways"


def remarks(found: NamedEquilibrium) -> tuple[str, ...]:
    """Return what is said beside an equilibrium, with the numbers of those that it mixes with."""
    if not found.mixes_with:
        return found.remarks
    more = " and more" if len(found.mixes_with) > NAMED else ""
    names = ", ".join(f"E{place + 1}" for place in found.mixes_with[:NAMED]) + more
    return (f"{CONTINUUM}: every mixture with {names} is an equilibrium too", *found.remarks)


def _remark(found: NamedEquilibrium) -> str:
    """Return the remarks without the numbers of others."""
    return "; ".join([CONTINUUM] * bool(found.mixes_with) + list(found.remarks))


def _answers(said: NamedStatements | None) -> Hashable:
    if said is None:
        return None
    own = (said.subgame_perfect, said.sequential, said.logit_limit, said.trembling_hand)
    return said.kind, tuple((one.holds, one.because if one.holds is not False else "") for one in own)


def _runs(places: Sequence[int]) -> list[str]:
    """Return runs of numbers, as in E3 to E5."""
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    named = [(f"E{a + 1}",) if a == b else (f"E{a + 1}", f"E{b + 1}") for a, b in runs]
    return [(" to " if b - a > 1 else ", ").join(ends) for (a, b), ends in zip(runs, named, strict=True)]
