"""What to choose at a decision, in words and as tables: a group of lines for each situation that is possible."""

from __future__ import annotations

from collections.abc import Iterator

from quandary.ask.answer import Answer
from quandary.ask.query.combining import is_truth
from quandary.ask.turning.advice import Advice, AdviceRow, OptionOutlook
from quandary.ask.turning.studying import ExpectedGain
from quandary.base.problems import counted
from quandary.case.logic.conditions import mentioned
from quandary.language.heads import Unit
from quandary.report.analyses.choice import arises_lines
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.claims import few_said
from quandary.report.words.naming.beliefs import belief_lines
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name
from quandary.report.words.naming.queries import query_words
from quandary.report.words.units import plain, said, said_interval, unit_of
from quandary.report.words.wording import UNDEFINED, listing, number, of_worlds, percent, signed_size

SHOWN = 6
"""How many situations are shown, the likeliest; JSON has more."""

WORTH = "points of worth"


def advice_parts(names: CaseNames, found: Advice, worlds: int, seed: int) -> Iterator[ReportPart]:
    """Yield what is best where, what the owner has seen, each option's worth, and what knowing more would add."""
    title = f"{names.actor(found.decision.by)}: {names.variable(found.decision.id)}"
    yield Paragraph(title if found.own else f"{title}, chosen for {query_words(names, found.payoff)}", tone="title")
    yield Paragraph(advice_sentence(names, found), tone="strong")
    for line in (*belief_lines(names, found.decision.by), *_known(names, found)):
        yield Paragraph(line)
    differing, _ = _columns(found)
    for row in found.rows[:SHOWN]:
        yield Paragraph()
        if len(found.rows) > 1:
            yield Paragraph(f"{_weight(row)}: {_state(names, row, differing)}", tone="strong")
        yield _options(names, found, row)
    if found.sets > SHOWN:
        rest = percent(1 - sum(row.weight for row in found.rows[:SHOWN]))
        yield Paragraph()
        yield Paragraph(f"These are the {SHOWN} likeliest of {found.sets} situations; the others weigh {rest} in all.")
    yield from _gains(names, found)
    yield Paragraph()
    yield Paragraph(_footer(names, found, worlds, seed), tone="aside")


def advice_sentence(names: CaseNames, found: Advice) -> str:
    """Return which option is best, by how much and how often; where it depends on what is seen, how often which is."""
    if len(found.rows) == 1:
        return f"{_best(names, found, found.rows[0])}."
    weights: dict[str, float] = {}
    for row in found.rows:
        best = _first(names, found, row)
        weights[best] = weights.get(best, 0.0) + row.weight
    if len(weights) == 1:
        shown = "every situation" if found.sets == len(found.rows) else f"the {len(found.rows)} likeliest situations"
        return f"Best is {_first(names, found, found.rows[0])} in {shown} that the evidence leaves possible."
    ranked = sorted(weights.items(), key=lambda one: -one[1])
    told = [f"{option} in {percent(weight)}" for option, weight in ranked]
    sees = f"What is best depends on what {_owner(names, found)} sees"
    return f"{sees}: {listing(told)} of what the evidence leaves possible."


def _first(names: CaseNames, found: Advice, row: AdviceRow) -> str:
    """Return the best option of a row, or the first two where no difference shows between them."""
    tied = row.lead is not None and not _clear(row.lead)
    return " or ".join(_named(names, found, one) for one in row.options[: 2 if tied else 1])


def _named(names: CaseNames, found: Advice, outlook: OptionOutlook) -> str:
    return names.state(found.decision.id, outlook.option)


def _owner(names: CaseNames, found: Advice) -> str:
    """Return who decides, as it stands inside a sentence."""
    return names.actor_inside(found.decision.by)


def _best(names: CaseNames, found: Advice, row: AdviceRow) -> str:
    best, lead = row.options[0], row.lead
    first = _named(names, found, best)
    if best.worth.mean is None:
        return "No option has a worth by this payoff"
    if lead is None:
        return f"Only {first} is open"
    second = _named(names, found, row.options[1])
    if not _clear(lead):
        return f"No difference shows between the two best, {first} and {second}"
    often = f"in {of_worlds(best.best_in)}"
    return f"Best is {first}, ahead of {second} by {_difference(found, lead.mean)}; it is best {often}"


def _clear(lead: Answer) -> bool:
    """Return whether a lead is more than what the drawing of worlds leaves open."""
    return lead.mean is not None and lead.mean > max(2 * (lead.mc_error or 0.0), 1e-9)


def _known(names: CaseNames, found: Advice) -> Iterator[str]:
    """Yield what the owner has seen, what it has not, what makes no difference, and what is set aside."""
    owner, vantage = _owner(names, found), found.vantage
    yield from arises_lines(names, found.decision)
    begins = owner[:1].upper() + owner[1:]
    _, shared = _columns(found)
    told = [names.clause(piece) for piece in vantage.told if not set(mentioned(names.case, piece)) <= set(shared)]
    told += [names.is_state(name, state) for name, state in shared.items()]
    if told:
        yield f"{begins} has seen {listing([f'that {one}' for one in told])}."
    if vantage.hidden:
        hidden = listing([f"that {names.clause(piece)}" for piece in vantage.hidden])
        if found.knowing:
            yield f"Given as well, though {owner} does not see it: {hidden}."
        else:
            yield f"Not seen by {owner}: {hidden}. It only weighs situations and worlds; --knowing takes it as given."
    elif found.knowing:
        seen = f"{begins} sees all the evidence there is of that moment" if vantage.told else "Nothing was seen by then"
        yield f"{seen}: knowing it changes nothing."
    if vantage.idle:
        idle = listing([names.variable_inside(name) for name in vantage.idle])
        yield f"{begins} also sees {idle}. No difference between its options depends on that: it tells no rows apart."
    if vantage.aside:
        aside = listing([f"that {names.clause(piece)}" for piece in vantage.aside])
        yield f"Set aside, as it is the choice itself or may come of it: {aside}."


