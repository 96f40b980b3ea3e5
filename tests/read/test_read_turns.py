"""Who speaks in transcripts, interviews, lists and under mottos: labels, bullets, dashes and header lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quandary.read import ArticleReading, lay_out

Reader = Callable[..., ArticleReading]

BRIEFING = """MR MARSH: The talks will go on. We have no plan to leave.

QUESTION: Will the army cross the river?

MR MARSH: No.

Our engineers were at the dam on Monday.

QUESTION: And the fleet?

MR MARSH: It stays in port."""
INTERVIEW = """Foreign minister Mara Lind spoke to Border News on Monday.

Q: What does Belmar want from the talks?

A: We want the river open.

The ministry later said that Ms Lind would travel to Arlan."""
PRESS = """Spokesman Wu Jin met the press on Monday.

Dawn TV: What is your comment on the new sanctions?

Wu Jin: The sanctions will hurt both sides.

River Post: Will the minister visit Arlan?

Wu Jin: I have nothing to announce."""
SIGNED = """“The strait will stay open.” - Commissioner Gedeon Starke

And from Chairwoman Rosa Wendt:
“We will inspect every ship.”

From the desk of Jon Dole, harbour master:
“No ship leaves before Monday.”"""
LIVE = """- Ivo Marsh says the talks have failed and troops are on their way
- Mara Lind says the port will stay open whatever happens

14:35 Ada Roe told reporters that nobody had been hurt"""

ARRIVAL = (
    "Remarks by Governor Roe Before the Ferry Left\n\nThe Quay\n\n3:10 P.M.\n\nQ Governor, will the port\nclose?\n"
    "\u00a0  \nTHE GOVERNOR: No. The port stays\nopen.\n\u00a0\nAnd we will keep the ferry.\n\n"
    "Q And the fleet?\n\nTHE GOVERNOR: (Smiles.) It sails on\nMonday."
)
PAGES = {
    BRIEFING: [
        ("Marsh", "The talks will go on. We have no plan to leave."),
        ("unnamed", "Will the army cross the river?"),
        ("Marsh", "No."),
        ("Marsh", "Our engineers were at the dam on Monday."),
        ("unnamed", "And the fleet?"),
        ("Marsh", "It stays in port."),
    ],
    INTERVIEW: [
        ("unnamed", "What does Belmar want from the talks?"),
        ("Mara Lind", "We want the river open."),
        ("ministry", "Ms Lind would travel to Arlan"),
    ],
    PRESS: [
        ("Dawn TV", "What is your comment on the new sanctions?"),
        ("Wu Jin", "The sanctions will hurt both sides."),
        ("River Post", "Will the minister visit Arlan?"),
        ("Wu Jin", "I have nothing to announce."),
    ],
    SIGNED: [
        ("Gedeon Starke", "The strait will stay open."),
        ("Rosa Wendt", "We will inspect every ship."),
        ("Jon Dole", "No ship leaves before Monday."),
    ],
    LIVE: [
        ("Ivo Marsh", "the talks have failed and troops are on their way"),
        ("Mara Lind", "the port will stay open whatever happens"),
        ("Ada Roe", "nobody had been hurt"),
    ],
    "The minister said the deal was “a betrayal\nof every farmer” in the valley.": [
        ("minister", "the deal was “a betrayal\nof every farmer” in the valley")
    ],
    "“We will not sell the port\nThe river is ours,” Ivo Marsh said.": [
        ("Ivo Marsh", "We will not sell the port\nThe river is ours,")
    ],
    "Ivo Marsh said the dam was safe.\n\nBackground: The dam was built in 1970.\n\nWeather: It rained in May.": [
        ("Ivo Marsh", "the dam was safe")
    ],
}
BYLINES = {
    "By Helen Marsh": "Helen Marsh",
    "By June Maybury": "June Maybury",
    "By April Ryan": "April Ryan",
    "By Helen Marsh March 3, 2030": "Helen Marsh",
    "By Augusta Roe, Dec. 5, 2030": "Augusta Roe",
    "By Jo Mayne on 3 March 2030": "Jo Mayne",
    "By Monday": None,
}


def test_a_bare_letter_asks_and_an_office_of_the_title_answers(read: Reader) -> None:
    found = read(ARRIVAL, page=True)
    assert [(s.speaker, " ".join(s.passage.text.split())) for s in found.statements] == [
        ("unnamed", "Governor, will the port close?"),
        ("Roe", "No. The port stays open."),
        ("Roe", "And we will keep the ferry."),
        ("unnamed", "And the fleet?"),
        ("Roe", "It sails on Monday."),
    ]
    assert "Smiles" not in {a.name for a in found.actors}


@pytest.mark.parametrize("text", PAGES)
def test_every_turn_goes_to_whom_the_page_names(read: Reader, text: str) -> None:
    assert [(s.speaker, s.passage.text) for s in read(text).statements] == PAGES[text]


def test_an_answer_is_no_claim_of_the_author(read: Reader) -> None:
    assert read(BRIEFING).author_claims == ()


@pytest.mark.parametrize("line", BYLINES)
def test_an_author_keeps_the_name_that_holds_a_month(line: str) -> None:
    article = lay_out(f"A title\n\n{line}\n\nThe river fell on Monday and nobody was hurt.\n", identity="x")
    assert article.author == BYLINES[line]


POSTS = (
    "Ferry strike goes on\n\nThe harbour was quiet on Monday, when the crews of three ferries met in the old town.\n\n"
    "The port is ours and we will not leave it. “Nobody” asked the crews. #ferries pic.example/1\n"
    "— Crews of the QUAY (@quaycrews) March 3, 2031\n\n"
    "Ada Roe, head of the Port Office, told the Quay Gazette that the strike would end soon:\n\n"
    "It does more harm than good to the people of the river.\n\nThe ferries had three crews:\n\n"
    "They were built in the north and served the river for years."
)


def test_a_post_is_its_senders_and_a_paragraph_behind_a_colon_is_the_cues(read: Reader) -> None:
    assert [(s.speaker, s.passage.text.split(" #")[0]) for s in read(POSTS, page=True).statements] == [
        ("Crews of the QUAY", "The port is ours and we will not leave it. “Nobody” asked the crews."),
        ("Ada Roe", "the strike would end soon"),
        ("Ada Roe", "It does more harm than good to the people of the river."),
    ]
