"""The page of a case in a real browser: read, moved, undone, edited outside, lost and found again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.web.browsing import Reader
from tests.web.servers import Served, serving

import quandary
from quandary.report import screen_of, verdict_said
from quandary.use import move_from, write_template

Reading = Callable[..., Reader]

WIDTHS = (360, 768, 1280, 1920)


def answer_of_file(path: Any, **settings: Any) -> str:
    """Return the sentence that the command line prints for a case file."""

    session = quandary.open(path, worlds=320, **settings)
    found = session.answers()
    assert found is not None
    return screen_of(found.report).answer


def verdicts_of_file(path: Any) -> dict[str, tuple[str, ...]]:
    """Return each claim's verdicts as the command line finds them."""

    found = quandary.open(path, worlds=320).answers()
    assert found is not None
    return {
        one.claim.id: tuple(verdict_said(test).split(",")[0] for test in one.tests) for one in found.findings.claims
    }


def moves_of(served: Served, case: str) -> list[dict[str, Any]]:
    """Return the moves that were made in a case that is open."""
    found: list[dict[str, Any]] = served.get(f"/case/moves?case={case}").json["moves"]
    return found


def edited_file(served: Served, case: str, *moves: dict[str, Any]) -> Any:
    """Return the case's file as it is with these moves, beside it."""
    session = quandary.open(served.folder / case, worlds=320)
    for move in moves:
        session.move(move_from(move))
    place = (served.folder / case).with_name("edited.yaml")
    place.write_bytes(session.text.main.data)
    return place


def test_read_without_a_script(served: Served, dam: str, reading: Reading) -> None:
    reader = reading(served, dam, java_script_enabled=False)
    text = reader.page.inner_text("body").replace("\N{NO-BREAK SPACE}", " ")
    answer = answer_of_file(served.folder / dam)
    assert reader.headline() in answer or answer in reader.headline()
    for said in ("A dry spring makes a clash more likely.", "What happens", "What was seen", "20 April 2030"):
        assert said in text
    assert reader.page.locator("#article mark").count() == 2
    reader.page.click("#row-drought-danger")
    reader.page.wait_for_selector(".card")
    assert "Read as" in reader.page.inner_text(".card")
    reader.page.fill(".flt input[type=search]", "water")
    reader.page.click(".flt button")
    assert reader.page.locator(".list > li:visible").count() <= 1
    reader.page.goto(f"{reader.address}&show=diagram&node=dam")
    assert reader.page.locator("#diagram svg").count() == 1
    assert "Rain in spring" in reader.page.inner_text("#node")


def test_moved_without_a_script(served: Served, dam: str, reading: Reading) -> None:
    reader = reading(served, dam, java_script_enabled=False)
    first = reader.page.locator(".what-if .sl").first
    first.locator("input[name=value]").fill("not a number")
    first.locator("button", has_text="Set").click()
    assert "This was not done" in reader.page.inner_text("h1")
    reader.page.click("main a")
    given = first.locator("p .s").inner_text().replace("\N{NO-BREAK SPACE}", " ").split("given: ")[1].split()[0]
    first.locator("input[name=value]").fill(given + ("%" if "%" in first.inner_text() else ""))
    first.locator("button", has_text="Set").click()
    reader.page.wait_for_selector("text=You moved 1 time")
    reader.page.click("#diff")
    assert "+" in reader.page.inner_text("#diff-text")


RANGES = """() => {
  window.ranges = [];
  new MutationObserver(() => window.ranges.push(document.querySelector("#answer .lead").innerText)).observe(
    document.querySelector("main"), {subtree: true, childList: true, characterData: true, attributes: true});
}"""
"""Notes each range that the answer tells from now on."""


