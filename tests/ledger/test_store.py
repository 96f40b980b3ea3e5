"""Entries in a chain: what is altered, removed, put in or moved is found and named, in SQLite and PostgreSQL alike."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from tests.ledger.ledgers import ASKED, MEI, add, alter, do, opened, said

from quandary.base import Refusal
from quandary.ledger import LedgerForecast, LedgerQuestion, LedgerResolution, OutcomeKind, body, key_of

FOUR = ("12%", "15%", "20%", "35%")


OTHER = "(CASE substr({0}, 1, 1) WHEN 'f' THEN 'e' ELSE 'f' END || substr({0}, 2))"
"""Another digest than one that stands there."""


def filled(place: str) -> list[str]:
    """Return the heads after each of four forecasts, on four days, by which there are five entries."""
    return [add(place, forecast=one, said=f"2026-01-0{day}").appended.head for day, one in enumerate(FOUR, 1)]


def broken(place: str) -> tuple[int | None, str]:
    found = do("verify", ledger=place).found
    return found.broken, found.reason


def test_a_chain_that_nobody_touched_is_consistent_and_a_head_kept_elsewhere_proves_it(place: str) -> None:
    heads = filled(place)
    found = do("verify", ledger=place)
    assert (found.found.entries, found.found.head, found.found.held) == (5, heads[-1], None)
    assert "Consistent: 5 entries" in said(found)
    assert "only a head that you kept elsewhere can show" in said(found)
    for head in (heads[-1], heads[0], f" {heads[1].upper()}\n"):
        proved = do("verify", ledger=place, head=head)
        assert proved.found.held is True
        assert not proved.problems
        assert "nothing up to that head was altered or removed" in said(proved)


def test_digests_are_those_of_the_documented_form(place: str) -> None:
    """SHA-256 over canonical JSON, recomputed here with nothing but the standard library."""
    filled(place)
    previous = "0" * 64
    with opened(place) as store:
        for number, entry in enumerate(store.entries(), 1):
            whole = {"body": entry.body, "entered": entry.entered, "kind": entry.kind, "number": number,
                     "previous": previous}  # fmt: skip
            text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            previous = sha256(text.encode()).hexdigest()
            assert entry.digest == previous
            assert entry.content == sha256(f"{entry.kind}\n{entry.body}".encode()).hexdigest()


@pytest.mark.parametrize(
    ("statements", "entry", "reason"),
    [
        (["UPDATE entries SET body = replace(body, '0.15', '0.85') WHERE number = 3"], 3, "altered"),
        (["UPDATE entries SET entered = '2001-01-01T00:00:00.000+00:00' WHERE number = 2"], 2, "altered"),
        (["UPDATE entries SET kind = 'resolution' WHERE number = 4"], 4, "altered"),
        (["DELETE FROM entries WHERE number = 3"], 4, "entry 3 is missing"),
        (["DELETE FROM entries WHERE number = 1"], 2, "entry 1 is missing"),
        (["DELETE FROM entries WHERE number = 3", "UPDATE entries SET number = number - 1 WHERE number > 3"],
         3, "one between was removed"),
        (["UPDATE entries SET number = 99 WHERE number = 2", "UPDATE entries SET number = 2 WHERE number = 3",
          "UPDATE entries SET number = 3 WHERE number = 99"], 2, "does not follow"),
        (["INSERT INTO entries (number, entered, kind, body, previous, digest, content) SELECT 6, entered, kind, body, "
          f"digest, repeat_64, 'x' FROM (SELECT *, {OTHER.format('digest')} AS repeat_64 FROM entries) AS e "
          "WHERE number = 5"], 6, "altered"),
        ([f"UPDATE entries SET digest = {OTHER.format('digest')} WHERE number = 5"], 5, "altered"),
        ([f"UPDATE entries SET previous = {OTHER.format('previous')} WHERE number = 4"], 4, "does not follow"),
        ([f"UPDATE entries SET content = {OTHER.format('content')} WHERE number = 3"], 3, "columns were altered"),
        (["UPDATE entries SET question = 'abcdefabcdefabcd' WHERE number = 2"], 2, "columns were altered"),
        (["UPDATE entries SET question = NULL WHERE number = 2"], 2, "columns were altered"),
    ],
)  # fmt: skip
def test_the_first_entry_that_is_broken_is_named(place: str, statements: list[str], entry: int, reason: str) -> None:
    filled(place)
    alter(place, *statements)
    found = broken(place)
    assert found[0] == entry, found
    assert reason in found[1]
    (problem,) = do("verify", ledger=place).problems
    assert f"entry {entry}" in problem.message


def test_two_entries_altered_the_first_is_named(place: str) -> None:
    filled(place)
    alter(place, "UPDATE entries SET body = replace(body, '0.', '0.9') WHERE number IN (3, 5)")
    assert broken(place)[0] == 3


def test_a_chain_that_was_wrought_anew_is_consistent_but_has_not_the_head_that_was_kept(
    place: str, tmp_path: Path
) -> None:
    """Somebody who recomputes every digest leaves a chain that holds; only the head kept elsewhere shows it."""
    heads = filled(place)
    other = str(tmp_path / "other.sqlite")
    with opened(place) as old, opened(other) as new:
        records = [entry.record for entry in old.entries()]
        new.append([record for record in records if getattr(record, "probability", None) != 0.2])
    assert do("verify", ledger=other).found.whole
    found = do("verify", ledger=other, head=heads[-1])
    assert found.found.held is False
    assert "does not have the head that was kept" in found.problems[0].message


def test_entries_removed_at_the_end_are_told_by_the_head_alone(place: str) -> None:
    heads = filled(place)
    alter(place, "DELETE FROM entries WHERE number = 5")
    assert broken(place) == (None, "")
    assert do("verify", ledger=place, head=heads[-2]).found.held is True
    assert do("verify", ledger=place, head=heads[-1]).found.held is False


@pytest.mark.parametrize("head", ["12", "not a head", "f" * 63, "g" * 64])
def test_what_is_no_head_is_not_taken_for_a_broken_ledger(file: str, head: str) -> None:
    filled(file)
    with pytest.raises(Refusal, match="is no head"):
        do("verify", ledger=file, head=head)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000 + "]" * 100_000, "nothing", "{}", '{"text": 3}', '{"text":"x","until":"soon"}', '{"text":"\\ud800"}',
     '{"text":"x","strange":1}', "null", '{"text":"x","low":1' + "0" * 400 + "}"],
)  # fmt: skip
def test_bodies_that_are_no_records_are_named_and_not_fallen_over(place: str, text: str) -> None:
    """Also where all digests are right, as by somebody who knows how they are made."""
    filled(place)
    alter(place, f"UPDATE entries SET body = '{text}' WHERE number = 1")
    assert broken(place)[0] == 1
    tasks: dict[str, dict[str, Any]] = {
        "list": {},
        "show": {"question": "#1"},
        "today": {},
        "score": {},
        "export": {"output": "never.csv"},
        "add": {"text": "Will it?", "forecast": "1%", "who": MEI},
        "resolve": {"question": "#1", "outcome": "no"},
    }
    for task, given in tasks.items():
        with pytest.raises(Refusal) as refused:
            do(task, ledger=place, **given)
        assert refused.value.problem.code in ("Q907", "Q915", "Q908"), task
    assert not Path("never.csv").exists()


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("question", {"text": "x", "until": "31 March"}),
        ("question", {"text": "x", "opened": "2027-13-01"}),
        ("question", {"text": "x", "closes": "2027-02-30T10:00:00"}),
        ("question", {"text": "x", "low": "3"}),
        ("question", {"text": "x", "kind": "guess"}),
        ("forecast", {"question": "k", "by": "m", "said": "yesterday", "probability": 0.2}),
        ("forecast", {"question": "k", "by": "m", "said": "2027-01-01", "probability": 1.2}),
        ("forecast", {"question": "k", "by": "m", "said": "2027-01-01", "probability": -0.1}),
        ("forecast", {"question": "k", "by": "m", "said": "2027-01-01", "probability": True}),
        ("forecast", {"question": "k", "by": "m", "said": "2027-01-01", "probabilities": [0.5, 1.5]}),
        ("forecast", {"question": "k", "by": "m", "said": "2027-01-01", "share": 7}),
        ("forecast", {"by": "m", "said": "2027-01-01"}),
        ("resolution", {"question": "k", "outcome": "perhaps", "day": "2027-01-01"}),
        ("resolution", {"question": "k", "outcome": "yes", "day": ""}),
        ("guess", {}),
    ],
)
def test_what_is_no_record_is_refused_though_its_digests_are_right(
    file: str, kind: str, told: dict[str, object]
) -> None:
    filled(file)
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    with opened(file) as store:
        *_, last = store.entries()
    entered = last.entered
    whole = {"body": text, "entered": entered, "kind": kind, "number": 6, "previous": last.digest}
    digest = sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    content = sha256(f"{kind}\n{text}".encode()).hexdigest()
    question = content[:16] if kind == "question" else "k"
    with sqlite3.connect(file) as connection:
        connection.execute(
            "INSERT INTO entries VALUES (6, ?, ?, ?, ?, ?, ?, ?)",
            (entered, kind, text, last.digest, digest, content, question),
        )
    connection.close()
    found = broken(file)
    assert found[0] == 6
    assert "no record" in found[1]


def test_a_clock_that_goes_back_is_told_and_times_never_fall(place: str) -> None:
    noon = datetime(2027, 1, 1, 12, tzinfo=UTC)
    with opened(place, now=lambda: noon) as store:
        assert not store.append([LedgerQuestion("One?")]).late
        assert not store.append([LedgerQuestion("Two?")]).late  # in the same moment
    with opened(place, now=lambda: noon - timedelta(days=400)) as store:
        assert store.append([LedgerQuestion("Three?")]).late
        assert not store.append([LedgerQuestion("Three?")]).late  # nothing was added
        times = [entry.entered for entry in store.entries()]
    assert times == sorted(times)
    with opened(place, now=lambda: noon + timedelta(seconds=1)) as store:
        assert not store.append([LedgerQuestion("Four?")]).late
    assert broken(place) == (None, "")


def test_what_is_there_already_is_not_added_twice(place: str) -> None:
    question = LedgerQuestion("Will it rain?", until="2027-01-01")
    rows: list[LedgerQuestion | LedgerForecast] = [
        question,
        LedgerForecast(key_of(question), "mei", "2026-01-01", probability=0.2),
        question,
    ]
    with opened(place) as store:
        first, second = store.append(rows), store.append([*rows, *rows])
    assert (first.added, first.known) == (2, 1)
    assert (second.added, second.known, second.head) == (0, 6, first.head)


def test_all_or_none_where_the_records_fail_half_way(place: str) -> None:
    def rows() -> Iterator[LedgerQuestion]:
        for number in range(2_500):
            yield LedgerQuestion(f"Will {number} come?")
        message = "no more"
        raise OSError(message)

    with opened(place) as store:
        store.append([LedgerQuestion("Before?")])
        with pytest.raises(OSError, match="no more"):
            store.append_by(lambda key: (key("A Name"), rows())[1])
        assert store.head()[0] == 1
        assert store.people() == {}, "a name was kept of which nothing was said"
    assert broken(place) == (None, "")


def test_keys_tell_nothing_of_names_and_stay_the_same_for_one_name(place: str) -> None:
    add(place, forecast="10%")
    add(place, "Another?", "20%")
    add(place, "Another?", "30%", who="Ana Sol")
    with opened(place) as store:
        people = store.people()
        text = "\n".join(entry.body for entry in store.entries())
    assert sorted(people.values()) == ["Ana Sol", MEI]
    assert "Mei" not in text and "Ana" not in text
    for key, name in people.items():
        assert key not in (sha256(name.encode()).hexdigest()[:16], name)


def test_two_ledgers_give_one_name_two_keys(tmp_path: Path) -> None:
    """A key that followed from the name could be guessed back."""
    keys: list[str] = []
    for name in ("one", "two"):
        place = str(tmp_path / f"{name}.sqlite")
        add(place)
        with opened(place) as store:
            keys += store.people()
    assert len(set(keys)) == 2


def test_forgetting_keeps_the_chain_and_leaves_nothing_of_the_name(place: str) -> None:
    filled(place)
    add(place, forecast="40%", who="Ana Sol")
    with pytest.raises(Refusal, match="nobody is called"):
        do("forget", ledger=place, person="mei")
    found = do("forget", ledger=place, person=MEI)
    verified = do("verify", ledger=place, head=found.head).found
    assert verified.whole and verified.held
    with opened(place) as store:
        assert list(store.people().values()) == ["Ana Sol"]
        assert sum(entry.kind == "forecast" for entry in store.entries()) == 5
    assert MEI not in said(do("show", ledger=place, question="#1"))
    with pytest.raises(Refusal, match="nobody is called"):
        do("forget", ledger=place, person=MEI)
    if "://" not in place:
        for path in Path(place).parent.glob("ledger.sqlite*"):
            assert MEI.encode() not in path.read_bytes(), f"{path.name} still holds the name"


def test_forgetting_while_others_have_it_open_leaves_nothing_of_the_name_in_the_end(file: str) -> None:
    add(file)
    with opened(file) as other:
        assert other.head()[0] == 2
        do("forget", ledger=file, person=MEI)
    for path in Path(file).parent.glob("ledger.sqlite*"):
        assert MEI.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.1, "0.1"), (1e21, "1e+21"), (1e-7, "1e-7"), (5e-324, "5e-324"), (-0.0, "0"), (4.50, "4.5"), (2e-3, "0.002"),
        (1.7976931348623157e308, "1.7976931348623157e+308"), (333333333.33333329, "333333333.3333333"),
        (1e20, "100000000000000000000"), (9007199254740993.0, "9007199254740992"), (0.000001, "0.000001"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_rfc_8785_says(file: str, value: float, written: str) -> None:
    """Values and texts of numbers as ECMAScript's Number::toString, which the RFC takes, gives them."""
    with opened(file) as store:
        store.append([LedgerResolution("k", "value", "2027-01-01", value=value)])  # type: ignore[arg-type]
        (entry,) = store.entries()
        assert f'"value":{written}' in entry.body
        assert body(entry.record)["value"] == value
        assert store.verification().whole


