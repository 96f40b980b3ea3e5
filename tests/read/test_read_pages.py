"""Heads and feet of raw pages, and PDFs in columns: what is title, author and text, and what is none of them."""

from __future__ import annotations

import pytest
from tests.read.files import PROSE, pdf_with

from quandary.read import lay_out, read_bytes

BODY = "The river fell on Monday and nobody was hurt.\n\nIvo Marsh said the dam was safe."
HEADS = {
    "Accessibility links\n\nSkip to content\n\nRiver talks fail again\n\nBy user_4711\n\n3 hours ago": None,
    "14:35, 5 March 2030\n\nRiver talks fail again\n\nBy Ada Roe": "Ada Roe",
    "ADVERTISEMENT\n\nSponsored: Buy now and save 20%\n\nRiver talks fail again\n\nBy marsh99": None,
    "Menu\n\nHome\n\nNews\n\nWorld\n\nRiver talks fail again\n\nBy Helen Marsh\n\n5 March 2030": "Helen Marsh",
    "Updated 2 hours ago\n\nBreaking news\n\nRiver talks fail again\n\nBy Admin": None,
}
FEET = (
    "Read more: Dam bursts in Arlan, minister says.",
    "Related: The dam is said to be leaking, a report says.",
    "Also see: Ten facts about rivers",
    "128 Comments",
    "View comments (12)",
    "1.2k shares",
)


@pytest.mark.parametrize("head", HEADS)
def test_the_head_of_a_page(head: str) -> None:
    article = lay_out(f"{head}\n\n{BODY}\n", identity="x")
    assert (article.title, article.author) == ("River talks fail again", HEADS[head])


@pytest.mark.parametrize("line", FEET)
def test_what_leads_elsewhere_is_not_read(line: str) -> None:
    article = lay_out(f"River talks fail again\n\n{BODY}\n\n{line}\n\nLind left.\n", identity="x")
    kinds = {article.text[b.start : b.end]: b.kind for b in article.blocks}
    assert kinds[line] == "furniture"


def test_a_picture_told_twice_is_read_once() -> None:
    """A picture's description and its caption stand one below the other, in the same words."""
    caption = "Minister Ada Roe gives a press conference in Arlan on 26 December 2030."
    article = lay_out(f"River talks fail again\n\n{caption}\n{caption}\n{BODY}\n", identity="x")
    assert [article.text[b.start : b.end] for b in article.blocks if b.kind == "body"] == [caption, *BODY.split("\n\n")]


LEFT = ("Ivo Marsh said that the dam", "was safe and that the people", "of Belmar could go home", "before Friday.")
RIGHT = ("The council of the river said", "that it would send a ship to", "Arlan and that the rain", "was to stop.")


def in_two_columns(*, by_rows: bool) -> bytes:
    places = [[(x, 760 - 14 * row, line) for row, line in enumerate(c)] for x, c in ((50, LEFT), (320, RIGHT))]
    order = [one for row in zip(*places, strict=True) for one in row] if by_rows else [*places[0], *places[1]]
    shown = [(50, 800, "The talks on the river have failed"), *order]
    content = b"\n".join(b"BT /F1 11 Tf %d %d Td (%s) Tj ET" % (x, y, line.encode()) for x, y, line in shown)
    return pdf_with(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R"
            b" /Resources << /Font << /F1 4 0 R >> >> >>",
        ]
    )


@pytest.mark.parametrize("by_rows", [True, False])
def test_columns_do_not_run_into_each_other(*, by_rows: bool) -> None:
    article = read_bytes(in_two_columns(by_rows=by_rows), "talks.pdf")
    words = " ".join(article.text.split())
    assert " ".join(LEFT) in words
    assert " ".join(RIGHT) in words
    assert any("columns" in note for note in article.notes) == by_rows


NAMED_HEADS = {
    "Five states meet over the strait\n\n5 March 2030\n\nRon Corben\n\n": "Ron Corben",
    "Five states meet over the strait\n\nRon Corben in Lunde\n\n5 March 2030\n\n": "Ron Corben",
    "Five states meet over the strait\n\nPosted on March 5, 2030 by Jane van Doe\n\n": "Jane van Doe",
    "Five states meet over the strait\n\nJane A. Doe | March 5, 2030\n\n": "Jane A. Doe",
    # and these name nobody
    "Five states meet over the strait\n\n5 March 2030\n\nMiddle East\n\n": None,
    "Five states meet over the strait\n\n5 March 2030\n\nPress Release\n\n": None,
    "Five states meet over the strait\n\n5 March 2030\n\nSecurity Council\n\n": None,
    "Five states meet over the strait\n\n5 March 2030\n\nSouth Korea\n\n": None,
    "Five states meet over the strait\n\n5 March 2030\n\nSenior Correspondent\n\n": None,
    "Five states meet over the strait\n\nRon Corben\n\n": None,  # no date beside it
}


@pytest.mark.parametrize("head", NAMED_HEADS)
def test_a_name_by_a_date_is_the_author(head: str) -> None:
    article = lay_out(head + PROSE, identity="page")
    assert (article.title, article.author) == ("Five states meet over the strait", NAMED_HEADS[head])


LABELLED_HEADS = (
    "All About America\n\nAudio Posts In English\n\n",
    "Latest Stories From Asia\n\n",
    "Department of State\n\nOffice of the Spokesperson\n\nFor Immediate Release\n\n",
    "Border Times\n\nNews Opinion Sport Culture Lifestyle\n\n",
    "Free news for all of us\n\nSkip to navigation\n\n",
)


@pytest.mark.parametrize("head", LABELLED_HEADS)
def test_lines_of_menus_and_publishers_are_no_titles(head: str) -> None:
    article = lay_out(f"{head}Five states meet over the strait\n\n5 March 2030\n\n{PROSE}", identity="page")
    assert article.title == "Five states meet over the strait"


def test_a_short_title_above_its_subtitle_stays_the_title() -> None:
    page = (
        f"Border Talks Collapse Again\n\nMediators leave Lunde after a night without sleep\n\n5 March 2030\n\n{PROSE}"
    )
    assert lay_out(page, identity="page").title == "Border Talks Collapse Again"
