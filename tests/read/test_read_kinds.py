"""Kinds of statement, and the parts of conditionals, causal claims and words of probability."""

from __future__ import annotations

import pytest

from quandary.read import causal_link, conditional_link, find_hedge, judge, sentences

KINDS = [
    ("Will Arlan open the gates?", "say", "question"),
    ("whether the gates would open", "ask", "question"),
    ("If Arlan closes the dam, we will respond.", "say", "conditional"),
    ("the army would march unless the gates opened", "warn", "conditional"),
    ("Touch one farm and you will hear from us.", "say", "conditional"),
    ("Should the river fall, the wells would dry.", "say", "conditional"),
    ("Any attack will be met with force.", "say", "conditional"),
    ("the river will fall further", "say", "forecast"),
    ("to rebuild the bridge", "vow", "forecast"),
    ("of a hungry winter", "warn", "forecast"),
    ("the canal led to shortages", "say", "causal"),
    ("the canal makes a war more likely", "say", "causal"),
    ("the shortage on the canal", "blame", "causal"),
    ("Arlan must open the gates", "say", "normative"),
    ("both sides to talk", "urge", "normative"),
    ("it was a shameful trick", "say", "normative"),
    ("it is necessary to rebuild the dam", "say", "normative"),
    ("such a raid deserves punishment", "say", "normative"),
    ("the raid as “cruel”", "characterise", "normative"),
    ("the river fell by a metre in May", "say", "factual"),
    ("Arlan of stealing water", "accuse", "factual"),
    ("he could see the bridge from his house", "say", "factual"),
]


@pytest.mark.parametrize(("content", "cue", "kind"), KINDS)
def test_kind(content: str, cue: str, kind: str) -> None:
    assert judge(content, cue).kind == kind


def test_a_question_anywhere_settles_a_long_quote() -> None:
    judged = judge("The river is low. Will anyone act? We wait.", "say")
    assert judged.kind == "question"
    assert "factual" in judged.also


def test_sentences_of_a_quote_keep_abbreviations_whole() -> None:
    text = "Mr. Marsh spoke. He left; the others stayed."
    assert [text[a:b] for a, b in sentences(text)] == ["Mr. Marsh spoke.", "He left;", "the others stayed."]


CONDITIONALS = [
    ("If Arlan closes the dam, Belmar will respond", "Arlan closes the dam", "Belmar will respond", False),
    ("Belmar will respond if Arlan closes the dam", "Arlan closes the dam", "Belmar will respond", False),
    ("Belmar will respond unless the gates open", "the gates open", "Belmar will respond", True),
    ("Should the river fall, the wells would dry", "the river fall", "the wells would dry", False),
]


@pytest.mark.parametrize(("text", "condition", "consequence", "negated"), CONDITIONALS)
def test_condition_and_consequence(text: str, condition: str, consequence: str, negated: bool) -> None:
    link = conditional_link(text, 0, len(text))
    assert link is not None
    assert (link.first.text, link.second.text, link.negated) == (condition, consequence, negated)


def test_two_conditions_of_one_consequence() -> None:
    text = "the wells would dry if the river falls, or if the pumps stop"
    link = conditional_link(text, 0, len(text))
    assert link is not None
    assert link.first.text == "the river falls"
    assert [p.text for p in link.alternatives] == ["the pumps stop"]


CAUSES = [
    ("The drought makes war in Belmar less likely", "The drought", "war in Belmar", "lowers"),
    ("the canal could lead to unrest in the valley", "the canal", "unrest in the valley", "raises"),
    ("the shortage was caused by the canal", "the canal", "the shortage", "raises"),
    ("a treaty would prevent a war", "a treaty", "a war", "lowers"),
    ("the wells are dry because the canal leaks", "the canal leaks", "the wells are dry", "raises"),
]


@pytest.mark.parametrize(("text", "cause", "effect", "sign"), CAUSES)
def test_cause_effect_and_sign(text: str, cause: str, effect: str, sign: str) -> None:
    link = causal_link(text, 0, len(text))
    assert link is not None
    assert (link.first.text, link.second.text, link.sign) == (cause, effect, sign)


def test_a_word_of_probability_is_read_from_its_table() -> None:
    text = "a clash is highly likely this year"
    hedge = find_hedge(text, 0, len(text))
    assert hedge is not None and hedge.range is not None
    assert hedge.passage.text == "highly likely"
    assert (hedge.range.low, hedge.range.high) == (0.75, 0.95)
    assert hedge.range.basis == "survey percentiles"
    assert "CAPphrase" in hedge.range.source


def test_a_prescribed_band_is_told_apart() -> None:
    text = "a clash is extremely unlikely this year"
    hedge = find_hedge(text, 0, len(text))
    assert hedge is not None and hedge.range is not None
    assert hedge.range.basis != "survey percentiles"


def test_less_likely_is_a_direction_and_no_number() -> None:
    text = "The drought makes war in Belmar less likely."
    hedge = find_hedge(text, 0, len(text))
    assert hedge is not None and hedge.direction is not None
    assert hedge.range is None
    assert hedge.direction.sign == "lowers"
    assert hedge.direction.what is not None and hedge.direction.what.text == "war in Belmar"
    assert hedge.direction.because_of is not None and hedge.direction.because_of.text == "The drought"


def test_would_in_reported_speech_carries_no_number() -> None:
    text = "the army would stay"
    hedge = find_hedge(text, 0, len(text))
    assert hedge is not None and hedge.range is None


def test_will_not_is_the_complement_of_will() -> None:
    text = "the army will not march"
    hedge = find_hedge(text, 0, len(text))
    assert hedge is not None and hedge.range is not None
    assert hedge.passage.text == "will not"
    assert hedge.range.high == pytest.approx(0.1)
