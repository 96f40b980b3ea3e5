"""Questions to the analyst in words: what is asked, how it can be answered, and how claims moved after a block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quandary.ask.claims.verdicts import verdict_of
from quandary.ask.turning.eliciting.candidates import Aspect, Candidate
from quandary.ask.turning.eliciting.gaps import GapKind, StructureGap
from quandary.ask.turning.eliciting.questions import ElicitedQuestion, NextQuestions, TargetState
from quandary.base.problems import counted
from quandary.case.logic.conditions import find_variable
from quandary.case.logic.unknowns import has_unknown
from quandary.case.model import Case, ChanceEvent
from quandary.compile.amounts import NumberRole
from quandary.language.syntax import Is, Name
from quandary.quantities.estimate import Scale
from quandary.report.words.claims import VERDICTS
from quandary.report.words.naming.names import CaseNames, spaced
from quandary.report.words.naming.numbers import ELSEWHERE, has_others, number_name
from quandary.report.words.wording import listing, of_worlds, percent

MOVED = 0.05
"""A claim whose share of worlds moved by less than this is not told of."""

WITHOUT_EFFECTS = "where nothing that changes its odds is so"
"""Of a base, which effects come on top of."""

DIRECTION_WAYS = ("more", "less", "neither", "don't know")


def gap_words(gap: StructureGap) -> str:
    """Return the question for a gap in the structure."""
    of = "" if gap.of is None else f" ({spaced(gap.of)})"
    match gap.kind:
        case GapKind.OWNER:
            return f"Who decides this{of}?"
        case GapKind.OPTION:
            return f"What else could they do{of}?"
        case GapKind.STATE:
            return f"What else could come of it{of}?"
        case _:
            asked = (gap.asks or "what stands here?").rstrip("?.")
            return f"{asked[:1].upper()}{asked[1:]}{of}?"


def gap_ways(gap: StructureGap) -> str:
    """Return how the question for a gap can be answered."""
    match gap.kind:
        case GapKind.OWNER:
            actors = f"one of {', '.join(gap.actors)}" if gap.actors else "an actor of the case"
            return f"{actors}; or: nobody, it is chance"
        case GapKind.OPTION | GapKind.STATE:
            return "one or more in a word or two each, with commas between; or: nothing else"
        case GapKind.WORTH:
            return "one number or range from 0 to 100, or rules such as [{x = a: 60 to 90}, {otherwise: 20}]"
        case GapKind.DAY:
            return "year-month-day, such as 2022-01-08"
        case GapKind.TEST:
            return "a comparison, such as P(x = a | do(y = b)) > P(x = a | do(y = c)); or: no test, and why"
        case _:
            return "what is to stand there, as the case language has it"


def candidate_words(names: CaseNames, candidate: Candidate) -> str:
    """Return what is asked of one number, as a question."""
    role = candidate.number.role
    if candidate.aspect is Aspect.DIRECTION:
        return _direction(names, candidate, role)
    if candidate.aspect is Aspect.ORDER:
        told = listing([f"({number}) {_thing(names, one)}" for number, one in enumerate(candidate.things, start=1)])
        return f"{_order_asked(names, candidate)}: {told}?"
    match role.kind:
        case "odds" if role.state is not None and not role.of_rest:
            seen = "" if role.believed_by is None else f" {names.actor_inside(role.believed_by)} takes it"
            asked = f"does{seen} to be that" if seen else "is it that"
            return f"How likely {asked} {_state(names, role)}{_where(names, role)}?"
        case "factor":
            return f"{_begun(names, role)}how many times as large are the odds that {_state(names, role)}?"
        case "weight":
            actor, stake = names.actor_inside(role.of[0]), names.stake(role.of[0], role.of[-1])
            swing = f"how much of the whole is it to bring {stake} from its worst to its best{_where(names, role)}?"
            return f"Take all that {actor} cares about, each brought from its worst to its best: {swing}"
        case "worth":
            wanted = names.wanted(role.of[0], role.of[-1])
            return f"From 0 (worst) to 100 (best): how good for {wanted} is it{_where(names, role) or ' in general'}?"
        case "rationality":
            actor = names.actor_inside(role.of[0])
            return f"Of two options, one better by 10 points: how many times as often does {actor} choose the better?"
        case _:
            return f"How large is {number_name(names, candidate.number)}?"


def pair_words(names: CaseNames, candidate: Candidate, first: int, second: int) -> str:
    """Return the question for two of what is to be put in order, by their places in it."""
    told = [f"({at + 1}) {_thing(names, candidate.things[at])}" for at in (first, second)]
    return f"{_order_asked(names, candidate, two=True)}: {told[0]}, or {told[1]}?"


def _order_asked(names: CaseNames, candidate: Candidate, *, two: bool = False) -> str:
    role = candidate.number.role
    if not candidate.asks_worse:
        actor = names.actor_inside(role.of[0])
        rather = f"which would {actor} rather see brought from its worst to its best"
        return f"{rather[:1].upper()}{rather[1:]}" if two else f"From the last to the first, {rather}"
    return f"{'Which is worse' if two else 'From the worst to the best'} for {names.wanted(role.of[0], role.of[-1])}"


def _thing(names: CaseNames, role: NumberRole) -> str:
    if role.kind == "weight":
        return names.stake(role.of[0], role.of[-1])
    return _where(names, role).strip() or "in general"


def _direction(names: CaseNames, candidate: Candidate, role: NumberRole) -> str:
    if role.kind == "assumption" or (role.state is None and role.condition is None):
        return f"Is {number_name(names, candidate.number)} more than zero, less, or neither?"
    if role.state is None:
        wanted = names.wanted(role.of[0], role.of[-1])
        return f"{_begun(names, role)}is {wanted} better off (more), worse off (less), or neither?"
    return f"{_begun(names, role)}is it more likely, less likely, or neither, that {_state(names, role)}?"


def _state(names: CaseNames, role: NumberRole) -> str:
    return names.plain.clause(Is(Name(role.of), (role.state or "",)))


def _begun(names: CaseNames, role: NumberRole) -> str:
    told = _where(names, role).strip()
    return f"{told[:1].upper()}{told[1:]}, " if told else ""


def _where(names: CaseNames, role: NumberRole) -> str:
    if role.condition is not None:
        return f" {names.plain.when(role.condition)}"
    if has_others(names, role):
        return f" {ELSEWHERE}"
    return f" {WITHOUT_EFFECTS}" if role.kind == "odds" and _has_effects(names, role) else ""


def _has_effects(names: CaseNames, role: NumberRole) -> bool:
    """Return whether odds are a base, on which effects come."""
    item = find_variable(names.case, Name(role.of))
    if not isinstance(item, ChanceEvent) or role.believed_by is not None:
        return False
    return bool(item.effects) or (len(item.given) > 1 and any(map(has_unknown, item.odds)))


def size_ways(candidate: Candidate) -> str:
    """Return how a size can be answered, with an example of each form."""
    number = candidate.number
    if number.scale is Scale.PROBABILITY or number.estimate.percent:
        ways = "a range that holds nine times of ten (10% to 30%); low, high, best guess, how sure (10% 40% 20% 80%)"
        return ways if number.role.of_rest else f"{ways}; a word (unlikely)"
    example, four = {
        "factor": ("x2 to x5", "1.5 6 3 80"),
        "rationality": ("x2 to x6 per 10", "1.5 8 3 80"),
        "points": ("+5 to +20 points", "0 25 10 80"),
        "worth": ("20 to 40", "10 50 30 80"),
    }.get(number.role.kind, ("20 to 40", "10 50 30 80"))
    return f"a range that holds nine times of ten ({example}); low, high, best guess, how sure ({four})"


def ways(candidate: Candidate) -> str:
    """Return how a candidate can be answered."""
    if candidate.aspect is Aspect.ORDER:
        return f"their numbers in order, as in {' < '.join(str(at) for at in range(len(candidate.things), 0, -1))}"
    return ", ".join(DIRECTION_WAYS[:3]) if candidate.aspect is Aspect.DIRECTION else size_ways(candidate)


def question_list_lines(
    names: CaseNames, asked: Sequence[StructureGap | ElicitedQuestion], found: NextQuestions, most: int
) -> Iterator[str]:
    """Yield the questions that settle most, numbered, and how many more there are."""
    shown = asked[:most]
    of = f"{counted(found.counted, 'claim')}, those that agree counted once" if found.counted else "no claim"
    if not shown:
        yield f"{names.case.title}: no question would settle more of its claims than chance would."
    else:
        first = (
            "gaps in the structure" if isinstance(shown[0], StructureGap) else "the one that settles most of the claims"
        )
        yield f"{names.case.title}: {counted(len(shown), 'question')}, {first} first."
        yield ""
        yield from listed_lines(names, shown, found)
    yield ""
    left = len(asked) - len(shown)
    rest = f"{counted(left, 'more question')} would settle less; " if left else ""
    yield f"{rest}{counted(len(found.others), 'other wide number')} would settle no more than chance. " + (
        f"Asked of {of}, in {counted(found.worlds, 'world')}, seed {found.seed}."
    )


def listed_lines(
    names: CaseNames, asked: Sequence[StructureGap | ElicitedQuestion], found: NextQuestions
) -> Iterator[str]:
    """Yield questions, numbered, each with its line of the case and what it would settle."""
    for number, one in enumerate(asked, start=1):
        if isinstance(one, StructureGap):
            yield from _gap_listed(number, one)
            continue
        for at, candidate in enumerate(one.asked):
            head = f"{number:>2}. " if at == 0 else "    and with it: "
            yield f"{head}{candidate_words(names, candidate)}"
            yield f"    line {candidate.number.place.line}; settles {settled_words(found, one)} of what is open"


def _gap_listed(number: int, gap: StructureGap) -> Iterator[str]:
    yield f"{number:>2}. {gap_words(gap)}"
    yield f"    line {gap.gap.place.line}"


def settled_words(found: NextQuestions, one: ElicitedQuestion) -> str:
    """Return how much of what is open a question would settle, for each of its answers."""
    return percent(min(1.0, one.bits / found.open_bits)) if found.open_bits > 0 else percent(0.0)


def gap_lines(gaps: Sequence[StructureGap]) -> Iterator[str]:
    """Yield the gaps of a case, which come before any number."""
    yield f"{counted(len(gaps), 'gap')} in the structure, which come before any number."
    yield ""
    for number, gap in enumerate(gaps, start=1):
        yield from _gap_listed(number, gap)


def moved_lines(names: CaseNames, before: Sequence[TargetState], after: NextQuestions, answers: int) -> Iterator[str]:
    """Yield how the headline and the claims moved over a block of answers.

    Where nobody has put some numbers no shares are told: they are those of fillings.
    """
    was = {(one.target.claim, one.target.reading): one.share for one in before}
    told = []
    for one in after.targets:
        key = one.target.claim, one.target.reading
        old = was.get(key)
        if old is None or one.share is None:
            continue
        if after.has_unknowns:
            then, now = _of_fillings(old), _of_fillings(one.share)
            told += [] if then == now else [f"  {target_name(names, one)}: {then}, now {now}"]
        elif abs(one.share - old) >= MOVED or verdict_of(one.share) is not verdict_of(old):
            then, now = VERDICTS[verdict_of(old)], VERDICTS[verdict_of(one.share)]
            verdicts = f"{now} still" if then == now else f"{then}, now {now}"
            told.append(f"  {target_name(names, one)}: {verdicts} (in {of_worlds(old)}, now {of_worlds(one.share)})")
    yield (
        f"What {counted(answers, 'answer')} moved:" if told else f"{counted(answers, 'answer')} moved no claim by much."
    )
    yield from told


def _of_fillings(share: float) -> str:
    if 0 < share < 1:
        return "open"
    return "true in all fillings tried" if share else "false in all fillings tried"


def target_name(names: CaseNames, one: TargetState) -> str:
    """Return what a target is called: the headline's question, or a claim with its reading."""
    if one.target.claim is None:
        return one.target.reading
    claim = next(claim for claim in names.case.claims if claim.id == one.target.claim)
    reading = names.reading(claim, one.target.reading)
    return f"{names.titled(claim)}, {reading}" if len(claim.tests) > 1 else names.titled(claim)


