"""Manifold: markets as its public API gives them (JSON, times in milliseconds since 1970)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from quandary.base.problems import Problem, Refusal
from quandary.ledger.formats import values
from quandary.ledger.formats.items import Item, UnreadRow
from quandary.ledger.records import ForecasterKind, LedgerForecast, LedgerQuestion, LedgerResolution, OutcomeKind

WHO = "Manifold crowd"
JUST_BEFORE = 1_000
"""Milliseconds before a market was settled at which its last probability is taken to stand."""
LARGEST = 256 << 20
"""Bytes of a file that is read whole."""


def read(path: Path, encoding: str | None = None) -> Iterator[Item | UnreadRow]:
    """Yield what each market says: a binary question, its last probability, how it was settled.

    ``MKT`` settles to a share of yes. Raises ``Refusal`` (Q920) where the file is no JSON of markets.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise Refusal(Problem("Q920", f"{path} is larger than {LARGEST >> 20} MiB", hint="import it in parts"))
        found = json.loads(path.read_text(encoding=encoding or "utf-8-sig"))
    except (OSError, ValueError, RecursionError) as fault:
        raise Refusal(Problem("Q920", f"{path} is no JSON of markets", hint="save what the API gives")) from fault
    for number, market in enumerate(found if isinstance(found, list) else [found], 1):
        try:
            if not isinstance(market, Mapping):
                message = "it is no market"
                raise ValueError(message)
            yield _item(market)
        except ValueError as fault:
            yield UnreadRow(path.name, number, str(fault))


def _item(market: Mapping[str, Any]) -> Item:
    if market.get("outcomeType") != "BINARY":
        message = f"a market of the type {market.get('outcomeType')!r} has no single probability"
        raise ValueError(message)
    text = values.text(market.get("question") or "")
    probability = market.get("probability")
    if not text or not isinstance(probability, int | float) or not 0 <= probability <= 1:
        message = "it has no question, or no probability"
        raise ValueError(message)
    closes, resolved = values.time_of(market.get("closeTime")), values.time_of(market.get("resolutionTime"))
    said = values.time_of(market.get("lastUpdatedTime") or market.get("lastBetTime"))
    before = values.time_of(market["resolutionTime"] - JUST_BEFORE) if resolved else ""
    ends = min((one for one in (closes, before, said) if one), default="")
    if not ends:
        message = "nothing says when its probability stood"
        raise ValueError(message)
    question = LedgerQuestion(
        text=text,
        source=values.text(market.get("url") or ""),
        opened=values.time_of(market.get("createdTime"))[:10],
        until=closes[:10],
        set="Manifold",
        same_as=f"manifold:{values.text(market.get('id', ''))}",
    )
    forecast = LedgerForecast(
        "",
        "",
        ends,
        judge=ForecasterKind.CROWD,
        probability=float(probability),
        source=question.source,
        derived="the market's last probability, taken as of the first of its last update, its close and just before "
        "it was settled",
    )
    return Item(question, ((WHO, forecast),), _resolution(market, resolved))


def _resolution(market: Mapping[str, Any], at: str) -> LedgerResolution | None:
    if not market.get("isResolved"):
        return None
    told = str(market.get("resolution"))
    if not at:
        message = "it is resolved, but not when"
        raise ValueError(message)
    if told == "MKT":
        share = market.get("resolutionProbability")
        if not isinstance(share, int | float) or not 0 <= share <= 1:
            message = "it is settled to a share that is not said"
            raise ValueError(message)
        return LedgerResolution("", OutcomeKind.SHARE, at, value=float(share))
    kinds = {"YES": OutcomeKind.YES, "NO": OutcomeKind.NO, "CANCEL": OutcomeKind.VOID}
    if told not in kinds:
        message = f'"{told}" is no outcome of a binary market'
        raise ValueError(message)
    return LedgerResolution("", kinds[told], at)
