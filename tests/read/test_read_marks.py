"""Quotation marks of other traditions, wire text in capitals, and names that the text around them disturbs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quandary.read import ArticleReading

Reader = Callable[..., ArticleReading]

PAIRS = ("„ “", "„ ”", "» «", "» »", "« »", "” ”", "“ ”", "`` ''", '" "')
SPEAKERS = {
    "Said Lind: “We will not sell the port.”": [("Lind", "We will not sell the port.")],
    "Added Marsh: “Nobody will be left behind.”": [("Marsh", "Nobody will be left behind.")],
    "Warned the minister: “The dam will burst.”": [("minister", "The dam will burst.")],
    "The harbour is closed, said the Institute for Sea Studies (ISS).": [
        ("Institute for Sea Studies", "The harbour is closed")
    ],
    "The ships had sailed, according to the Belmar Centre for Strategic Studies (BCSS, a think tank).": [
        ("Belmar Centre for Strategic Studies", "The ships had sailed")
    ],
    "“It helps,” the daily wrote, adding, “no, it will never be theirs.”": [
        ("daily", "It helps,"),
        ("daily", "no, it will never be theirs."),
    ],
    "“To hell with it,” the weekly said, adding, “and yes, we mean that.”": [
        ("weekly", "To hell with it,"),
        ("weekly", "and yes, we mean that."),
    ],
    "MARSH SAYS THE DAM WILL BE CLOSED ON FRIDAY.": [("Marsh", "THE DAM WILL BE CLOSED ON FRIDAY")],
    "BELMAR'S PRIME MINISTER IVO MARSH SAID THE TRUCE WAS OVER.": [("Ivo Marsh", "THE TRUCE WAS OVER")],
    "THE RIVER COUNCIL WARNED ON MONDAY THAT THE DAM COULD BURST.": [("River Council", "THE DAM COULD BURST")],
    "“THE PORT WILL STAY OPEN,” SAID MARA LIND, THE MINISTER OF TRADE.": [("Mara Lind", "THE PORT WILL STAY OPEN,")],
    "Nguyen “Lucky” Tran said the boat was full.": [('Nguyen "Lucky" Tran', "the boat was full")],
}


@pytest.mark.parametrize("pair", PAIRS)
def test_every_pair_of_marks_holds_direct_speech(read: Reader, pair: str) -> None:
    opens, closes = pair.split()
    text = f"{opens}We shall not move,{closes} said Ivo Marsh. {opens}The river is ours.{closes}"
    found = [(s.speaker, s.type, s.passage.text) for s in read(text).statements]
    assert found == [("Ivo Marsh", "direct", "We shall not move,"), ("Ivo Marsh", "direct", "The river is ours.")]


@pytest.mark.parametrize("pair", PAIRS)
def test_every_pair_of_marks_holds_a_fragment(read: Reader, pair: str) -> None:
    opens, closes = pair.split()
    reading = read(f"Ivo Marsh called the new law {opens}an attack on every worker{closes} on Monday.")
    assert [(s.speaker, s.type) for s in reading.statements] == [("Ivo Marsh", "mixed")]
    assert "an attack on every worker" in reading.statements[0].passage.text
    assert reading.notes == ()


@pytest.mark.parametrize("sentence", SPEAKERS)
def test_a_speaker_keeps_his_name(read: Reader, sentence: str) -> None:
    assert [(s.speaker, s.passage.text) for s in read(sentence).statements] == SPEAKERS[sentence]
