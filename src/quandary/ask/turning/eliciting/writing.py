"""Answers written into the text of a case: one number with its reason and who judged it, all else as it was."""

from __future__ import annotations

from quandary.ask.turning.eliciting.candidates import Aspect, Candidate
from quandary.ask.turning.eliciting.separating import place_in, separated
from quandary.base.places import Place
from quandary.case.model import Case
from quandary.case.text import CaseText, TextEntry
from quandary.case.yaml.located import Mapping, plain

VALUE, BECAUSE, JUDGED, NOT_KNOWN = "value", "because", "judged_by", "not_known_by"
OF_THE_OLD = ("source", "quote", NOT_KNOWN)
"""What stands beside a number and says why it was as it was."""


def with_answer(
    text: CaseText, case: Case, candidate: Candidate, value: str | None, *, because: str | None, by: str
) -> tuple[CaseText, Place]:
    """Return the text with the answer to a candidate, ``None`` for one that is not known, and where it stands now.

    Raises ``Refusal`` (Q817, Q818) where the entry cannot be changed alone.
    """
    if candidate.aspect is Aspect.ORDER and value is not None:
        return _with_order(text, case, candidate, value, {BECAUSE: because, JUDGED: by})
    alone, place = text, candidate.number.place
    if candidate.number.unknown:
        alone, place = separated(text, case, candidate.number, candidate.alike, is_written=candidate.is_written)
    if value is None:
        return with_not_known(alone, place, by), place
    return with_judgement(alone, place, value, because, by), place


def _with_order(
    text: CaseText, case: Case, candidate: Candidate, value: str, beside: dict[str, str | None]
) -> tuple[CaseText, Place]:
    """Return the text with an order: the worst is worth 0, the best 100; of two weights one is more than half."""
    order = [int(part) - 1 for part in value.split(" < ")]
    if candidate.number.role.kind != "weight":
        entries = [text.entry_at(one.place) for one in candidate.ranked]
        put = {order[0]: "0", order[-1]: "100"}
    else:
        text, _ = separated(text, case, candidate.number, candidate.alike, is_written=True)
        files = {(stake.actor, stake.id): stake.place.file for stake in case.stakes}
        entries = [TextEntry(files[one.of[0], one.of[-1]], ("stakes", *one.of, "weight")) for one in candidate.things]
        put = {order[-1]: "more than half"}
    for at, said in put.items():
        text = with_judgement(text, place_in(text, entries[at]), said, beside[BECAUSE], beside[JUDGED] or "")
    return text, place_in(text, entries[order[-1]])


def with_judgement(text: CaseText, place: Place, value: str, because: str | None, by: str) -> CaseText:
    """Return the text with a number judged anew, which was written at a place: its reason and who judged it beside it.

    What sourced the number before goes. Raises ``Refusal`` (Q817, Q818) where the entry cannot be changed alone.
    """
    beside = {VALUE: value, BECAUSE: because, JUDGED: by}
    return _beside(text, place, {key: held for key, held in beside.items() if held}, OF_THE_OLD)


def with_not_known(text: CaseText, place: Place, by: str) -> CaseText:
    """Return the text with who was asked for a number and did not know; the number and its reasons stay."""
    return _beside(text, place, {NOT_KNOWN: by}, ())


def _beside(text: CaseText, place: Place, wanted: dict[str, str], gone: tuple[str, ...]) -> CaseText:
    entry = text.entry_at(place)
    around = text.value_at(entry.around)
    if entry.path[-1] != VALUE or not isinstance(around, Mapping):
        value = text.value_at(entry)
        assert value is not None
        return text.with_value_at(entry, {VALUE: plain(value), **wanted})
    if around.flow:
        own = {one.key.text: plain(one.value) for one in around if one.key.text not in gone}
        renewed = {BECAUSE, JUDGED} if VALUE in wanted else set()
        held = {key: value for key, value in own.items() if key not in {VALUE, *wanted, *renewed}}
        return text.with_value_at(entry.around, {VALUE: own[VALUE], **held} | wanted)
    return _line_by_line(text, entry.around, around, wanted, gone)


def _line_by_line(
    text: CaseText, number: TextEntry, around: Mapping, wanted: dict[str, str], gone: tuple[str, ...]
) -> CaseText:
    """Return the text with entries of a number that is written on several lines."""
    without = {*gone, *((BECAUSE,) if VALUE in wanted and BECAUSE not in wanted else ())}
    for key in without & around.index.keys():
        text = text.without_at(number.inside(key))
    for key, value in wanted.items():
        put = text.with_value_at if key in around.index else text.with_entry_at
        text = put(number.inside(key), value)
    return text
