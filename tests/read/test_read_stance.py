"""What a speaker makes of the content, what kind it is and how probable, in sentences made up for the purpose."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quandary.read import ArticleReading, find_hedge

Reader = Callable[..., ArticleReading]

STANCES = {
    "Belmar denied that it had moved troops.": ("it had moved troops", "denied"),
    "The envoy denied having met the rebels.": ("having met the rebels", "denied"),
    "Marsh ruled out a ceasefire.": ("a ceasefire", "denied"),
    "Lind did not deny that ships had sailed.": ("ships had sailed", "open"),
    "Lind refused to rule out a boycott.": ("a boycott", "open"),
    "The minister would not rule out a strike on the port.": ("a strike on the port", "open"),
    "Marsh said it is far from certain that the dam will hold.": (
        "it is far from certain that the dam will hold",
        "open",
    ),
    "The mayor said there was no guarantee the bridge would reopen.": (
        "there was no guarantee the bridge would reopen",
        "open",
    ),
    "Reyes said he doubted that the cabinet would last.": ("he doubted that the cabinet would last", "doubted"),
    "Doubts remain over whether the deal will hold, Reyes said.": (
        "Doubts remain over whether the deal will hold",
        "open",
    ),
    "Lind doubts that Arlan will sign.": ("Arlan will sign", "doubted"),
    "Marsh does not expect that the rebels will leave.": ("the rebels will leave", "doubted"),
    "“We deny that troops have moved,” Lind said.": ("We deny that troops have moved,", "held"),
    "Lind said the ships had sailed.": ("the ships had sailed", "held"),
}
NOBODY = (
    "No one in the government said that war was likely.",
    "None of the ministers said that the dam was safe.",
    "No official has confirmed that the bridge was mined.",
    "Neither side said that talks had begun.",
)
KINDS = {
    "Lind said the harvest was otherwise fine.": "factual",
    "Marsh said the crew, otherwise healthy, had lost weight.": "factual",
    "The envoy said the army must leave, otherwise the talks will fail.": "conditional",
    "The envoy said the sides could not yet agree on a date.": "factual",
    "Marsh said the divers couldn't find the wreck.": "factual",
    "Marsh said the war could spread.": "forecast",
    "The minister said the so-called “heroic” brigade had left the town.": "factual",
    "The minister said the raid was “a crime” and “shameful”.": "normative",
    "Brussels warned against a new round of strikes.": "normative",
    "The admiral cautioned against closing the strait.": "normative",
    "Marsh warned of a new war.": "forecast",
    "Lind said she was hopeful that the talks could lead to a truce.": "forecast",
    "Farmers fear that the dam will cause a drought.": "forecast",
    "Lind said the drought led to the riots.": "causal",
    "Lind said the result depends on whether Arlan will open its archives.": "conditional",
    "Police asked residents to stay at home.": "normative",
    "Lind put the odds of a truce at one in three.": "forecast",
}
NUMBERS = {
    "there was a 40% chance that the ceasefire would collapse": (0.4, 0.4),
    "the chance of war at 30 percent": (0.3, 0.3),
    "the odds of a truce at one in three": (1 / 3, 1 / 3),
    "the talks a ten per cent chance of success": (0.1, 0.1),
    "a twenty-five percent probability of a coup": (0.25, 0.25),
    "the chance is 30 to 40 percent": (0.3, 0.4),
    "a fifty-fifty chance": (0.5, 0.5),
    "odds of three to one against": (0.25, 0.25),
    "the odds are 2-1 on": (2 / 3, 2 / 3),
    "at least a 60 percent probability": (0.6, 1.0),
    "prices rose 30 percent": None,
    "the risk of war is up 30 percent": None,
    "it is far from certain that the dam will hold": None,
    "the army could not stop the flood": None,
    "he asked whether the dam will hold": None,
}
NO_STATEMENT = (
    "The ministry announced a series of sanctions on Arlan.",
    "The ministry announced “targeted” sanctions against two banks.",
    "The bar was dubbed the “Red Lantern” by sailors who drank there.",
    "Ada Roe, whom sailors call “the Shark”, left on Monday.",
    "Traders reacted to the news that the port had closed.",
)


@pytest.mark.parametrize("sentence", STANCES)
def test_a_statement_tells_what_its_speaker_makes_of_it(read: Reader, sentence: str) -> None:
    assert [(s.passage.text, s.polarity) for s in read(sentence).statements] == [STANCES[sentence]]


@pytest.mark.parametrize("sentence", NOBODY)
def test_what_nobody_said_is_nobodys_statement(read: Reader, sentence: str) -> None:
    assert read(sentence).statements == ()


@pytest.mark.parametrize("sentence", KINDS)
def test_a_kind_is_told_by_the_construction_and_not_by_a_word(read: Reader, sentence: str) -> None:
    assert [s.kind for s in read(sentence).statements] == [KINDS[sentence]]


@pytest.mark.parametrize("words", NUMBERS)
def test_a_probability_said_as_a_number_is_that_number(words: str) -> None:
    hedge = find_hedge(words, 0, len(words))
    found = hedge.range if hedge else None
    wanted = NUMBERS[words]
    assert (found is None) == (wanted is None)
    if found is not None and wanted is not None:
        assert (found.low, found.high) == pytest.approx(wanted)
        assert found.basis == "stated"


@pytest.mark.parametrize("sentence", NO_STATEMENT)
def test_names_and_acts_are_no_statements(read: Reader, sentence: str) -> None:
    assert read(sentence).statements == ()