def _columns(found: Advice) -> tuple[list[str], dict[str, str]]:
    """Return what is seen differently in different rows, and what is the same in all of them."""
    rows = [dict(row.saw) for row in found.rows]
    shared = {name: state for name, state in rows[0].items() if all(row[name] == state for row in rows)}
    return [name for name in rows[0] if name not in shared], shared


def _state(names: CaseNames, row: AdviceRow, differing: list[str]) -> str:
    saw = dict(row.saw)
    return " and ".join(names.is_state(name, saw[name]) for name in differing)


def _weight(row: AdviceRow) -> str:
    return percent(row.weight) + "".join(f" ({told})" for told in few_said(row.few_worlds, row.few_edge))


def _options(names: CaseNames, found: Advice, row: AdviceRow) -> Sheet:
    """Return a line for each option in a situation, the best first."""
    lines = []
    for i, option in enumerate(row.options):
        ahead = _difference(found, row.lead.mean, "") if i == 0 and row.lead is not None else ""
        lines.append((*_option(names, found, option), ahead))
    worth = "worth" if found.own else "expected"
    columns = ("option", worth, "90 % interval", "best", "chosen", "ahead by")
    return Sheet("", columns, tuple(lines), numeric=frozenset(range(1, len(columns))))


def _option(names: CaseNames, found: Advice, outlook: OptionOutlook) -> tuple[str, ...]:
    worth, unit = outlook.worth, _unit(found)
    value = number(plain(worth.mean, unit)) if unit is Unit.POINTS else said(worth.mean, unit)
    interval = said_interval(worth.low, worth.high, unit)
    if is_truth(found.payoff) and worth.mean is not None:
        value, interval = f"in {of_worlds(worth.mean)}", UNDEFINED
    return _named(names, found, outlook), value, interval, f"in {of_worlds(outlook.best_in)}", percent(outlook.chosen)


def _gains(names: CaseNames, found: Advice) -> Iterator[ReportPart]:
    """Yield what knowing everything, and each number, first would add at the likeliest situation."""
    row = found.rows[0]
    where = "" if len(found.rows) == 1 else " in the likeliest situation"
    if row.few_worlds:
        yield Paragraph(
            f"Only {counted(round(row.effective_worlds), 'effective world')} count{where}: take the order with care. "
            "It is too few to say what knowing a number of the case first would add."
        )
    if row.everything is None:
        return
    yield Paragraph()
    points = f" {WORTH}" if _unit(found) is Unit.POINTS else ""
    added = _gain(found, row.everything, points)
    yield Paragraph(f"Knowing every number of the case before choosing would add {added}{where}.")
    if not found.numbers:
        yield Paragraph("No number alone would change the choice often enough to be worth anything.")
        return
    gains = tuple((_gain(found, gain), number_name(names, one)) for one, gain in found.numbers)
    yield Sheet("", ("gain", "if this were known before choosing"), gains, numeric=frozenset({0}))


def _footer(names: CaseNames, found: Advice, worlds: int, seed: int) -> str:
    owner = _owner(names, found)
    what = f"what {owner} expects" if found.own else "the mean answer"
    seen = "what it has seen and what is given beside it" if found.knowing else "what it has seen and nothing else"
    unit = f", in {WORTH}" if _unit(found) is Unit.POINTS else ""
    drawn = f"{counted(worlds, 'world')} ({found.rows[0].effective_worlds:,.0f} effective in the likeliest situation)"
    return (
        f"{names.case.title}; {drawn}, seed {seed}. "
        f"{'Worth' if found.own else 'Expected'}: {what} of an option, given {seen}{unit}; everybody else follows the "
        "rules of the case's game. Best: in how many worlds no other option gives more. Chosen: how likely it is taken "
        "there. Gains have their error, and options are scored on other worlds than those they are picked on."
    )


def _unit(found: Advice) -> Unit:
    return Unit.SHARE if is_truth(found.payoff) else unit_of(found.payoff)


def _difference(found: Advice, value: float | None, points: str = f" {WORTH}") -> str:
    """Return a difference of two options with its unit; worth is followed by ``points``."""
    unit = _unit(found)
    if value is None:
        return UNDEFINED
    if unit is Unit.POINTS:
        return f"{number(plain(value, unit))}{points}"
    return said(value, Unit.DIFFERENCE if unit is Unit.SHARE else unit)


def _gain(found: Advice, gain: ExpectedGain, points: str = "") -> str:
    if _unit(found) in (Unit.SHARE, Unit.DIFFERENCE):
        return f"{signed_size(max(gain.value, 0.0))} ± {signed_size(gain.error)} percentage points"
    gained, error = (plain(max(value, 0.0), Unit.POINTS) for value in (gain.value, gain.error))
    return f"{number(gained, 2)} ± {number(error, 1)}{points}"
