"""How newspapers quote: every form of mark, cue and speaker, in sentences made up for the purpose."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quandary.read import ArticleReading

Reader = Callable[..., ArticleReading]


def said(reading: ArticleReading) -> list[tuple[str, str, str]]:
    return [(s.speaker, s.type, s.passage.text) for s in reading.statements]


FORMS = {
    "after the quote": (
        "“The dam will stay closed,” said Ivo Marsh, the foreign minister of Belmar.",
        [("Ivo Marsh", "direct", "The dam will stay closed,")],
    ),
    "before the quote, with a colon": (
        'Ivo Marsh said: "We shall wait for the rain."',
        [("Ivo Marsh", "direct", "We shall wait for the rain.")],
    ),
    "quote cut by its cue": (
        "“We are patient,” Ivo Marsh said. “We are not blind.”",
        [("Ivo Marsh", "direct", "We are patient,"), ("Ivo Marsh", "direct", "We are not blind.")],
    ),
    "British single marks": (
        "‘The river belongs to both of us,’ Ivo Marsh told reporters. ‘That won’t change.’",
        [
            ("Ivo Marsh", "direct", "The river belongs to both of us,"),
            ("Ivo Marsh", "direct", "That won’t change."),
        ],
    ),
    "mixed curly and straight marks": (
        'Ivo Marsh said: “The talks are over."',
        [("Ivo Marsh", "direct", "The talks are over.")],
    ),
    "indirect": (
        "Ivo Marsh said on Monday that the talks had failed.",
        [("Ivo Marsh", "indirect", "the talks had failed")],
    ),
    "indirect without that, cue last": (
        "The talks had failed, Ivo Marsh said.",
        [("Ivo Marsh", "indirect", "The talks had failed")],
    ),
    "inverted": (
        "Arlan must open the gates, said the River Council.",
        [("River Council", "indirect", "Arlan must open the gates")],
    ),
    "fragment": (
        "Ivo Marsh said the offer was “an insult to every farmer” in the valley.",
        [("Ivo Marsh", "mixed", "the offer was “an insult to every farmer” in the valley")],
    ),
    "calling names": (
        "The River Council called the offer a “cheap trick”.",
        [("River Council", "mixed", "the offer a “cheap trick”")],
    ),
    "accusing": (
        "Ivo Marsh accused Arlan of stealing water.",
        [("Ivo Marsh", "indirect", "Arlan of stealing water")],
    ),
    "blaming": (
        "Ivo Marsh blamed the shortage on the new canal.",
        [("Ivo Marsh", "indirect", "the shortage on the new canal")],
    ),
    "vowing": (
        "Ivo Marsh vowed to rebuild the bridge.",
        [("Ivo Marsh", "indirect", "to rebuild the bridge")],
    ),
    "according to": (
        "The canal leaks, according to the River Council.",
        [("River Council", "indirect", "The canal leaks")],
    ),
    "two that-clauses are two statements": (
        "Ivo Marsh said that the talks had failed and that the army was ready.",
        [("Ivo Marsh", "indirect", "the talks had failed"), ("Ivo Marsh", "indirect", "the army was ready")],
    ),
    "participle": (
        "Ivo Marsh said the talks had failed, adding that the army was ready.",
        [("Ivo Marsh", "indirect", "the talks had failed"), ("Ivo Marsh", "indirect", "the army was ready")],
    ),
    "position as a noun": (
        "Ivo Marsh repeated his position that the canal is illegal.",
        [("Ivo Marsh", "indirect", "the canal is illegal")],
    ),
    "cue inside commas": (
        "The canal, Ivo Marsh said, would be closed in spring.",
        [("Ivo Marsh", "indirect", "The canal, Ivo Marsh said, would be closed in spring")],
    ),
    "cut in mid-sentence": (
        "“There is,” Ivo Marsh told the press, “no way back.”",
        [("Ivo Marsh", "direct", "There is,"), ("Ivo Marsh", "direct", "no way back.")],
    ),
    "as he put it": (
        'As Ivo Marsh put it, "the river is dead".',
        [("Ivo Marsh", "direct", "the river is dead")],
    ),
    "cue in the perfect, at the end": (
        "The canal could start a war, a Belmar general has warned.",
        [("Belmar general", "indirect", "The canal could start a war")],
    ),
    "quoted words before the cue": (
        "The army is ready if “the border is crossed,” Ivo Marsh said.",
        [("Ivo Marsh", "mixed", "The army is ready if “the border is crossed,”")],
    ),
    "fears and hopes": (
        "Farmers are worried that the wells may run dry.",
        [("Farmers", "indirect", "the wells may run dry")],
    ),
    "a report's author": (
        "According to a report by the River Council, the wells may run dry.",
        [("River Council", "indirect", "the wells may run dry")],
    ),
    "a threat with its condition": (
        "Belmar threatened to close the bridge if the gates stayed shut.",
        [("Belmar", "indirect", "to close the bridge if the gates stayed shut")],
    ),
    "a further point of the same source": (
        "Ivo Marsh said the river was low. Another reason is that the pumps could fail.",
        [("Ivo Marsh", "indirect", "the river was low"), ("Ivo Marsh", "indirect", "the pumps could fail")],
    ),
    "the author's own voice": ("I believe that the treaty must be renewed.", []),
    "asked, he answered": (
        "Asked whether war was near, Ivo Marsh said: “Nobody knows that.”",
        [("Ivo Marsh", "direct", "Nobody knows that.")],
    ),
    "nested quote": (
        "“My father used to say, ‘never sell water’, and he was right,” Ivo Marsh said.",
        [("Ivo Marsh", "direct", "My father used to say, ‘never sell water’, and he was right,")],
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_quoting(form: str, read: Reader) -> None:
    text, expected = FORMS[form]
    assert said(read(text)) == expected


def test_a_quote_runs_over_paragraphs_without_a_closing_mark(read: Reader) -> None:
    reading = read("Ivo Marsh said: “The river is low.\n\n“It has never been so low. We must share it.”")
    assert said(reading) == [
        ("Ivo Marsh", "direct", "The river is low."),
        ("Ivo Marsh", "direct", "It has never been so low. We must share it."),
    ]


def test_a_pronoun_is_the_speaker_of_the_sentence_before(read: Reader) -> None:
    reading = read("“The talks are over,” said Ivo Marsh. He added that nobody was surprised.")
    assert {s.speaker for s in reading.statements} == {"Ivo Marsh"}


def test_a_second_pronoun_follows_the_new_speaker(read: Reader) -> None:
    reading = read(
        "Minister Ivo Marsh said the talks were over. He said the army was ready. "
        "General Pavel Dorn said the army was not ready. He said it needed a month."
    )
    assert [s.speaker for s in reading.statements] == ["Ivo Marsh", "Ivo Marsh", "Pavel Dorn", "Pavel Dorn"]


def test_an_office_is_a_name(read: Reader) -> None:
    reading = read(
        "Belmar’s foreign minister, Ivo Marsh, arrived on Monday. Belmar’s top diplomat said the talks would go on."
    )
    assert [s.speaker for s in reading.statements] == ["Ivo Marsh"]


def test_never_a_pronoun(read: Reader) -> None:
    reading = read("They said the bridge was safe. She said it was not.")
    assert {s.speaker for s in reading.statements} == {"unnamed"}


def test_agreement_is_no_statement(read: Reader) -> None:
    reading = read("Ivo Marsh said the river was low. Pavel Dorn agrees, saying that “the wells are dry”.")
    assert said(reading) == [
        ("Ivo Marsh", "indirect", "the river was low"),
        ("Pavel Dorn", "direct", "the wells are dry"),
    ]


def test_negated_and_refused_cues_give_nothing(read: Reader) -> None:
    assert not read("Ivo Marsh did not say that the talks had failed.").statements
    assert not read("Ivo Marsh declined to say whether the talks had failed.").statements


def test_an_unpaired_mark_is_told_with_its_line(read: Reader) -> None:
    reading = read("The minister said the offer was “an insult and left the room.")
    assert any("line 5" in n and "without its partner" in n for n in reading.notes)
