"""From the bytes of a file to a located tree; every fault of the YAML itself is found here.

The reader takes ruamel.yaml's parsing events (YAML 1.2) and builds the tree with a stack of its own, so that neither
deep nesting nor aliases can make it run away.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Lock

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from quandary.base.places import Place
from quandary.base.problems import Problem
from quandary.case.yaml.decoding import CONTROL, TextFile, decoded, tabs_in_indents
from quandary.case.yaml.located import Listing, Located, Mapping, MappingEntry, Scalar, in_file

DEEPEST_NESTING = 40

KEPT = 8
"""Files whose trees are kept: an entry of a case is looked up, and a case edited, in what was read of it once."""

GAP = "???"
"""What a drafted case writes where the analyst has to decide."""
GAP_MARK = "\ufdd0" * len(GAP)
"""What stands for a gap while YAML is parsed, which would take a leading question mark for the sign of a key.

A noncharacter, which ``decoded`` lets into no text, so that nothing written can be taken for it.
"""
_QUOTE_HINT = "a quotation mark inside the text? put the text between marks of the other kind"
_TORN_HINT = "put the query on its own line or in quotes"


ReadTree = tuple[Located | None, tuple[Problem, ...]]
"""The tree of a file, ``None`` when there is none, and the faults."""


class KeptTrees:
    """Trees of the last few files, the one that was asked for last behind the others; threads may share it."""

    def __init__(self) -> None:
        self._trees: dict[TextFile, ReadTree] = {}
        self._lock = Lock()

    def get(self, file: TextFile) -> ReadTree | None:
        """Return what was read of a file; ``None`` where it is not kept."""
        with self._lock:
            found = self._trees.pop(file, None)
            if found is not None:
                self._trees[file] = found
            return found

    def put(self, file: TextFile, read: ReadTree) -> None:
        """Keep what was read of a file, and forget the one that was asked for longest ago."""
        with self._lock:
            self._trees.pop(file, None)
            self._trees[file] = read
            if len(self._trees) > KEPT:
                del self._trees[next(iter(self._trees))]


TREES = KeptTrees()


def read_yaml(file: TextFile) -> ReadTree:
    """Return the tree of a file, ``None`` when there is none, and the faults; those of the last few files are kept."""
    found = TREES.get(file)
    if found is None:
        found = parsed_yaml(file)
        TREES.put(file, found)
    return found


def parsed_yaml(file: TextFile) -> ReadTree:
    """Return what ``read_yaml`` does, read from the bytes of the file.

    A copy under another path is not parsed again: only its places are made anew.
    """
    tree, problems = _read(file.data)
    there = tuple(replace(problem, place=problem.place.in_file(file.path)) for problem in problems)
    return None if tree is None else in_file(tree, file.path), there


@lru_cache(maxsize=KEPT)
def _read(data: bytes) -> tuple[Located | None, tuple[Problem, ...]]:
    """Return the tree and the faults of a file without a path."""
    file = TextFile("", data)
    text, problem = decoded(file)
    if text is None:
        return None, () if problem is None else (problem,)
    tabs = tabs_in_indents(text, file)
    if tabs:
        return None, tabs
    builder = _TreeBuilder(file, text)
    try:
        for event in YAML(typ="safe", pure=True).parse(text.replace(GAP, GAP_MARK)):
            builder.take(event)
            if builder.stopped:
                break
    except MarkedYAMLError as error:
        builder.problems.append(_syntax_fault(error, text, file))
        return None, tuple(builder.problems)
    except (YAMLError, ValueError, IndexError) as error:  # the library's own guards against odd input
        builder.problems.append(Problem("Q105", f"this is not YAML: {_one_line(str(error))}", file.place()))
        return None, tuple(builder.problems)
    if builder.root is None and not builder.problems:
        message = "the file is empty" if not text.strip() else "the file holds nothing but comments"
        builder.problems.append(Problem("Q111", message, file.place(), "begin with: quandary: 2"))
    return (None if builder.stopped else builder.root), tuple(builder.problems)


def gap(place: Place) -> Problem:
    """Return the fault for a ``???`` that a drafted case left for the analyst."""
    return Problem("Q173", "here is a gap to fill", place, "replace ??? with your own entry, or remove the line")


def _one_line(message: str) -> str:
    return " ".join(message.split())[:200]


def _syntax_fault(error: MarkedYAMLError, text: str, file: TextFile) -> Problem:
    mark = error.problem_mark or error.context_mark
    place = file.place() if mark is None else _place(mark, file)
    problem = _one_line(error.problem or error.context or "this is not YAML")
    if "end of stream" in problem and error.context_mark is not None and "quoted" in str(error.context):
        start = _place(error.context_mark, file).shifted(0, 1)
        return Problem("Q105", "this is not YAML: the quotation mark is never closed", start, "close it")
    lines = text.splitlines()
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    hint = None
    if "mapping values are not allowed" in problem and ": " not in line[: mark.column if mark else 0]:
        hint = "compare the indent with the lines above"
    elif "mapping values are not allowed" in problem:
        hint = 'a colon followed by a space begins a value: put the whole text in "quotes"'
    elif "'\\t'" in problem:
        hint = "put a space in place of the tab"
    elif "cannot start any token" in problem or "found character" in problem:
        hint = 'put the text in "quotes"'
    elif "could not find expected ':'" in problem or "expected ',' or" in problem:
        hint = f"is a colon, comma or bracket missing above? if this is a query, {_TORN_HINT}"
    elif "expected <block end>" in problem or "block mapping" in problem:
        quoted = any(mark_of_quote in line[: mark.column if mark else 0] for mark_of_quote in "'\"")
        hint = _QUOTE_HINT if quoted else "compare the indent with the lines above"
    return Problem("Q105", f"this is not YAML: {problem}", place, hint)


def _place(mark: StringMark, file: TextFile) -> Place:
    return file.place(int(mark.line) + 1, int(mark.column) + 1)


@dataclass
class _Open:
    """A mapping or sequence that has begun and not ended."""

    is_mapping: bool
    flow: bool
    place: Place
    items: list[Located] = field(default_factory=list)
    key: Scalar | None = None
    entries: dict[str, MappingEntry] = field(default_factory=dict)
    skip_next: bool = False


class _TreeBuilder:
    """Turns parsing events into a tree, gathering faults."""

    def __init__(self, file: TextFile, text: str) -> None:
        self.file = file
        self.text = text
        self.problems: list[Problem] = []
        self.root: Located | None = None
        self.stopped = False
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._fault("Q112", "a second document begins here", event, "a case is one document: remove ---")
                self.stopped = True
        elif isinstance(event, AliasEvent):
            self._alias(event)
        elif isinstance(event, ScalarEvent):
            self._marks(event)
            self._put(self._scalar(event))
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._marks(event)
            self._begin(event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._end()

    def _begin(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        place = self._span(event)
        if len(self._open) >= DEEPEST_NESTING:
            message = f"this is nested more than {DEEPEST_NESTING} deep"
            self._fault("Q103", message, event, "a case needs no more than ten levels")
            self.stopped = True
            return
        self._open.append(_Open(isinstance(event, MappingStartEvent), bool(event.flow_style), place))

    def _end(self) -> None:
        closed = self._open.pop()
        if closed.is_mapping:
            self._put(Mapping(tuple(closed.entries.values()), closed.place, closed.flow))
        else:
            self._put(Listing(tuple(closed.items), closed.place, closed.flow))

    def _put(self, value: Located) -> None:
        if not self._open:
            self.root = value
            return
        parent = self._open[-1]
        if not parent.is_mapping:
            parent.items.append(value)
            self._torn_item(parent, value)
        elif parent.skip_next:
            parent.skip_next = False
        elif parent.key is None:
            self._put_key(parent, value)
        else:
            self._put_value(parent, parent.key, value)
            parent.key = None

    def _put_key(self, parent: _Open, key: Located) -> None:
        if not isinstance(key, Scalar):
            message = "a list or mapping cannot be a key"
            self.problems.append(Problem("Q105", message, key.place, _TORN_HINT if parent.flow else None))
            parent.skip_next = True
        elif key.plain and key.text == "<<":
            self.problems.append(_no_anchors("a merge key (<<)", key.place))
            parent.skip_next = True
        else:
            parent.key = key

    def _put_value(self, parent: _Open, key: Scalar, value: Located) -> None:
        if parent.flow and _is_torn(key, value):
            fault = Problem("Q110", f'a query was torn apart at "{_short(key.text)}"', key.place, _TORN_HINT)
            self.problems.append(fault)
        elif key.text in parent.entries:
            first = parent.entries[key.text].key.place.line
            message = f'the key "{_short(key.text)}" stands twice; the first is on line {first}'
            self.problems.append(Problem("Q107", message, key.place, "rename or remove one of them"))
        else:
            parent.entries[key.text] = MappingEntry(key, value)

    def _torn_item(self, parent: _Open, value: Located) -> None:
        if parent.flow and isinstance(value, Scalar) and value.plain and _unbalanced(value.text):
            message = f'a condition was torn apart at "{_short(value.text)}"'
            self.problems.append(Problem("Q110", message, value.place, _TORN_HINT))

    def _marks(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> None:
        if event.anchor is not None:
            self.problems.append(_no_anchors(f'the anchor "&{_short(str(event.anchor))}"', self._span(event)))
        if event.tag is not None and event.tag != "!":
            hint = "remove it; the case language knows the type of every entry"
            self._fault("Q109", f'the tag "{_short(str(event.tag))}" is not allowed', event, hint)

    def _alias(self, event: AliasEvent) -> None:
        place = self._span(event)
        self.problems.append(_no_anchors(f'the alias "*{_short(str(event.anchor))}"', place))
        self._put(Scalar("", place, place))

    def _scalar(self, event: ScalarEvent) -> Scalar:
        place = self._span(event)
        text, region = event.value.replace(GAP_MARK, GAP), self.text[event.start_mark.index : event.end_mark.index]
        control = CONTROL.search(text)
        if control:
            message = f"an escape writes the control character U+{ord(control.group()):04X}"
            self._fault("Q102", message, event, "remove it")
        if event.style in ("|", ">"):
            raw = region.partition("\n")[2]
            return Scalar(text.strip(), place, self.file.place(place.line + 1), False, raw)
        if event.style in ("'", '"'):
            as_written = region[1:-1] == text
            return Scalar(text, place, place.shifted(1, len(text)), False, text if as_written else None)
        return Scalar(text, place, place, True, region)

    def _span(self, event: Event) -> Place:
        start, end = event.start_mark, event.end_mark
        place = _place(start, self.file)
        if end is not None and end.line == start.line and end.column > start.column:
            return place.shifted(0, int(end.column - start.column))
        return place

    def _fault(self, code: str, message: str, event: Event, hint: str) -> None:
        self.problems.append(Problem(code, message, self._span(event), hint))


def _no_anchors(what: str, place: Place) -> Problem:
    message = f"{what} is not allowed: every number of a case stands where it is used, with its own source"
    return Problem("Q108", message, place, "write it out, or name it under `assumptions` and use the name")


def _unbalanced(text: str) -> bool:
    return text.count("(") != text.count(")")


def _is_torn(key: Scalar, value: Located) -> bool:
    """Return whether a key of a mapping in braces is a piece of a query: nothing after it, and signs of one in it."""
    nothing = isinstance(value, Scalar) and value.is_null
    return nothing and key.plain and any(sign in key.text for sign in "=()|<>")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