def test_a_slider_moves_the_sentence_to_what_the_edited_file_says(served: Served, dam: str, reading: Reading) -> None:
    reader = reading(served, dam)
    before = reader.headline()
    reader.page.evaluate(RANGES)
    ranges = [reader.page.locator("#answer .lead").inner_text()]
    slider = _slider(reader, "story.outcome.base.clash")
    box = slider.bounding_box()
    reader.page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    reader.page.mouse.down()
    for step in (0.5, 0.7, 0.9):
        reader.page.mouse.move(box["x"] + box["width"] * step, box["y"] + box["height"] / 2)
    reader.page.mouse.up()
    reader.other_than(before)
    reader.settled()
    ranges.append(reader.page.locator("#answer .lead").inner_text().split("%.")[-2])
    for said in reader.page.evaluate("window.ranges"):  # an error is no range of worlds
        assert "follows" in said or any(told.strip() in said for told in ranges)
    moves = moves_of(served, dam)
    assert len(moves) == 1  # one gesture, one move
    edited = edited_file(served, dam, *moves)
    assert reader.headline() == answer_of_file(edited)
    shown = {row.get_attribute("data-claim"): row.inner_text() for row in reader.page.locator("a.rw").all()}
    for claim, verdicts in verdicts_of_file(edited).items():
        for verdict in verdicts:
            assert verdict in shown[claim]
    assert not reader.said


def _slider(reader: Reader, number: str) -> Any:
    found = reader.page.locator(f'input[data-number="{number}"]')
    if not found.count():
        reader.page.click("#all-numbers")
        found.first.wait_for()
    found.first.scroll_into_view_if_needed()
    return found.first


def test_a_word_of_likelihood_the_day_undo_and_save(served: Served, dam: str, reading: Reading) -> None:
    reader = reading(served, dam)
    first = reader.headline()
    _slider(reader, "story.outcome.base.clash")
    row = reader.page.locator('.sl:has(input[data-number="story.outcome.base.clash"])')
    row.locator("input[type=text]").fill("unlikely")
    row.locator("input[type=text]").press("Enter")
    reader.other_than(first)
    reader.settled()
    moved = reader.headline()
    assert moved == answer_of_file(edited_file(served, dam, *moves_of(served, dam)))
    assert "unlikely" in row.locator("output").inner_text()

    reader.page.select_option("#day", "2030-04-19")
    reader.page.click(".days button")
    reader.page.wait_for_selector("#evidence .off")
    reader.settled()
    session = quandary.open(served.folder / dam, worlds=320)
    for move in moves_of(served, dam):
        session.move(move_from(move))
    found = session.answers()
    assert found is not None
    assert reader.headline() == screen_of(found.report).answer

    reader.page.click("#undo")
    reader.page.wait_for_selector("#evidence .off", state="detached")
    reader.settled()
    assert reader.headline() == moved
    reader.page.click("#diff")
    reader.page.wait_for_selector("#diff-text .add")
    assert "unlikely" in reader.page.inner_text("#diff-text")
    reader.page.click("#save")
    reader.page.wait_for_selector("#save[disabled]")
    assert "quarrel: 10% to 30%, quiet: rest" in (served.folder / dam).read_text()
    assert "clash: unlikely" in (served.folder / dam).read_text()
    reader.page.keyboard.press("Control+z")
    reader.settled()
    reader.page.wait_for_function(
        "was => document.getElementById('h1').innerText.replace(/\\u00a0/g, ' ') === was", arg=first
    )
    assert not reader.said


def test_a_move_without_answers_says_so_and_can_be_undone(served: Served, dam: str, reading: Reading) -> None:
    reader = reading(served, dam)
    first = reader.headline()
    _set(reader, "story.outcome.base.clash", "90% to 95%")
    reader.page.wait_for_selector("#banner .fault")
    assert "Q" in reader.page.inner_text("#banner code")
    reader.page.click("#undo")
    reader.page.wait_for_selector("#banner .fault", state="detached")
    reader.settled()
    assert reader.headline() == first
    _set(reader, "story.outcome.base.clash", "nonsense")
    reader.page.wait_for_selector("#said:not(:empty)")
    assert reader.headline() == first


def test_two_readers_of_one_case_see_the_same(served: Served, dam: str, reading: Reading) -> None:
    one, other = reading(served, dam), reading(served, dam)
    first = one.headline()
    _set(one, "story.outcome.base.clash", "30%")
    other.other_than(first)
    for reader in (one, other):
        reader.page.wait_for_selector("text=You moved 1 time")
        reader.page.wait_for_function(
            "() => Number(document.getElementById('status').dataset.version) >= 2"
            " && document.getElementById('status').dataset.phase === 'settled'"
        )
    assert one.headline() == other.headline() != first