def test_text_of_all_scripts_is_kept_as_it_is(place: str) -> None:
    """Signs outside the basic plane, what JSON must escape, and names of keys by UTF-16 units, as the RFC orders."""
    text = 'Ж é \U0001f600 "q" \\ / \b\f\n\r\t \x01\x7f\u2028 \u00e9 e\u0301'
    with opened(place) as store:
        store.append([LedgerQuestion(text, notes="ñ", rule="r")])
        (entry,) = store.entries()
        assert entry.record == LedgerQuestion(text, notes="ñ", rule="r")
        assert "\\u0001" in entry.body and "\\b\\f\\n\\r\\t" in entry.body
        assert all(sign in entry.body for sign in "Жé\U0001f600\x7f\u2028/")
        assert store.verification().whole


def test_text_that_is_no_text_is_refused_and_nothing_is_added(place: str) -> None:
    """Bytes of a command line that are no UTF-8 come as lone surrogates."""
    odd: tuple[dict[str, Any], ...] = ({"text": "Will \udcff come?"}, {"rule": "\ud800"}, {"who": "Mei \udcff"})
    for given in odd:
        with pytest.raises(Refusal):
            add(place, **given)
    with opened(place) as store:
        assert store.head()[0] == 0
        assert store.people() == {}


def test_the_question_is_found_by_number_key_and_text(place: str) -> None:
    add(place, "Will Belmar close the dam?")
    add(place, "Will Belmar close the dam? (again)", "20%")
    add(place, "Will 2031 be dry?", "20%")
    key = do("show", ledger=place, question="#1").history.key
    for told in ("#1", "1", key, key[:6], "will belmar close the dam?"):
        assert do("show", ledger=place, question=told).history.number == 1, told
    assert do("show", ledger=place, question="again").history.number == 3
    assert do("show", ledger=place, question="2031").history.number == 5
    for told, reason in (("Belmar", "part of 2 questions"), ("#2", "no question"), ("#999", "no question"),
                         ("", "no question"), ("#", "no question"), ("#²", "no question")):  # fmt: skip
        with pytest.raises(Refusal, match=reason):
            do("show", ledger=place, question=told)


