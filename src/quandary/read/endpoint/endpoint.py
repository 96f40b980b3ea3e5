"""The extractor that asks an OpenAI-compatible endpoint. The only part of reading that uses the network, on request.

It asks for a whole case: statements, actors, variables, arcs, stakes and tests. What comes back is data from a
stranger: it is validated field by field, every quote is looked up in the article, and the draft made of it is held to
the checks of any case. It goes back once with what is wrong; what fails again is dropped and named. Nothing in the
article or the answer is ever carried out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from quandary.base.problems import Refusal, counted
from quandary.read.endpoint.answered import AnsweredCase
from quandary.read.endpoint.answered_draft import CaseChecks, draft_from, reading_of
from quandary.read.endpoint.connection import Endpoint, RefusedStatus
from quandary.read.endpoint.pieces import pieces_of
from quandary.read.endpoint.request import (
    LISTS,
    article_message,
    instructions,
    lacking,
    repair_message,
    response_formats,
)
from quandary.read.records import Article, ArticleReading

TIMEOUT_SECONDS = 120.0
MOST_FAULTS = 60
"""So many faults are sent back with an answer."""
_NOT_TAKEN = (400, 415, 422, 501)
"""The statuses with which servers refuse a form of answer that they do not know."""
_NOT_JSON = "it is not one JSON object with the lists asked for"
_CUT = "it was cut off before its end: answer more briefly"
_TRIES = 64

Message = dict[str, str]


class EndpointExtractor:
    """Asks a chat-completions endpoint for a case; ``timeout`` is in seconds, for each whole answer.

    ``address`` is where it asks, as it may be shown: without user, password and query, which only the endpoint sees.
    """

    def __init__(self, endpoint: str, model: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._endpoint = Endpoint(endpoint, timeout)
        self.address = self._endpoint.address
        self.model = model
        self._formats = list(response_formats())  # of the forms of an answer those that were not refused

    def __call__(self, article: Article) -> ArticleReading:
        """Return what the endpoint found and its draft, all checked; raises ``Refusal`` Q72x for no usable answer."""
        pieces, checks = pieces_of(article), CaseChecks()
        answered = AnsweredCase(article)
        for number, (start, end) in enumerate(pieces, start=1):
            try:
                answered = self._taken(answered, checks, (start, end), number, len(pieces))
            except Refusal as refusal:
                if not answered.size():
                    raise
                told = f"the article from “{' '.join(article.text[start : start + 60].split())}” on was not read"
                answered.notes.append(f"{told}: {refusal.problem.message}")
                break
        if len(self._formats) < len(response_formats()):
            answered.notes.append("the endpoint takes no JSON Schema: it was asked in words")
        answered.notes = list(dict.fromkeys(answered.notes))
        return self._reading(answered, checks)

    def _reading(self, answered: AnsweredCase, checks: CaseChecks) -> ArticleReading:
        name = f"openai at {self.address}"
        if not answered.variables:
            answered.notes.append("the answer has no variable that can be used: the draft is one of the built-in rules")
            return _with_assertions(reading_of(answered, name, self.model))
        checks.hold(answered)
        reading = reading_of(answered, name, self.model)
        return replace(reading, drafted=draft_from(answered, reading))

    def _taken(
        self, before: AnsweredCase, checks: CaseChecks, piece: tuple[int, int], number: int, pieces: int
    ) -> AnsweredCase:
        """Return what is known with the answer about a piece: the first, or the one that it was asked to mend."""
        text = before.article.text[slice(*piece)]
        asked: list[Message] = [{"role": "user", "content": article_message(text, before.known(), number, pieces)}]
        content, whole = self._content(self._asked(asked))
        first = self._object_in(content, before.article)
        taken, faults = before.copy(), [_NOT_JSON if whole else _CUT]
        if first is not None:
            taken.take(first, piece)
            faults = _faults(taken, before, checks, is_last=number == pieces)
            faults += [lacking(first)] if lacking(first) and (faults or taken.size() > before.size()) else []
        if not faults:
            return taken
        again = [*asked, {"role": "assistant", "content": content}, {"role": "user", "content": _repair(faults)}]
        try:
            content, whole = self._content(self._asked(again))
            second = self._object_in(content, before.article)
            if second is None:
                what = "gave an answer that is not the JSON asked for" if whole else "gave an answer that was cut off"
                raise Refusal(self._endpoint.fault(what, "Q722"))
        except Refusal as refusal:
            if first is None:
                raise
            taken.notes.append(f"the answer could not be mended: {refusal.problem.message}")
            return taken
        mended = before.copy()
        mended.take(second, piece)
        return _better(taken, mended, checks) if first is not None else mended

    def _asked(self, messages: Sequence[Message]) -> bytes:
        """Return the answer to messages, in the most exact form that the endpoint takes."""
        while True:
            form = self._formats[0]
            schema_sent = form is not None and form["type"] == "json_schema"
            body: dict[str, Any] = {
                "model": self.model,
                "messages": [{"role": "system", "content": instructions(with_schema=not schema_sent)}, *messages],
            }
            if form is not None:
                body |= {"temperature": 0, "seed": 0, "response_format": form}
            try:
                return self._endpoint.asked(json.dumps(body).encode("utf-8"))
            except RefusedStatus as refused:
                if refused.status not in _NOT_TAKEN or len(self._formats) == 1:
                    raise Refusal(refused.problem) from None
                del self._formats[0]

    def _content(self, data: bytes) -> tuple[str, bool]:
        """Return the text inside the endpoint's answer, and whether it was sent to its end."""
        try:
            choice = json.loads(data)["choices"][0]
            content = choice["message"]["content"]
            if isinstance(content, list):
                content = "".join(part.get("text", "") for part in content)
            whole = choice.get("finish_reason") != "length"
            content = str.strip(content)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as fault:
            problem = self._endpoint.fault("gave an answer that is not the JSON asked for", "Q722")
            raise Refusal(problem) from fault
        return content, whole

    def _object_in(self, content: str, article: Article) -> dict[str, Any] | None:
        """Return the object asked for, without a key or password that the endpoint repeats in it."""
        try:
            found = _object_in(content)
            return None if found is None else self._clean(found, article.text)
        except RecursionError:
            return None

    def _clean(self, value: Any, known: str) -> Any:  # noqa: ANN401 - any part of an answer
        match value:
            case str():
                return self._endpoint.without_secrets(value, known)
            case list():
                return [self._clean(one, known) for one in value]
            case dict():
                return {self._clean(key, known): self._clean(one, known) for key, one in value.items()}
            case _:
                return value