def test_a_file_edited_outside_is_taken_up_and_conflicts_are_shown(served: Served, dam: str, reading: Reading) -> None:
    reader = reading(served, dam)
    first = reader.headline()
    file = served.folder / dam
    _set(reader, "story.outcome.base.clash", "30%")
    reader.other_than(first)
    file.write_text(file.read_text().replace("angry: 20% to 50%", "angry: 90% to 99%"))
    reader.page.wait_for_function("() => Number(document.getElementById('status').dataset.version) >= 4")
    reader.settled()
    assert reader.headline() == answer_of_file(edited_file(served, dam, *moves_of(served, dam)))
    good = file.read_text()
    file.write_text(good.replace("states: [normal, dry]", "states: [normal"))
    reader.page.wait_for_selector("#banner .fault")
    assert "changed" in reader.page.inner_text("#banner")
    assert reader.page.locator("text=You moved 1 time").count() == 1
    file.write_text(good)
    reader.page.wait_for_selector("#banner .fault", state="detached")


def test_the_connection_is_lost_and_comes_back(tmp_path: Path, reading: Reading) -> None:
    write_template(tmp_path / "dam")
    with serving(tmp_path) as served:
        reader = reading(served, "dam/case.yaml")
        reader.page.wait_for_selector("body[data-live=yes]")
    reader.page.wait_for_selector("#lost:not([hidden])")
    shown = reader.headline()
    _set(reader, "story.outcome.base.clash", "30%")
    reader.page.wait_for_selector("#said:has-text('does not answer')")
    assert reader.headline() == shown
    with serving(tmp_path, port=served.port) as again:
        reader.page.wait_for_selector("#lost", state="hidden")
        _set(reader, "story.outcome.base.clash", "30%")
        reader.other_than(shown)
        assert again.get("/case/moves?case=dam/case.yaml").json["count"] == 1


def test_by_keyboard_alone(served: Served, dam: str, reading: Reading) -> None:
    reader = reading(served, dam)
    first = reader.headline()
    press = reader.page.keyboard.press
    press("Tab")
    assert reader.page.evaluate("document.activeElement.className") == "skip"
    _tab_to(reader, "document.activeElement.matches('input[type=range][data-number]')")
    for _ in range(40):
        press("End")
        reader.settled()
        if reader.headline() != first:
            break
        press("Control+z")
        _tab_to(reader, "document.activeElement.matches('input[type=range][data-number]')")
    assert reader.headline() != first
    _tab_to(reader, "document.activeElement.matches('a.rw')")
    press("Enter")
    reader.page.wait_for_selector(".card .lad, .card .kv")
    assert reader.page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    press("Enter")
    reader.page.wait_for_selector(".card", state="detached")
    reader.page.locator("#diagram").scroll_into_view_if_needed()
    reader.page.wait_for_selector("#diagram svg")
    _tab_to(reader, "document.activeElement.matches('#diagram [data-node]')")
    press("Enter")
    reader.page.wait_for_selector("#node h3")


