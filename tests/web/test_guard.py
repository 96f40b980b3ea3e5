"""Who may ask: hostile requests are refused or harmless, and the server lives."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from tests.web.servers import TOKEN, Served, serving

from quandary.use import write_template
from quandary.web import ServerLimits

pytestmark = pytest.mark.slow


def lives(served: Served) -> bool:
    """Return whether the server still answers."""
    return served.get("/api/files").status == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "0.0.0.0", "[::1]:80", ""])
def test_another_name_of_the_server_is_refused(served: Served, host: str) -> None:
    """A page of others that has its own name point to this machine gets nothing (DNS rebinding)."""
    answer = served.ask("GET", "/api/files", headers={"Host": host})
    assert (answer.status, answer.codes) == (421, ["Q823"])


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://localhost:1"])
def test_a_page_of_another_address_is_refused(served: Served, origin: str) -> None:
    answer = served.ask("POST", "/api/explain", {}, {"Origin": origin})
    assert (answer.status, answer.codes) == (403, ["Q823"])


def test_what_a_browser_says_of_a_foreign_page_is_heeded(served: Served) -> None:
    assert served.ask("POST", "/api/explain", {}, {"Sec-Fetch-Site": "cross-site"}).status == 403
    assert served.ask("GET", "/api/files", None, {"Sec-Fetch-Site": "same-site"}).status == 403
    assert served.ask("GET", "/api/files", None, {"Sec-Fetch-Site": "same-origin"}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer \u00e9"},
        {"Cookie": "quandary-1=wrong"},
        {"Cookie": f"quandary={TOKEN}"},
        {"Cookie": "=;=;\x01"},
    ],
)
def test_nothing_is_told_without_the_token(served: Served, headers: dict[str, str]) -> None:
    for path in ("/", "/api/files", "/openapi.json", "/api/jobs", "/nothing"):
        answer = served.ask("GET", path, None, headers, known=False)
        assert (answer.status, answer.codes) == (401, ["Q823"])
        assert "set-cookie" not in answer.headers


def test_the_opened_address_leaves_a_cookie_and_loses_the_token(served: Served) -> None:
    quoted = TOKEN.replace(" ", "%20")
    answer = served.ask("GET", f"/api/files?x=1&token={quoted}", known=False)
    assert (answer.status, answer.headers["location"]) == (303, "/api/files?x=1")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    held = cookie.split(";")[0]
    assert served.ask("GET", "/api/files", None, {"Cookie": held}, known=False).status == 200
    other = served.ask("GET", f"//evil.example/?token={quoted}", known=False)
    assert not other.headers.get("location", "/").startswith("//")
    assert served.ask("POST", f"/api/explain?token={quoted}", {}, known=False).status == 401


def test_every_answer_keeps_the_page_to_itself(served: Served) -> None:
    for answer in (served.get("/api/files"), served.get("/nothing"), served.ask("GET", "/", known=False)):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/draft", "/case", "/nothing", "/draft?case=nowhere", "/ledger/question?number=99"])
def test_a_browser_gets_its_faults_as_a_page(served: Served, path: str) -> None:
    answer = served.ask("GET", path, None, {"Accept": "text/html,application/xhtml+xml"})
    assert 400 <= answer.status < 500
    assert answer.headers["content-type"].startswith("text/html")
    assert b"Traceback" not in answer.body
    assert b'href="/?all=1"' in answer.body or b'href="/' in answer.body


OUT = ("../secret.txt", "/etc/passwd", "dam/../../secret.txt", "link.txt", "folder/secret.txt", "a\0b", "~/x", "..")


@pytest.fixture
def walled(tmp_path: Path) -> tuple[Path, Path]:
    """Return a folder that is served, with links that lead out of it, and the file that they lead to."""
    folder = tmp_path / "served"
    folder.mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", encoding="utf-8")
    (folder / "link.txt").symlink_to(secret)
    (folder / "folder").symlink_to(tmp_path)
    write_template(folder / "dam")
    return folder, secret


def test_no_path_leads_out_of_the_folder(walled: tuple[Path, Path]) -> None:
    folder, secret = walled
    beside = set(folder.parent.iterdir())
    with serving(folder) as served:
        for path in OUT:
            for route, request in (
                ("/api/run", {"case": path}),
                ("/api/check", {"case": "dam", "text": path}),
                ("/api/read", {"article": path}),
                ("/api/new", {"name": path}),
                ("/api/export", {"file": "dam", "to": "json", "out": path}),
                ("/api/ledger/import", {"file": path}),
                ("/api/ledger/backup", {"output": path}),
                ("/api/solve", {"file": path}),
            ):
                answer = served.post(route, request)
                assert answer.status == 422, (path, route, answer.body)
                assert b"the secret" not in answer.body
                assert b"root:" not in answer.body
        for path in (
            "/api/files/../secret.txt",
            "/api/files/%2e%2e/secret.txt",
            "/api/files/link.txt",
            "/api/files//etc/passwd",
        ):
            for method in ("GET", "PUT"):
                answer = served.ask(method, path, b"x", {"If-Match": "x"})
                assert answer.status in {404, 405, 412, 422}, (method, path, answer.body)
                assert b"the secret" not in answer.body
    assert secret.read_text(encoding="utf-8") == "the secret"
    assert set(folder.parent.iterdir()) == beside


def test_a_case_leads_nobody_out_of_the_folder(walled: tuple[Path, Path]) -> None:
    folder, _secret = walled
    for number, line in enumerate(
        ("include: [../secret.txt]", "include: [/etc/passwd]", "include: [link.txt]", "text: ../secret.txt")
    ):
        (folder / f"case{number}.yaml").write_text(f"title: X\n{line}\n", encoding="utf-8")
    with serving(folder) as served:
        for number in range(4):
            answer = served.post("/api/check", {"case": f"case{number}.yaml"})
            assert b"the secret" not in answer.body
            assert b"root:" not in answer.body


def test_read_only_writes_nothing(tmp_path: Path) -> None:
    write_template(tmp_path / "dam")
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    with serving(tmp_path, read_only=True) as served:
        for route, request in (
            ("/api/new", {"name": "other"}),
            ("/api/elicit", {"case": "dam", "answer": "{}"}),
            ("/api/migrate", {"case": "dam", "write": True}),
            ("/api/ledger/add", {"text": "Will it rain?", "forecast": "12%"}),
            ("/api/ask", {"case": "dam", "query": "P(conflict)", "chart": "x.svg"}),
            ("/api/read", {"article": "dam/analysis.md", "out": "new"}),
        ):
            answer = served.post(route, request)
            assert (answer.status, answer.codes) == (422, ["Q822"])
        assert served.ask("PUT", "/api/files/new.txt", b"x").codes == ["Q822"]
        assert served.post("/api/ask", {"case": "dam", "query": "P(conflict)", "worlds": 16}).status == 200
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


def test_bodies_have_a_size_and_a_time(tmp_path: Path) -> None:
    limits = ServerLimits(body=1000, arriving=0.5, rate=1e4, burst=1e4)
    with serving(tmp_path, limits=limits) as served:
        assert served.post("/api/explain", b" " * 2000).status == 413
        connection = served.connection()
        chunks = iter([b"x" * 600, b"x" * 600])
        connection.request("POST", "/api/explain", chunks, served.headers, encode_chunked=True)
        assert connection.getresponse().status == 413
        connection.close()
        with socket.create_connection(("127.0.0.1", served.port), 20) as slow:
            head = f"POST /api/explain HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nAuthorization: Bearer {TOKEN}\r\n"
            slow.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
            assert slow.recv(1000).startswith(b"HTTP/1.1 408")
        assert lives(served)


def test_too_many_requests_are_refused_for_a_while(tmp_path: Path) -> None:
    with serving(tmp_path, limits=ServerLimits(rate=5.0, burst=3.0)) as served:
        statuses = [served.get("/api/jobs").status for _ in range(12)]
        assert statuses.count(429) >= 5
        assert 200 in statuses
        time.sleep(1.0)
        assert served.get("/api/jobs").status == 200


def test_200_slow_clients_keep_nobody_out(served: Served) -> None:
    slow = [socket.create_connection(("127.0.0.1", served.port), 20) for _ in range(200)]
    try:
        for one in slow:
            one.sendall(b"GET /api/files HTTP/1.1\r\nHost: ")
        assert lives(served)
    finally:
        for one in slow:
            one.close()
    assert lives(served)


def test_nonsense_on_the_wire_is_survived(served: Served) -> None:
    for data in (
        b"\0" * 1000,
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/run HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"A" * 200_000,
    ):
        with socket.create_connection(("127.0.0.1", served.port), 20) as wire:
            wire.sendall(data)
            wire.shutdown(socket.SHUT_WR)
            wire.settimeout(20)
            wire.recv(1000)
    assert lives(served)
