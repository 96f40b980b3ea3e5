"""Cues that stand far from their content, or take no clause, in sentences made up for the purpose."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quandary.read import ArticleReading

Reader = Callable[..., ArticleReading]

CUES = {
    "The offer is not good enough for Belmar, a third diplomat familiar with the weekend's talks said.": [
        ("third diplomat", "The offer is not good enough for Belmar")
    ],
    "The ferry sank because it was overloaded, a person close to the inquiry said.": [
        ("person", "The ferry sank because it was overloaded")
    ],
    "Both envoys claimed at the time that they were being followed and asked their embassies to step in.": [
        ("envoys", "they were being followed"),
        ("envoys", "their embassies to step in"),
    ],
    "Lind praised the deal, telling reporters in the capital that peace was near.": [("Lind", "peace was near")],
    "Prime Minister Ada Roe said in a statement, “We are deeply grateful” for the crew's return, adding that the "
    "families wanted peace.": [
        ("Ada Roe", "“We are deeply grateful” for the crew's return"),
        ("Ada Roe", "the families wanted peace"),
    ],
    "On Monday, however, according to the army, three ships had left.": [("army", "three ships had left")],
    "Mara Lind spoke at noon. In addition, according to her, the rebels hold two villages.": [
        ("Mara Lind", "the rebels hold two villages")
    ],
    "The ministry issued warnings against travel to the border.": [("ministry", "against travel to the border")],
    "The bishops renewed their call for a truce in the valley.": [("bishops", "a truce in the valley")],
    "A warning of floods was issued by the river council.": [("river council", "of floods")],
    "Marsh denied discussing the loan with the bank.": [("Marsh", "discussing the loan with the bank")],
    "State television released the news that the president had left the country.": [
        ("State television", "the president had left the country")
    ],
    "The army spread word that the bridge had fallen.": [("army", "the bridge had fallen")],
    "Arlan was accused by Lind of moving tanks to the river.": [("Lind", "of moving tanks to the river")],
    "The mayor was criticised by residents for closing the school.": [("residents", "for closing the school")],
    "As Lind has warned, the dam could burst.": [("Lind", "the dam could burst")],
    "The valley will be dry by June, as farmers had predicted.": [("farmers", "The valley will be dry by June")],
    "The flood, as Marsh has said, will come again.": [("Marsh", "The flood, as Marsh has said, will come again")],
    "Lind, who works with ferry crews, said whether Belmar will agree to open the port depends mostly on whether the "
    "council believes it would gain.": [
        (
            "Lind",
            "whether Belmar will agree to open the port depends mostly on whether the council believes it would gain",
        )
    ],
    '"The dam holds," Ivo Marsh, Rivers Desk (East Bank) head at Lind College, told KTX in an email.': [
        ("Ivo Marsh", "The dam holds,")
    ],
    '"We are ready," Ada Roe, a harbour analyst at the university, told Reuters.': [("Ada Roe", "We are ready,")],
    "China closed the port. The rule takes effect on June 2. On June 3, it said ships would wait.": [
        ("China", "ships would wait")
    ],
    "Ada Roe went into the second day of talks accusing Belmar of theft.": [("Ada Roe", "Belmar of theft")],
    "Ivo Marsh walked out of the summit warning that war was near.": [("Ivo Marsh", "war was near")],
    "Minister Ana Rolf repeated a request that people stop asking the army to leave.": [
        ("Ana Rolf", "people stop asking the army to leave")
    ],
    "The rebels issued a plea that the army spare the village.": [("rebels", "the army spare the village")],
    "While China has urged Manila to withdraw the ship, the League has vowed to resist.": [
        ("China", "Manila to withdraw the ship"),
        ("League", "to resist"),
    ],
    "When the dam burst, the army said it would help.": [("army", "it would help")],
    # and these give nothing, or nothing more
    "As expected, Lind won the vote.": [],
    "As Marsh said this, the crowd began to sing.": [],
    "Lind repeated on Friday the offer that Arlan had made.": [],
}


@pytest.mark.parametrize("sentence", CUES)
def test_a_cue_finds_its_content(read: Reader, sentence: str) -> None:
    assert [(s.speaker, s.passage.text) for s in read(sentence).statements] == CUES[sentence]


def test_a_pronoun_and_a_first_name_mean_the_hyphenated_name_before(read: Reader) -> None:
    text = (
        "The talks failed.\n\nArmy Chief General Prayuth Lim-ocah called Friday for restraint.\n\n"
        '"The door is open," he said. Prayuth said he would wait.'
    )
    assert [s.speaker for s in read(text).statements] == ["Prayuth Lim-ocah", "Prayuth Lim-ocah"]