def _object_in(content: str) -> dict[str, Any] | None:
    """Return the object with the lists asked for that stands in a text, whatever is talked around it."""
    decoder = json.JSONDecoder()
    start = -1
    for _ in range(_TRIES):
        start = content.find("{", start + 1)
        if start < 0:
            return None
        try:
            found, _ = decoder.raw_decode(content, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and isinstance(found.get(LISTS[0]), list):
            return found
    return None


def _faults(taken: AnsweredCase, before: AnsweredCase, checks: CaseChecks, *, is_last: bool) -> list[str]:
    """Return what is wrong with an answer, part by part, in words; what a later piece may mend is left to the last."""
    own = [f"{one.text}: {one.reason}" for one in taken.dropped[len(before.dropped) :]]
    if not taken.variables:
        return own
    checked = []
    for problem, entry in checks.faults(taken):
        if not (problem.is_error or is_last):
            continue
        hint = f" ({problem.hint})" if problem.hint else ""
        about = f"{entry.section}, “{entry.quote[:80]}”: " if entry is not None and entry.quote else ""
        checked.append(f"{about}{problem.message}{hint}")
    return own + checked


def _repair(faults: list[str]) -> str:
    more = [f"and {counted(len(faults) - MOST_FAULTS, 'fault')} more"] if len(faults) > MOST_FAULTS else []
    return repair_message([*faults[:MOST_FAULTS], *more])


def _better(first: AnsweredCase, second: AnsweredCase, checks: CaseChecks) -> AnsweredCase:
    """Return the answer of which more passes the checks, the second if both give the same; what it lacks is named."""
    sizes = []
    for one in (first, second):
        tried = one.copy()
        if tried.variables:
            checks.hold(tried)
        sizes.append(tried.size())
    kept, other = (first, second) if sizes[0] > sizes[1] else (second, first)
    if kept is first:
        kept.notes.append("the mended answer held less than the first, which is used")
    for name, parts in other.parts().items():
        lacking = [part for part in parts if part not in kept.parts()[name]]
        if lacking:
            which = "mended" if kept is first else "first"
            kept.notes.append(f"only in the {which} answer, {name}: {'; '.join(lacking)}")
    return kept


def _with_assertions(reading: ArticleReading) -> ArticleReading:
    """Return a reading with what its statements say that can be tested, where the local parser is installed."""
    from quandary.read.assertions.assertions import assertions_of
    from quandary.read.parsing.grammar import installed_models, load_model, parse

    if not installed_models():
        return reading
    page = parse(reading.article, *load_model())
    return replace(
        reading, assertions=tuple(assertions_of(page, reading.statements, reading.author_claims, reading.actors))
    )
