"""A draft as the YAML of a case file, with its gaps, quotes and remarks, for a person to read and edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from quandary.case.draft import Draft, Gap, OpenNumber, Proposal
from quandary.case.model import (
    VERSION,
    Actor,
    ChanceEvent,
    Claim,
    DecisionEvent,
    Evidence,
    OddsRule,
    Question,
    Source,
    Sourced,
    Stake,
    Test,
)
from quandary.case.yaml.yaml_reading import GAP
from quandary.case.yaml.yaml_writing import block_text, quoted_text
from quandary.language.printing import written
from quandary.language.syntax import Unknown
from quandary.language.vocabulary import UNKNOWN

_HEAD = (
    "# A draft made by `quandary read` from one article. Every entry is a proposal with the quote it came from.",
    "# Where it says ??? the article gives no answer: fill it in, or remove the line; `quandary check` lists them.",
    "# Where it says unknown nobody has put a number: the case runs without; write one where you know more.",
    "# Rename freely; merge what is one thing; delete what does not matter.",
)
_SECTIONS = {
    "actors": "who chooses: those to whom the article gives a move",
    "story": "what happens, in order of time; arcs from the article's conditionals and causal claims",
    "stakes": "what each wants, on 0 to 100",
    "evidence": "what the article reports as having happened",
    "claims": "who said what",
    "questions": "what the article asks",
}
_NEEDED = {
    "actors": "actors: {}  # the article gives nobody a move",
    "story": f"story: {GAP}  # the article names no condition, cause or dated event; write what may happen",
}
_SPACED = {"story", "claims"}
"""Sections whose entries have an empty line between them."""


def written_draft(draft: Draft) -> str:
    """Return the draft as the text of a case file; rejected proposals are left out."""
    return "\n".join(line.rstrip() for line, _ in _lines(draft)) + "\n"


def proposal_at(draft: Draft, line: int) -> Proposal | None:
    """Return the proposal that is written on a line, counted from 1; ``None`` where none is."""
    owners = [proposal for _, proposal in _lines(draft)]
    return owners[line - 1] if 0 < line <= len(owners) else None


def _lines(draft: Draft) -> Iterator[tuple[str, Proposal | None]]:
    """Yield the lines of a draft, each with the proposal that it is of."""
    yield from ((line, None) for line in _head(draft))
    for section, heading in _SECTIONS.items():
        kept = draft.kept(section)
        begun = f"{section}:" if kept else _NEEDED.get(section)
        yield "", None
        yield f"# --- {heading} " + "-" * max(0, 108 - len(heading)), None
        if begun is not None:
            yield begun, None
        for proposal in kept:
            yield from ((line, proposal) for line in _indented(entry_lines(proposal)))
            if section in _SPACED:
                yield "", None


def entry_lines(proposal: Proposal, *, noted: bool = True) -> list[str]:
    """Return the lines of a proposal; without its quote, source and status unless ``noted``."""
    if proposal.typed:
        return [_accepted(line) for line in proposal.typed]
    status = [f"status: {_status(proposal)}"] if noted else []
    source = [f"source: {proposal.source}"] if noted else []
    quote = [f"quote: {quoted_text(proposal.quote)}"] if noted else []
    remarks = proposal.remarks
    match proposal.entry:
        case Actor() as actor:
            return [f"{actor.id}:", *_indented([*_actor(actor, remarks), *quote, *source, *status])]
        case ChanceEvent() | DecisionEvent() as event:
            return _item([*_event(event, remarks), *quote, *source, *status])
        case Evidence() as seen:
            on = _field("on", seen.on, remarks)
            return _item([on, f"saw: {written(seen.saw)}", *quote, *source, *status])
        case Claim() as claim:
            said = [f"quote: {quoted_text(claim.quote)}"] if noted else []
            return _item([*_claim(claim, [*said, *source], remarks), *_own_line("hedge", remarks), *status])
        case Question() as question:
            if question.asks is None:
                return [_field(question.id, question.query, {})]
            asked = [f"asks: {quoted_text(question.asks)}", _field("query", question.query, {})]
            return [f"{question.id}:", *_indented([*asked, *source, *status])]
        case stakes:
            wanted = (line for one in stakes for line in _stake(one, status, remarks))
            return [f"{stakes[0].actor}:", *_indented(wanted)]


def _status(proposal: Proposal) -> str:
    return "accepted" if proposal.status in ("accepted", "edited") else "proposed"


def _accepted(typed: str) -> str:
    """Return a line that the analyst typed, who has accepted what he typed."""
    return typed.replace("proposed", "accepted") if typed.strip() == "status: proposed" else typed


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _item(lines: list[str]) -> list[str]:
    """Return the lines as an entry of a list."""
    return [f"- {lines[0]}", *_indented(lines[1:])]


def _field(key: str, value: object, remarks: Mapping[str, str]) -> str:
    """Return ``key: value`` with what is asked of the analyst, or a remark, beside it."""
    said = value.asks if isinstance(value, Gap | OpenNumber) else remarks.get(key, "")
    beside = f"  # {_one_line(said)}" if said else ""
    return f"{key}: {_value(value)}{beside}"


def _value(value: object) -> str:
    match value:
        case Gap():
            return GAP
        case OpenNumber():
            return UNKNOWN
        case str():
            return quoted_text(value)
        case date():
            return value.isoformat()
        case tuple():
            return f"[{', '.join(value)}]"
        case Sourced():
            return written(value.quantity)
        case _:
            return written(value)  # type: ignore[arg-type]  # what is left is an expression


def _own_line(key: str, remarks: Mapping[str, str]) -> list[str]:
    return [f"# {_one_line(remarks[key])}"] if key in remarks else []


def _one_line(remark: str) -> str:
    return " ".join(remark.split())


def _head(draft: Draft) -> list[str]:
    head = draft.head
    told = [f"# note: {_one_line(remark)}" for remark in draft.notes]
    lines = [
        *_HEAD,
        *told,
        "",
        f"quandary: {VERSION}",
        _field("title", head.title, {}),
        _field("as_of", head.as_of, {}),
    ]
    lines += ["status: draft", "", "sources:"]
    for name, source in head.sources.items():
        lines += _indented([f"{name}:", *_indented(_source(source))])
    return lines


def _source(source: Source) -> list[str]:
    lines = [_field("title", source.title, {})]
    if source.publisher:
        lines.append(_field("publisher", source.publisher, {}))
    lines.append(_field("author", source.author, {}) if source.author else "# no author is named")
    if source.published:
        lines.append(_field("published", source.published, {}))
    return [*lines, f"sha256: {source.sha256}"]


def _actor(actor: Actor, remarks: Mapping[str, str]) -> list[str]:
    named = [_field("name", actor.name, remarks), _field("rationality", actor.rationality, remarks)]
    return named + _own_line("country", remarks)


def _event(event: ChanceEvent | DecisionEvent, remarks: Mapping[str, str]) -> list[str]:
    if isinstance(event, DecisionEvent):
        sees = [_field("sees", event.sees, remarks)] if event.sees else []
        when = [] if event.when is None else [f"when: {written(event.when)}"]
        return [f"decision: {event.id}", _by(event.by), *when, *sees, _field("options", event.options, remarks)]
    given = [_field("given", event.given, remarks)] if event.given else []
    states = _field("states", event.states, remarks)
    if event.base:
        effects = (line for rule in event.effects for line in _effect(rule))
        base = f"base: {_odds(event.base, event.states)}"
        return [f"chance: {event.id}", *given, states, base, "effects:", *_indented(effects)]
    odds = event.odds
    shared = f"odds: {_odds(odds, event.states)}" if isinstance(odds, tuple) else _field("odds", odds, remarks)
    return [f"chance: {event.id}", *given, states, shared]


def _odds(rules: Sequence[OddsRule], states: Sequence[str]) -> str:
    """Return odds that hold everywhere on one line: ``unknown`` where those of every state are."""
    (rule,) = rules
    if [state for state, _ in rule.odds] == list(states) and all(_is_unknown(one) for _, one in rule.odds):
        return UNKNOWN
    return _shares(rule)


def _is_unknown(number: Sourced) -> bool:
    return isinstance(number.quantity, Unknown)


def _shares(rule: OddsRule) -> str:
    return "{" + ", ".join(f"{state}: {_value(number)}" for state, number in rule.odds) + "}"


def _effect(rule: OddsRule) -> list[str]:
    """Return an effect with the quote that it rests on."""
    number = rule.odds[0][1]
    return [f"- {written(rule.condition)}: {_shares(rule)}", *_indented(_quoted(number))]


def _quoted(number: Sourced) -> list[str]:
    quote = [f"quote: {quoted_text(number.quote)}"] if number.quote else []
    return [*quote, *([f"source: {number.source}"] if number.source else [])]


def _by(owner: object) -> str:
    return _field("by", owner, {}) if isinstance(owner, Gap) else f"by: {owner}"


def _stake(stake: Stake, status: list[str], remarks: Mapping[str, str]) -> list[str]:
    about = _own_line(stake.id, remarks)
    return [f"{stake.id}:", *_indented([*about, _field("weight", stake.weight, {}), *_worth(stake), *status])]


def _worth(stake: Stake) -> list[str]:
    """Return what the outcomes are worth: an order with its quote, rules, or what is asked of the analyst."""
    if isinstance(stake.worth, Gap):
        return [_field("worth", stake.worth, {})]
    if stake.ordered:
        order = " < ".join(written(rule.condition) for rule in stake.worth)
        return [f"order: {order}", *_quoted(stake.worth[0].value)]
    begun = "worth:  # how good each outcome is on 0 to 100; or their order alone: `order: worst < ... < best`"
    return [begun, *_indented(f"- {written(rule.condition)}: {_value(rule.value)}" for rule in stake.worth)]


def _test(test: Test, remarks: Mapping[str, str]) -> list[str]:
    """Return a test below the sentence that says it in words."""
    return [*_own_line(f"test {test.name}", remarks), line_of_test(test)]


def line_of_test(test: Test) -> str:
    """Return the line of a test."""
    return _field(test.name, test.query, {})


def _claim(claim: Claim, quoted: list[str], remarks: Mapping[str, str]) -> list[str]:
    lines = [f"id: {claim.id}", f"speaker: {quoted_text(claim.speaker)}", *quoted]
    if claim.could:
        lines.append("could: true")
    if claim.tests:
        lines += ["tests:", *_indented(line for test in claim.tests for line in _test(test, remarks))]
    else:
        lines.append(f"kind: {claim.kind}")
    if claim.not_testable is not None:
        lines.append(_field("not_testable", claim.not_testable, {}))
    return lines if claim.note is None else [*lines, f"note: {block_text(claim.note)}"]
