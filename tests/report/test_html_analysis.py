"""The analysis: quotes are marked where they stand, whatever markup they stand in, and nothing of the author's runs."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from tests.report.dossiers import flagship, small

from quandary.report import QuoteMark, VerdictMark, analysis_html, quote_span

HOLDS = VerdictMark("holds", "holds")


def marked(text: str, *quotes: str) -> str:
    marks = [
        QuoteMark(text.index(quote), text.index(quote) + len(quote), f"c{i}", (HOLDS,))
        for i, quote in enumerate(quotes)
    ]
    return analysis_html(text, marks)


def test_a_quote_is_marked_with_its_verdict_beside_it() -> None:
    assert marked("He said it rains today.", "it rains") == (
        '<p>He said <mark class="holds" id="text-c0">it rains</mark> <a class="ch" href="#claim-c0">'
        '<span class="v holds"><svg class="m" aria-hidden="true" viewBox="0 0 16 16"><use href="#v-holds"/></svg>'
        "<span>holds</span></span></a> today.</p>\n"
    )


def test_a_quote_across_markup_is_marked_on_both_sides() -> None:
    html = marked("so **very bold** it is", "bold** it")
    assert re.sub(r"\s*<a.*?</a>", "", html).count("<mark") == 2
    assert '<strong>very <mark class="holds" id="text-c0">bold</mark></strong><mark class="holds"> it</mark>' in html


def test_a_quote_over_a_line_break() -> None:
    html = marked("one two\nthree four", "two\nthree")
    assert html.count("<mark") == 2
    assert html.count('id="text-c0"') == 1


def test_quotes_inside_each_other() -> None:
    html = marked("a b c d", "a b c d", "b c")
    assert html.count('class="ch"') == 2
    assert re.sub(r"<[^>]*>", "", html).split() == ["a", "b", "c", "holds", "d", "holds"]


def test_html_images_and_dangerous_links_do_not_pass() -> None:
    html = analysis_html("<b onclick=x>\n\n[go](javascript:alert(1)) ![i](https://x.test/a.png) <https://ok.test>", [])
    assert "<b" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_headings_stand_below_the_section() -> None:
    assert analysis_html("# One\n\n## Two\n", []) == "<h3>One</h3>\n<h4>Two</h4>\n"


def test_code_keeps_no_signs() -> None:
    assert marked("run `a quoted b` now", "quoted") == "<p>run <code>a quoted b</code> now</p>\n"


def test_claims_of_a_source_are_found_where_the_prose_quotes_them() -> None:
    case = flagship().report.case
    found = {claim.id: quote_span(case, claim) for claim in case.claims}
    assert case.text is not None
    start, end = found["war-less-likely"] or (0, 0)
    assert case.text[start:end] == "The Kazakhstan crisis makes war in Ukraine less likely."
    assert found["respect-sovereignty"] is None


def test_claims_of_the_prose_itself_carry_their_span() -> None:
    case = small().report.case
    assert [quote_span(case, claim) for claim in case.claims] == [claim.span for claim in case.claims]


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_any_text_with_any_mark_is_safe_and_loses_no_letter(text: str, start: int, length: int) -> None:
    html = analysis_html(text, [QuoteMark(start, start + length, "c", (HOLDS,))])
    assert not re.search(
        r"<(?!/?(?:p|mark|a|span|svg|use|h[3-6]|em|strong|code|pre|ul|ol|li|blockquote|hr|br|table|t[hrd]|thead|tbody)\b)",
        html,
    )
    assert not re.search("[\ue000\ue001\ue100]", html)