def test_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``--ledger``, else the variable, else the user's data folder; a name that was mistyped makes none."""
    assert add("", forecast="10%").place == str(tmp_path / "data" / "quandary" / "ledger.sqlite")
    monkeypatch.setenv("QUANDARY_LEDGER", str(tmp_path / "team.sqlite"))
    assert add("", forecast="20%").place == str(tmp_path / "team.sqlite")
    assert add(str(tmp_path / "a" / "own.sqlite")).place == str(tmp_path / "a" / "own.sqlite")
    for task, given in (("list", {}), ("verify", {}), ("today", {}), ("show", {"question": "#1"}),
                        ("forget", {"person": MEI}), ("backup", {"output": tmp_path / "copy"})):  # fmt: skip
        with pytest.raises(Refusal, match="there is no ledger at"):
            do(task, ledger=str(tmp_path / "typo.sqlite"), **given)
    assert not (tmp_path / "typo.sqlite").exists()
    for told in ("mysql://host/base", "http://x", "sqlite://x", "postgresql+asyncpg://h/d", "://"):
        with pytest.raises(Refusal, match=r"no ledger is kept|cannot be read"):
            do("list", ledger=told)


def test_what_cannot_be_read_leaves_no_ledger_behind(file: str) -> None:
    for given in ({"forecast": "perhaps so"}, {"forecast": "1"}, {"who": ""}, {"judge": "oracle"}, {"kind": "guess"},
                  {"text": "#3"}, {"given": "#3"}, {"amends": "#1"}, {"said": "2999-01-01"}, {"option": ["A"]},
                  {"text": "  "}):  # fmt: skip
        with pytest.raises(Refusal):
            add(file, **given)
        assert not Path(file).exists(), given
    assert ASKED not in said(add(file, "Another?"))


@settings(max_examples=10)
@drawn(
    texts=st.lists(st.text(), min_size=1, max_size=9),
    values=st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=30),
    seed=st.none() | st.integers(-(2**53) + 1, 2**53 - 1),
)
def test_all_that_is_kept_is_in_the_canonical_form_of_another_program(
    texts: list[str], values: list[float], seed: int | None
) -> None:
    records: list[LedgerQuestion | LedgerForecast | LedgerResolution] = [
        LedgerQuestion(texts[0], tags=tuple(texts), low=values[0] if values else None),
        LedgerForecast("k", "m", "2026-01-01", points=tuple(values), seed=seed, quote=texts[-1]),
        *(LedgerResolution("k", OutcomeKind.VALUE, "2026-01-01", value=value) for value in values),
    ]
    with opened(":memory:") as store:
        store.append(records)
        found = list(store.entries())
        assert store.verification().whole
    assert [entry.record for entry in found] == list(dict.fromkeys(records)) or len(found) < len(records)
    for entry in found:
        assert entry.body.encode() == rfc8785.dumps(body(entry.record))
