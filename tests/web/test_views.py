"""The pages beside that of a case in a real browser: the ledger, a draft with its questions, two cases side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from tests.web.browsing import PATIENCE
from tests.web.servers import TOKEN, Served, serving

from quandary.use import write_template

RUN = {"case": "dam/case.yaml", "worlds": 320}
FERRY = """quandary: 2
title: The ferry
as_of: 2031-03-01
actors:
  council: {name: The council, rationality: unknown}
story:
  - chance: storm
    title: The weather
    states: [fair, storm]
    odds: {storm: 20% to 40%, fair: rest}
    because: the harbour's log
  - decision: ferry
    title: The council's choice
    by: council
    sees: [storm]
    options: [sail, stay]
  - chance: accident
    title: What comes of it
    given: [storm, ferry]
    states: [none, accident]
    base: {accident: 1% to 20%, none: rest}
    effects:
      - storm = storm: {accident: unknown}
      - ferry = stay: {accident: unknown}
stakes:
  council:
    income: {weight: 30% to 60%, worth: [{ferry = sail: 60 to 100}, {otherwise: 0 to 30}]}
    safety: {weight: 40% to 70%, worth: [{accident = accident: 0}, {otherwise: 100}]}
claims:
  - id: stay-in
    speaker: The pilot <b>aboard</b>
    quote: Nobody is hurt in port
    tests: {sign: P(accident = accident | do(ferry = stay)) < P(accident = accident | do(ferry = sail))}
  - id: storms-kill
    speaker: The pilot
    quote: It is the storms that do it
    tests: {sign: P(accident = accident | do(storm = storm)) > P(accident = accident | do(storm = fair))}
"""


@contextmanager
def page_of(browser: Any, served: Served, path: str, **how: Any) -> Iterator[Any]:
    """Open a page; the console may not complain."""
    context = browser.new_context(**how)
    try:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda line: said.append(line.text) if line.type in {"error", "warning"} else None)
        page.on("pageerror", lambda fault: said.append(str(fault)))
        page.goto(f"http://127.0.0.1:{served.port}{path}{'&' if '?' in path else '?'}token={TOKEN}")
        yield page
        assert not said
    finally:
        context.close()


def text_of(page: Any) -> str:
    """Return what can be read on a page."""
    return str(page.inner_text("body")).replace("\N{NO-BREAK SPACE}", " ")


def faults_in(page: Any) -> list[str]:
    """Return what axe finds wrong with a page."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in axe.Axe().run(page).response["violations"]]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with a ledger of its own: 54 questions, 40 of them settled; the last one is overdue."""
    folder = tmp_path_factory.mktemp("kept")
    with serving(folder) as served:
        rows = ["question,rule,settled by,opened,until,tags,who,judge,said,forecast,resolution,resolved on"]
        for number in range(54):
            day = f"2024-0{1 + number % 6}-28"
            came = f"{'yes' if number % 10 > 4 else 'no'},{day}" if number < 40 else ","
            rows.append(
                f"Will event {number} <i>come</i>?,It stands in the register,The register,2024-01-01,{day},"
                f"{'sea' if number % 2 else 'land'},{'Mei' if number % 3 else 'Jo'},person,2024-01-02,"
                f"{(5 + 10 * (number % 10)) / 100},{came}"
            )
        (folder / "forecasts.csv").write_text("\n".join(rows) + "\n")
        answer = served.post("/api/ledger/import", {"file": "forecasts.csv", "format": "csv"})
        assert answer.status == 200, answer.body
        yield served


def test_an_empty_ledger_shows_the_record_that_ships_and_says_so(served: Served, browser: Any) -> None:
    with page_of(browser, served, "/ledger", java_script_enabled=False) as page:
        assert "Nothing is in this ledger yet" in text_of(page)
        page.click("text=An invasion in 2022")
        assert "Came: yes, 24 February 2022" in text_of(page)
        assert page.locator("figure.drawn svg[role=img]").count() == 1
        assert "0.4225" in page.inner_text("section[aria-labelledby=qd]")  # (0.35 - 1)^2
        page.click("nav >> text=Scores")
        page.wait_for_selector("text=Told apart by")
        assert page.locator(".few").count() == 1
        assert "Too few to draw a curve" in text_of(page)


