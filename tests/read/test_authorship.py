"""Who wrote a text: statements in the first person, names at its foot, fields of a page."""

from __future__ import annotations

import pytest

from quandary.read import lay_out

BODY = "Karvia has closed the border.\n\nThe army holds both bridges over the Sella, and the ferries lie in port."

FEET = [
    ("Ann Lee and Ivo Brand reported on this story for Radio Lunde. Tove Ulm adapted it.", "Ann Lee and Ivo Brand"),
    ("Ann Lee reported from Tarsk.", "Ann Lee"),
    ("Reporting by Ann Lee and Ivo Brand; editing by Tove Ulm", "Ann Lee and Ivo Brand"),
    ("This story was written by Ann Lee.", "Ann Lee"),
    ("Ann Lee is a senior fellow at the Lunde Institute and a former envoy.", "Ann Lee"),
    ("Ann Lee contributed to this report.", None),
    ("The Coastal Herald reported on the fire in the port.", None),
    ("Ann Lee reported the fire to the police at once.", None),
]


@pytest.mark.parametrize(("foot", "author"), FEET)
def test_names_at_the_foot(foot: str, author: str | None) -> None:
    article = lay_out(f"Border closed in Karvia\n\n{BODY}\n\n{foot}", identity="x")
    assert article.author == author


TITLES = [
    ("Statement by President Davor Ilin on the Closing of the Border", "Davor Ilin"),
    ("Statement from Foreign Minister Orla Quint", "Orla Quint"),
    ("Remarks by the Prime Minister Lena Rowe at the Port of Lunde", "Lena Rowe"),
    ("Statement by the Council on the Border", None),
    ("Statement on the Border", None),
]


@pytest.mark.parametrize(("title", "author"), TITLES)
def test_a_statement_is_by_whom_its_title_names(title: str, author: str | None) -> None:
    text = f"{title}\n\nI have ordered the border closed. We will open it in May."
    assert lay_out(text, identity="x").author == author


def test_a_transcript_with_labels_has_no_author() -> None:
    text = "Remarks by President Davor Ilin in Lunde\n\nPRESIDENT ILIN: I thank you all.\n\nQ: When will you leave?"
    assert lay_out(text, identity="x").author is None


def test_a_statement_in_the_third_person_has_no_author() -> None:
    assert lay_out(f"Statement by Davor Ilin on the Border\n\n{BODY}", identity="x").author is None


def test_a_room_beside_the_date_is_nobody() -> None:
    text = f"Remarks on the Border\n\n2031-05-04\n\nSouth Lawn\n\n4:08 P.M. EST\n\n{BODY}"
    assert lay_out(text, identity="x").author is None


def test_fields_of_a_page_name_each_author_once() -> None:
    assert lay_out(BODY, identity="x", author="Ann Lee; ANN LEE").author == "Ann Lee"
    assert lay_out(BODY, identity="x", author="Username").author is None
    assert lay_out(BODY, identity="x", author="Ann Lee; January").author == "Ann Lee"