def opening_lines(
    case: Case | None,
    asked: Sequence[StructureGap | ElicitedQuestion],
    found: NextQuestions | None,
    path: str,
) -> Iterator[str]:
    """Yield what the analyst should know before the first question."""
    title = "This draft" if case is None else case.title
    yield f"{title}: the question that settles most comes first. Each answer is written into {path} at once."
    yield "Answer as you think before you look at results; d is don't know, q stops, and you can go on another day."
    if found is not None and not asked:
        yield "No question would settle more of its claims than chance would."


def question_lines(case: Case, found: NextQuestions, question: ElicitedQuestion, number: int) -> Iterator[str]:
    """Yield the head of a question."""
    yield ""
    share = settled_words(found, question)
    if question.partner is None:
        yield f"Question {number}. It would settle about {share} of what is open."
    else:
        both = "two parts that tell most together"
        yield f"Question {number}, of {both}: each would settle about {share} of what is open."


def candidate_lines(case: Case, candidate: Candidate, *, first: bool) -> Iterator[str]:
    """Yield one thing that is asked and how it can be answered, at length the first time."""
    if candidate.aspect is Aspect.ORDER:
        yield "  It is asked in pairs; answer by their numbers, d is don't know."
        return
    yield f"  {candidate_words(CaseNames(case), candidate)}"
    more = "; s asks step by step" if candidate.aspect is Aspect.SIZE else ""
    yield f"  Answer: {ways(candidate)}{more}; d don't know."
    if first and candidate.aspect is Aspect.SIZE:
        yield "  Think of the extremes first, and make the range wider than feels right: most ranges are too narrow."


def gap_question_lines(number: int, gap: StructureGap) -> Iterator[str]:
    """Yield the question for a gap, with its line of the case."""
    yield ""
    yield f"Question {number}, about the structure, line {gap.gap.place.line}:"
    yield f"  {gap_words(gap)}"
    yield f"    {gap.gap.place.written.strip()}"
    if gap.quote is not None:
        yield f"    {f'{gap.speaker}: ' if gap.speaker else ''}“{gap.quote}”"
    yield f"  Answer: {gap_ways(gap)}; d don't know."


def written_lines(text: str | None, read_as: str | None, line: int) -> Iterator[str]:
    """Yield what was written of an answer."""
    if text is None:
        yield f"  Noted on line {line}: not known. It is not asked again."
    else:
        yield f"  Written on line {line}: {text} ({read_as})."


def closing_lines(answers: int, path: str, left: int) -> Iterator[str]:
    """Yield what was written in a conversation, and what is left."""
    written = f"{counted(answers, 'answer')} written into {path}." if answers else "Nothing was written."
    more = f"{counted(left, 'question')} would settle more." if left else "No question is left that would settle more."
    yield f"{written} {more}"