def test_questions_are_filtered_and_paged(kept: Served, browser: Any) -> None:
    with page_of(browser, kept, "/ledger", java_script_enabled=False) as page:
        assert page.locator(".qs > li").count() == 50
        assert "Nothing is in this ledger" not in text_of(page)
        page.click("text=The next ones")
        page.wait_for_selector("text=To the first")
        assert page.locator(".qs > li").count() == 4
        page.goto(f"http://127.0.0.1:{kept.port}/ledger?words=EVENT+5")
        assert page.locator(".qs > li").count() == 5
        page.select_option("select[name=tag]", "sea")
        page.check("input[name=open]")
        page.click(".flt button")
        page.wait_for_selector("input[name=open][checked]")
        assert page.locator(".qs > li").count() == 2  # 51 and 53
        assert page.locator(".qs i").count() == 0  # markup in a question is text


def test_what_is_due_is_what_the_task_says(kept: Served, browser: Any) -> None:
    told = kept.post("/api/ledger/today", {}).json
    with page_of(browser, kept, "/ledger") as page:
        assert page.locator("section[aria-labelledby=due] tbody tr").count() == sum(
            one["what"] == "overdue" for one in told["due"]
        )
        assert page.locator(".late").count() > 0


def test_scores_are_those_of_the_task_and_from_thirty_on_there_is_a_curve(kept: Served, browser: Any) -> None:
    told = kept.post("/api/ledger/score", {"by": "tag", "of": "Mei"}).json
    with page_of(browser, kept, f"/ledger/scores?{urlencode({'by': 'tag', 'of': 'Mei'})}") as page:
        text = text_of(page)
        for line in told["lines"]:
            assert line["name"] in text
            assert f"{line['means']['brier']:.4f}" in text
    with page_of(browser, kept, "/ledger/scores") as page:
        assert page.locator(".few").count() == 0
        assert page.locator("figure.drawn svg[role=img]").count() == 3
        assert page.locator("figure.drawn details.twin").count() == 3


def test_wrong_addresses_are_told_and_nothing_breaks(served: Served) -> None:
    for path in (
        "/ledger/question?question=99999",
        "/ledger/question",
        "/ledger/scores?by=nonsense",
        "/ledger/scores?of=Nobody",
        "/draft?case=none.yaml",
        "/draft?case=../../etc/passwd",
        "/compare?first=none.yaml&second=dam/case.yaml",
    ):
        assert served.get(path).status == 422, path
    assert served.get("/draft").status == 404
    assert served.get("/ledger?after=%F0%9F%98%80&ledger=/etc/passwd&words=%00").status == 200


def test_a_draft_is_answered_by_forms_without_a_script(served: Served, browser: Any) -> None:
    file = _ferry(served, "answered")
    with page_of(browser, served, "/draft?case=answered/case.yaml", java_script_enabled=False) as page:
        text = text_of(page)
        assert "Nobody has put numbers to 3 things" in text
        assert page.locator(".stand >> text=open").count() == 2
        assert page.locator(".stand b").count() == 0  # markup in a speaker's name is text
        asked = page.inner_text(".ask legend")
        page.check("input[value=less]")
        page.fill("input[name=because]", 'two logs: "both" #agree')
        page.fill("input[name=by]", "AB")
        page.click(".acts .first")
        assert "Written on line" in page.inner_text("[role=status]")
        assert page.input_value("input[name=by] >> nth=0") == "AB"
        assert "shown again after 5" in text_of(page)
        assert page.locator(".stand").count() == 0  # who sees the claims move steers
        assert asked not in text_of(page)
        page.click("text=I am done answering")
        page.wait_for_selector(".stand")
        assert page.locator(".stand").count() == 1
        assert "1 answer" in page.inner_text("section[aria-labelledby=ds] .told")
    written = file.read_text()
    assert "judged_by: AB" in written
    before, after = FERRY.splitlines(), written.splitlines()
    assert len(before) == len(after)
    assert sum(one != two for one, two in zip(before, after, strict=True)) == 1


def test_an_answer_that_does_not_fit_is_said_and_nothing_is_written(served: Served, browser: Any) -> None:
    file = _ferry(served, "refused", FERRY.replace("{accident: unknown}", "{accident: x1.1 to x9}"))
    with page_of(browser, served, "/draft?case=refused/case.yaml", java_script_enabled=False) as page:
        before = file.read_text()
        page.fill("input[name=answer]", "purple")
        page.click(".acts .first")
        page.wait_for_selector("[role=alert]")
        assert page.input_value("input[name=answer]") == "purple"
        assert file.read_text() == before
        asked = page.inner_text("label.asks")
        page.click("text=Not now")
        page.wait_for_selector(f"label.asks:not(:has-text({json.dumps(asked)}))")
        assert file.read_text() == before
        assert page.locator("label.asks", has_text=asked).count() == 0