def test_filters_and_open_cards_have_an_address(served: Served, dam: str, reading: Reading) -> None:
    reader = reading(served, dam)
    reader.page.fill(".flt input[type=search]", "fills the dam")
    reader.page.wait_for_function("() => document.querySelectorAll('.list > li:not([hidden])').length === 1")
    reader.page.click("a.rw:visible")
    reader.page.wait_for_selector(".card")
    address = reader.page.url
    other = reading(served, dam)
    other.page.goto(address)
    assert other.page.locator(".list > li:visible").count() == 1
    assert other.page.locator(".card").count() == 1
    other.page.locator("#article a.ch").first.click()
    other.page.wait_for_selector("[data-card=drought-danger] .card")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_fault_of_access_in_any_state(served: Served, dam: str, reading: Reading, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python").Axe()
    reader = reading(served, dam, "&claim=drought-danger&show=diagram&node=dam", color_scheme=scheme)
    widths = WIDTHS if scheme == "light" else (360, 1280)
    _axe(axe, reader, "read", widths)
    _set(reader, "story.outcome.base.clash", "30%")
    reader.page.wait_for_selector("text=You moved 1 time")
    reader.settled()
    reader.page.click("#diff")
    reader.page.wait_for_selector("#diff-text")
    _axe(axe, reader, "moved", widths[:2])
    file = served.folder / dam
    file.write_text(file.read_text().replace("states: [normal, dry]", "states: [normal"))
    reader.page.wait_for_selector("#banner .fault")
    _axe(axe, reader, "with a fault", widths[:1])
    reader.page.goto(f"http://127.0.0.1:{served.port}/?all=1")
    _axe(axe, reader, "list", widths[:1])


def _axe(axe: Any, reader: Reader, state: str, widths: tuple[int, ...]) -> None:
    for width in widths:
        reader.page.set_viewport_size({"width": width, "height": 900})
        found = axe.run(reader.page)
        assert not found.response["violations"], f"{state}, {width}: {found.generate_report()}"
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= width, f"{state}, {width}: too wide"


def test_script_in_every_field_of_a_case_does_nothing(served: Served, dam: str, reading: Reading) -> None:
    evil = "<script>window.hit=1</script><img src=x onerror=window.hit=1><b style=position:fixed>"
    file = served.folder / dam
    text = file.read_text().replace("title: The dam at Ostrel", f"title: '{evil}'")
    text = text.replace("split press", f"'{evil}'").replace("a clash}", f"'{evil}'}}")
    text = text.replace("name: Arlan,", f"name: '{evil}',").replace("quiet: quiet, ", f"quiet: '{evil} or so', ")
    text = text.replace("speaker: The analyst", f"speaker: '{evil}'").replace(
        '"Will it come to a clash?"', f"'{evil}?'"
    )
    text = text.replace("title: Rain in spring", f"title: '{evil}'")
    text = text.replace('"A dry spring makes a clash more likely."', f"'{evil}'")
    file.write_text(text)
    (file.parent / "analysis.md").write_text(f"# {evil}\n\n{evil}\n\nWhoever fills the dam chooses the quarrel.\n")
    reader = reading(served, dam, "&claim=drought-danger&show=diagram&node=drought")
    reader.page.click("#all-numbers")
    reader.page.wait_for_selector("#numbers li")
    reader.page.goto(reader.address.replace("/case?", "/case/summary?"))
    reader.page.goto(f"http://127.0.0.1:{served.port}/?all=1")
    assert reader.page.evaluate("window.hit") is None
    reader.page.goto(reader.address)
    assert reader.page.evaluate("window.hit") is None
    assert reader.page.locator("main script, main img, main b[style]").count() == 0
    assert not reader.said


def test_nothing_shifts_while_answers_refine(served: Served, dam: str, reading: Reading) -> None:
    reader = reading(served, dam)
    reader.page.evaluate(
        "() => { window.shifts = 0; new PerformanceObserver(list => { for (const one of list.getEntries())"
        " window.shifts += one.value }).observe({type: 'layout-shift', buffered: false}) }"
    )
    slider = _slider(reader, "story.outcome.base.clash")
    slider.focus()
    for _ in range(4):
        reader.page.keyboard.press("PageUp")
        reader.settled()
    assert reader.page.evaluate("window.shifts") < 0.05


def test_a_page_of_another_is_not_served(served: Served) -> None:
    for named in ("../secret/case.yaml", "/etc/passwd", "~/case.yaml", "dam/../../x.yaml"):
        assert served.get(f"/case?case={named}").status in {404, 422}
    assert served.get("/case?case=no-such-case").status == 422
    assert served.ask("GET", "/case?case=dam/case.yaml", known=False).status == 401
    assert served.get("/page/../settings.py").status == 404
    assert served.get("/case/part?case=dam/case.yaml&kind=passwd").status == 404


def _tab_to(reader: Reader, reached: str) -> None:
    for _ in range(150):
        reader.page.keyboard.press("Tab")
        if reader.page.evaluate(reached):
            return
    raise AssertionError(f"never reached by keyboard: {reached}")


def _set(reader: Reader, number: str, value: str) -> None:
    _slider(reader, number)
    row = reader.page.locator(f'.sl:has(input[data-number="{number}"])')
    row.locator("input[type=text]").fill(value)
    row.locator("button", has_text="Set").click()
