"""Files of the folder: read with a version, written anew only over the version that was read."""

from __future__ import annotations

from tests.web.servers import Served


def test_a_file_is_written_read_and_replaced_by_its_version(served: Served) -> None:
    path = "/api/files/note.txt"
    made = served.ask("PUT", path, b"one")
    assert made.status == 201
    read = served.get(path)
    assert (read.body, read.headers["etag"]) == (b"one", made.headers["etag"])
    assert served.ask("PUT", path, b"two").status == 428
    assert served.ask("PUT", path, b"two", {"If-Match": '"another"'}).status == 412
    assert served.get(path).body == b"one"
    assert served.ask("PUT", path, b"two", {"If-Match": made.headers["etag"]}).status == 204
    assert served.get(path).body == b"two"
    assert served.ask("PUT", path, b"three", {"If-Match": made.headers["etag"]}).status == 412
    assert {"path": "note.txt", "bytes": 3} in served.get("/api/files").json["files"]


def test_hidden_files_and_links_are_not_listed(served: Served) -> None:
    (served.folder / ".hidden").write_text("x", encoding="utf-8")
    (served.folder / "a link").symlink_to(served.folder / "dam")
    listed = [one["path"] for one in served.get("/api/files").json["files"]]
    assert "dam/case.yaml" in listed
    assert not any("hidden" in path or "link" in path for path in listed)


def test_what_is_not_there_is_said(served: Served) -> None:
    answer = served.get("/api/files/nothing.txt")
    assert (answer.status, answer.codes) == (404, ["Q823"])
    assert served.ask("PUT", "/api/files/no/such/folder.txt", b"x").status == 404
    assert served.ask("PUT", "/api/files/dam", b"x", {"If-Match": "*"}).status in {404, 412}
    assert served.get("/api/files/dam").status == 404