def test_four_numbers_of_a_form_are_written_as_the_task_writes_them(served: Served, browser: Any) -> None:
    text = FERRY.replace("{accident: unknown}", "{accident: x1.1 to x9}")
    by_form, by_task = _ferry(served, "form", text), _ferry(served, "task", text)
    with page_of(browser, served, "/draft?case=form/case.yaml") as page:
        name = page.get_attribute("input[name=question]", "value")
        page.click("summary:has-text('In four numbers')")
        for field, said in {"low": "1.5", "high": "6", "best": "3", "sure": "80"}.items():
            page.fill(f"input[name={field}]", said)
        page.click("button[value=four]")
        page.wait_for_selector("[role=status]")
    answer = {"question": name, "answer": {"low": 1.5, "high": 6, "best": 3, "sure": 80}}
    request = {"case": "task/case.yaml", "answer": json.dumps(answer), "worlds": 1000}
    assert served.post("/api/elicit", request).status == 200
    assert by_form.read_text() == by_task.read_text() != text


def test_answers_are_refused_from_other_pages_and_where_nothing_may_be_written(served: Served) -> None:
    file = _ferry(served, "guarded")
    body = urlencode({"case": "guarded/case.yaml", "question": "x", "answer": "less"}).encode()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert served.ask("POST", "/draft/answer", body, {**kind, "origin": "http://evil.example"}).status == 403
    assert served.ask("POST", "/draft/answer", body, {**kind, "sec-fetch-site": "cross-site"}).status == 403
    assert served.ask("POST", "/draft/answer", body, kind, known=False).status == 401
    with serving(served.folder, read_only=True) as held:
        assert held.ask("POST", "/draft/answer", body, kind).status in {403, 422}
    assert file.read_text() == FERRY


def test_two_cases_stand_side_by_side(served: Served, browser: Any) -> None:
    write_template(served.folder / "other")
    file = served.folder / "other" / "case.yaml"
    given = file.read_text()
    dry = "odds: {dry: {value: 80% to 95%, judged_by: CD}, normal: rest}"
    changed = given.replace("odds: {dry: 30% to 60%, normal: rest}", dry)
    assert changed != given
    file.write_text(changed)
    address = f"/compare?first={quote('dam/case.yaml')}&second={quote('other/case.yaml')}"
    with page_of(browser, served, address, java_script_enabled=False) as page:
        numbers = page.inner_text("section[aria-labelledby=cn]").replace("\N{NO-BREAK SPACE}", " ")
        assert page.locator("section[aria-labelledby=cn] tbody tr").count() == 1
        assert "30 % to 60 %" in numbers.replace("30% to 60%", "30 % to 60 %")
        assert "by CD" in numbers
        claims = page.locator("section[aria-labelledby=cc] tbody tr").count()
        assert claims == sum(one["id"] is not None for one in served.post("/api/run", RUN).json["claims"])
        page.goto(f"http://127.0.0.1:{served.port}/compare?first=dam/case.yaml&second=dam/case.yaml")
        assert "All numbers are alike" in text_of(page)
        assert page.locator("section[aria-labelledby=cc] >> text=they part").count() == 0


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_no_page_has_a_fault_that_axe_finds_or_scrolls_sideways(
    kept: Served, served: Served, browser: Any, width: int, theme: str
) -> None:
    _ferry(served, "axe", FERRY)
    how = {"viewport": {"width": width, "height": 900}, "color_scheme": theme}
    for server, path in (
        (kept, "/ledger"),
        (kept, "/ledger/question?question=1"),
        (kept, "/ledger/scores"),
        (served, "/draft?case=axe/case.yaml"),
        (served, "/compare?first=dam/case.yaml&second=axe/case.yaml"),
    ):
        with page_of(browser, server, path, **how) as page:
            assert not faults_in(page), path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_an_answer_can_be_given_by_keyboard_alone(served: Served, browser: Any) -> None:
    file = _ferry(served, "keys")
    with page_of(browser, served, "/draft?case=keys/case.yaml") as page:
        page.focus("input[type=radio] >> nth=0")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=status]")
    assert file.read_text() != FERRY


def _ferry(served: Served, name: str, text: str = FERRY) -> Path:
    folder = served.folder / name
    folder.mkdir(exist_ok=True)
    file = folder / "case.yaml"
    file.write_text(text)
    return file
