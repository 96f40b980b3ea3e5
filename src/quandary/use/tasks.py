"""The registry of tasks: the name and summary of each, and where it stands; the rest is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, get_type_hints

from quandary.base.problems import Problem, Refusal, nearest
from quandary.use.results import HANDS, Hands, Result


@dataclass(frozen=True)
class RegisteredTask:
    """One thing that Quandary does: ``summary`` says what in a sentence, ``function`` where.

    ``prints`` says whether its result can be printed as a document; ``takes_long`` whether progress is told; ``names``
    whether its words are those of a case, beside which code can stand; ``writes`` the field of a request by which it
    changes what it is given, ``"*"`` where it always does.
    """

    name: str
    summary: str
    function: str
    prints: bool = True
    takes_long: bool = True
    names: bool = False
    writes: str = ""

    def load(self) -> Callable[[Any, Hands], Result]:
        """Return the function from a request and hands to a result, imported now."""
        module, _, name = self.function.rpartition(".")
        found: Callable[[Any, Hands], Result] = getattr(import_module(f"{__package__}.{module}"), name)
        return found

    @property
    def request(self) -> type:
        """Return the type of its requests."""
        found: type = get_type_hints(self.load())["request"]
        return found

    def run(self, request: Any, hands: Hands = HANDS) -> Result:  # noqa: ANN401 - a request of the task's own type
        """Return the result of a request, made with the memory that it allows. Raises ``CaseError`` or ``Refusal``."""
        allowed = getattr(request, "memory", None)
        if allowed is None:
            return self.load()(request, hands)
        from quandary.base.memory import for_tables, memory

        with memory(for_tables(allowed)):
            return self.load()(request, hands)


TASKS = (
    RegisteredTask(
        "run", "Run a case: what happens, which claims hold, and what they rest on.", "answers.run.run", names=True
    ),
    RegisteredTask(
        "demo",
        "Run the flagship: the January 2022 crisis in Kazakhstan and what it meant for Ukraine.",
        "answers.run.demo",
        names=True,
    ),
    RegisteredTask(
        "check",
        "Check a case: structure, names, numbers, quotes and sources, and a few worlds for what only a run finds.",
        "cases.check.run",
        takes_long=False,
    ),
    RegisteredTask(
        "ask",
        "Ask a case one question, or a network or diagram; the question's language is the one of claims.",
        "answers.ask.run",
        names=True,
    ),
    RegisteredTask(
        "why",
        "Explain a number of the output: its lines in the case, reasons, sources, and draws.",
        "answers.why.run",
        names=True,
    ),
    RegisteredTask(
        "report",
        "Write a run as one file to hand over: HTML that opens offline, PDF, Markdown, JSON or CSV.",
        "answers.report.run",
        prints=False,
    ),
    RegisteredTask(
        "solve",
        "Solve one game by a solution concept: every equilibrium it finds, checked, and what was not searched.",
        "games.solve.run",
    ),
    RegisteredTask(
        "export",
        "Export a case at its median world (or one world by number) or a game file, names intact.",
        "games.export.run",
        prints=False,
        takes_long=False,
    ),
    RegisteredTask(
        "show",
        "Show a stage: the case as read, the game, who must think about whom, the worlds drawn, the solution.",
        "cases.show.run",
        takes_long=False,
    ),
    RegisteredTask(
        "new",
        "Start a case of your own: a small crisis that runs as it is, commented line by line.",
        "cases.new.run",
        takes_long=False,
        writes="*",
    ),
    RegisteredTask(
        "migrate",
        "Show what changes in a case of version 1: its queries in both senses, and its files as a diff, or write it.",
        "cases.migrate.run",
        writes="write",
    ),
    RegisteredTask(
        "schema",
        "Print the JSON Schema of case files, so that an editor completes and checks them.",
        "reference.schema.run",
        prints=False,
        takes_long=False,
    ),
    RegisteredTask(
        "explain",
        "Explain a fault code: what is wrong, why it matters, and a mended example.",
        "reference.explain.run",
        takes_long=False,
    ),
    RegisteredTask(
        "read",
        "Read an article: who says what, what happened, and a draft case with every line's quote.",
        "reading.read.run",
        takes_long=False,
    ),
    RegisteredTask(
        "timeline",
        "Follow the case's questions through its evidence, in order of date: what each piece moved, and how far. "
        "Worlds weigh by the evidence alone, never --anchored.",
        "changes.timeline.run",
        names=True,
    ),
    RegisteredTask(
        "paths",
        "Split a change's effect: how much runs through a variable on the way, and how much around it.",
        "changes.paths.run",
        names=True,
    ),
    RegisteredTask(
        "suppose",
        "Suppose a policy were announced before others choose, or an actor saw more or less.",
        "changes.suppose.run",
        names=True,
    ),
    RegisteredTask(
        "ladder",
        "Say how a claim fares under each channel, rule of choice, reading, form and width of ranges, one at a time.",
        "changes.ladder.run",
        names=True,
    ),
    RegisteredTask(
        "critique",
        "Say what a critic would: a checklist of what is weak in a case, worst first, and what would mend it.",
        "answers.critique.run",
    ),
    RegisteredTask(
        "flips",
        "Say which assumptions would change an answer: ranked, with the value at which it flips.",
        "turning.flips.run",
        names=True,
    ),
    RegisteredTask(
        "information",
        "Say what it is worth to an actor to know or control something, or to the analyst to study an assumption. "
        "Worlds weigh by the evidence alone, never --anchored.",
        "turning.information.run",
        names=True,
    ),
    RegisteredTask(
        "compare",
        "Compare how two cases answer one question, and share the difference among the assumptions that differ.",
        "turning.compare.run",
        names=True,
    ),
    RegisteredTask(
        "next",
        "Say what to ask the analyst next: the questions whose answers would settle most of the claims.",
        "turning.next_questions.run",
        names=True,
    ),
    RegisteredTask(
        "elicit",
        "Ask the analyst what settles most, one question at a time, and write each answer into the case.",
        "turning.elicit.run",
        takes_long=False,
        writes="answer",
    ),
    RegisteredTask(
        "equilibria",
        "Search worlds for other equilibria, list them, and say how an answer depends on which is played.",
        "games.equilibria.run",
        names=True,
    ),
    RegisteredTask(
        "ledger add",
        "Keep a forecast: a question, a probability and a day; or all forecasts of a case.",
        "ledger.add.run",
        writes="*",
    ),
    RegisteredTask(
        "ledger import",
        "Take forecasts from Fatebook, Metaculus, Manifold, ForecastBench or a plain CSV; nothing twice.",
        "ledger.importing.run",
        writes="*",
    ),
    RegisteredTask("ledger list", "List the questions of a ledger.", "ledger.listing.run", takes_long=False),
    RegisteredTask(
        "ledger show",
        "Show one question with all that was said of it, and how it was settled.",
        "ledger.listing.show",
        takes_long=False,
    ),
    RegisteredTask(
        "ledger resolve",
        "Settle a question: what came, from which source, on which day.",
        "ledger.settling.run",
        takes_long=False,
        writes="*",
    ),
    RegisteredTask(
        "ledger score",
        "Score settled forecasts: calibration, skill beside others, by who, tag, horizon or source.",
        "ledger.scoring.run",
        takes_long=False,
    ),
    RegisteredTask(
        "ledger today",
        "Say what is due: questions to settle, conditions that failed, ranges that were broken.",
        "ledger.listing.today",
        takes_long=False,
    ),
    RegisteredTask(
        "ledger verify",
        "Verify the chain of entries, and with a head kept elsewhere that none was altered or removed.",
        "ledger.keeping.verify",
        takes_long=False,
    ),
    RegisteredTask(
        "ledger export",
        "Write a ledger as CSV, as Fatebook imports it, or entry by entry as JSON.",
        "ledger.keeping.export",
        takes_long=False,
    ),
    RegisteredTask(
        "ledger forget",
        "Take a person's name out; the chain says so, and stays whole.",
        "ledger.keeping.forget",
        takes_long=False,
        writes="*",
    ),
    RegisteredTask(
        "ledger backup",
        "Write a verified copy of a ledger, while others may write to it.",
        "ledger.keeping.back_up",
        takes_long=False,
    ),
    RegisteredTask(
        "ledger restore",
        "Put a verified copy in a ledger's place.",
        "ledger.keeping.restore",
        takes_long=False,
        writes="*",
    ),
    RegisteredTask(
        "ledger demo",
        "Open the flagship's record: what was forecast of January 2022, and how each did.",
        "ledger.demo.run",
        takes_long=False,
        writes="keep",
    ),
)

GROUPS = {"ledger": "Keep forecasts, settle them when history answers, and score them."}
"""What tasks of two words have in common, by the first of them."""

NAMES = tuple(task.name for task in TASKS)


def task_named(name: str) -> RegisteredTask:
    """Return the task of that name; any other is refused (Q819) with the nearest."""
    for task in TASKS:
        if task.name == name:
            return task
    hint = nearest(name, NAMES) or f"known: {', '.join(NAMES)}"
    raise Refusal(Problem("Q819", f'there is no task "{name}"', hint=hint))
