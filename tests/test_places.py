"""Places to write to: what is there stays unless it is ours or `--force` says so; no links; all files or none."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from quandary.base import Refusal, files, write_files, write_folder
from quandary.case import TEMPLATE, shipped_folder
from quandary.cli import build_app
from quandary.report import is_ours

APP = build_app()
FEW = ("--worlds", "16", "--quiet")
CASE = str(shipped_folder() / TEMPLATE)
ARTICLE = """Talks on the strait fail

5 March 2021

“If Arlan closes the dam, we will respond,” said Ivo Marsh, the minister of Belmar. The drought may lead to a war.
"""
GAME = 'NFG 1 R "T" { "A" "B" } { { "x" "y" } { "l" "r" } } ""\n1 2 3 4 5 6 7 8\n'
LINKS = pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links on this system")


def call(*arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(APP, list(arguments))
    assert done.exit_code == code, done.output
    if code == 2:
        assert "Q805" in done.output, done.output
    return done


def listed(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, hidden ones too."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "strait.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_draft_never_replaces_an_article(article: Path) -> None:
    folder = article.parent / "draft"
    call("read", "strait.txt", "-o", "draft")
    before = listed(folder)
    assert set(before) == {"article.txt", "case.yaml"}
    call("read", "strait.txt", "-o", "draft", code=2)
    (folder / "case.yaml").unlink()
    call("read", "strait.txt", "-o", "draft")  # the same article is used
    assert listed(folder) == before
    (folder / "case.yaml").unlink()
    (folder / "article.txt").write_text("Mine.", encoding="utf-8")
    call("read", "strait.txt", "-o", "draft", code=2)
    assert listed(folder) == {"article.txt": b"Mine."}
    call("read", "strait.txt", "-o", "draft", "--force")
    assert listed(folder) == before


@LINKS
@pytest.mark.parametrize("name", ["article.txt", "case.yaml"])
@pytest.mark.parametrize("dangling", [False, True])
def test_a_draft_is_not_written_through_a_link(name: str, dangling: bool, article: Path) -> None:
    folder, target = article.parent / "draft", article.parent / "elsewhere"
    folder.mkdir()
    if not dangling:
        target.write_text("Mine.", encoding="utf-8")
    (folder / name).symlink_to(target)
    call("read", "strait.txt", "-o", "draft", code=2)
    assert [path.name for path in folder.iterdir()] == [name] and (folder / name).is_symlink()
    call("read", "strait.txt", "-o", "draft", "--force")
    assert not (folder / name).is_symlink()
    assert target.read_text(encoding="utf-8") == "Mine." if not dangling else not target.exists()


@pytest.mark.parametrize("given", [ARTICLE, ARTICLE.replace("\n", "\r\n"), ARTICLE + "\n\n"])
@pytest.mark.parametrize("force", [[], ["--force"]])
def test_the_file_that_is_read_stays(given: str, force: list[str], article: Path) -> None:
    path = article.with_name("article.txt")
    path.write_bytes(given.encode())
    done = CliRunner().invoke(APP, ["read", "article.txt", "-o", ".", *force])
    assert path.read_bytes() == given.encode()
    assert done.exit_code == 0 or "Q805" in done.output
    assert article.with_name("case.yaml").exists() == (done.exit_code == 0)


def at_once(count: int, work: Callable[[int], object]) -> list[BaseException | None]:
    """Return what became of work done by so many threads at the same moment."""
    gate = threading.Barrier(count)
    ended: list[BaseException | None] = [None] * count

    def one(number: int) -> None:
        gate.wait(300)
        try:
            work(number)
        except BaseException as fault:
            ended[number] = fault

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
        assert not thread.is_alive(), "a thread did not end in 300 s"
    return ended


def refused(ended: Sequence[BaseException | None]) -> int:
    assert all(one is None or (isinstance(one, Refusal) and one.problem.code == "Q805") for one in ended), ended
    return sum(one is not None for one in ended)


@pytest.mark.slow
@pytest.mark.parametrize("is_there", [False, True])
def test_of_many_at_once_one_wins(is_there: bool, tmp_path: Path) -> None:
    for attempt in range(20):
        folder = tmp_path / f"draft{attempt}"
        if is_there:
            folder.mkdir()
        ended = at_once(
            4,
            lambda number, folder=folder: write_folder(  # type: ignore[misc]
                folder, {"article.txt": f"{number}", "case.yaml": f"{number}" * 1000}, kept=["article.txt"]
            ),
        )
        assert refused(ended) == 3
        winner = str(ended.index(None)).encode()
        assert listed(folder) == {"article.txt": winner, "case.yaml": winner * 1000}
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_loser_leaves_the_winner_s_article(tmp_path: Path) -> None:
    for attempt in range(20):
        folder = tmp_path / f"draft{attempt}"
        folder.mkdir()
        ended = at_once(
            3,
            lambda number, folder=folder: write_folder(  # type: ignore[misc]
                folder, {"article.txt": "the same", "case.yaml": f"{number}"}, kept=["article.txt"]
            ),
        )
        assert refused(ended) == 2
        assert listed(folder)["article.txt"] == b"the same"


def test_one_file_and_many_writers(tmp_path: Path) -> None:
    for attempt in range(20):
        path = tmp_path / f"game{attempt}.efg"
        ended = at_once(4, lambda number, path=path: write_files({path: f"{number}" * 5000}))  # type: ignore[misc]
        assert refused(ended) == 3
        assert path.read_text() == str(ended.index(None)) * 5000
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("fails_at", range(4))
def test_a_folder_of_files_is_written_whole_or_stays(
    fails_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b", "d"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    before = listed(tmp_path)
    placed: list[object] = []

    def failing(step: Callable[..., object]) -> Callable[..., object]:
        def one(*given: object) -> object:
            placed.append(given)
            if len(placed) == fails_at + 1:
                raise KeyboardInterrupt
            return step(*given)

        return one

    link, replace = files._link, Path.replace
    monkeypatch.setattr(files, "_link", failing(link))
    monkeypatch.setattr(Path, "replace", failing(replace))
    with pytest.raises(KeyboardInterrupt):
        write_files({tmp_path / name: f"new {name}" for name in "abcd"}, force=True)
    monkeypatch.undo()
    assert listed(tmp_path) == before


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "game.efg"
    write_files({path: "first"})
    with pytest.raises(Refusal):
        write_files({path: "second"})
    write_files({path: "third"}, force=True)
    assert listed(tmp_path) == {"game.efg": b"third"}


def test_a_full_disk_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_folder(tmp_path / "a" / "b" / "draft", {"article.txt": "text"})
    assert not [*tmp_path.iterdir()]


@LINKS
def test_new_replaces_nothing(tmp_path: Path) -> None:
    place = tmp_path / "mine"
    place.symlink_to(tmp_path / "nowhere")
    call("new", str(place), code=2)
    assert not (tmp_path / "nowhere").exists()
    place.unlink()
    place.mkdir()
    (place / "case.yaml").write_text("mine", encoding="utf-8")
    (place / "notes.md").write_text("mine", encoding="utf-8")
    call("new", str(place), code=2)
    assert (place / "case.yaml").read_text(encoding="utf-8") == "mine"
    call("new", str(place), "--force")
    assert (place / "case.yaml").read_text(encoding="utf-8") != "mine"
    assert (place / "notes.md").read_text(encoding="utf-8") == "mine"


@LINKS
def test_export_replaces_nothing(tmp_path: Path) -> None:
    game, out, target = tmp_path / "game.nfg", tmp_path / "out.nfg", tmp_path / "target"
    game.write_text(GAME, encoding="utf-8")
    target.write_text("mine", encoding="utf-8")
    out.symlink_to(target)
    export = ("export", str(game), "--to", "nfg", "-o", str(out))
    call(*export, code=2)
    assert out.is_symlink()
    call(*export, "--force")
    assert not out.is_symlink() and target.read_text(encoding="utf-8") == "mine"
    call(*export, code=2)
    call("export", str(game), "--to", "nfg", "-o", str(game), code=2)
    assert game.read_text(encoding="utf-8") == GAME


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["html", "md", "json", "csv"])
def test_a_report_replaces_a_report_and_nothing_else(ending: str, tmp_path: Path) -> None:
    path, link = tmp_path / f"report.{ending}", tmp_path / f"link.{ending}"
    report = ("report", CASE, *FEW, "--no-search", "-o")
    call(*report, str(path))
    assert is_ours(path)
    call(*report, str(path))
    link.symlink_to(path)
    before = path.read_bytes()
    assert not is_ours(link)
    call(*report, str(link), code=2)
    assert link.is_symlink() and path.read_bytes() == before
    for mine in (b"", b"mine", b"Quandary", b"<!-- Quandary -->\n" + before, before[: len(before) // 2][20:]):
        path.write_bytes(mine)
        assert not is_ours(path), mine[:40]
        call(*report, str(path), code=2)
        assert path.read_bytes() == mine
    call(*report, str(path), "--force")
    assert is_ours(path)
    assert {p.name for p in tmp_path.iterdir()} == {path.name, link.name}


def test_a_report_gone_on_with_by_hand_stays(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    report = ("report", CASE, *FEW, "--no-search", "-o", str(path))
    call(*report)
    whole = path.read_text(encoding="utf-8")
    for mine in (f"My notes.\n\n{whole}", f"{whole}\nMy notes.\n", whole.replace("Claims", "Claims, as I see them")):
        path.write_text(mine, encoding="utf-8")
        call(*report, code=2)
        assert path.read_text(encoding="utf-8") == mine


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["svg", "png", "pdf", "vl.json"])
def test_a_picture_replaces_a_picture_of_ours(ending: str, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    path = tmp_path / f"chart.{ending}"
    ask = ("ask", CASE, "P(conflict)", *FEW, "--chart", str(path))
    call(*ask)
    assert is_ours(path)
    call(*ask)
    for mine in (b"mine", path.read_bytes().replace(b"Quandary", b"Somebody")):
        path.write_bytes(mine)
        call(*ask, code=2)
        assert path.read_bytes() == mine
    call(*ask, "--force")
    assert is_ours(path)


def test_pictures_in_a_folder_are_all_ours_or_none_is_written(tmp_path: Path) -> None:
    from quandary.report import save_charts, spread_chart

    pytest.importorskip("vl_convert")
    from quandary import load

    answer = load(CASE).solve(worlds=16).ask("P(conflict)")
    assert answer.syntax is not None
    chart = spread_chart("answer", answer.query, answer.syntax, answer)
    assert chart is not None
    folder = tmp_path / "charts"
    save_charts([chart], {}, folder)
    whole = listed(folder)
    save_charts([chart], {}, folder)
    assert set(listed(folder)) == set(whole) and all(is_ours(path) for path in folder.iterdir())
    (folder / "answer.png").write_bytes(b"mine")
    (folder / "answer.svg").unlink()
    before = listed(folder)
    with pytest.raises(Refusal):
        save_charts([chart], {}, folder)
    assert listed(folder) == before
