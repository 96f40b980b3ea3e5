"""Who is let in: the right name of the server, no page of others, the token, in bounds, and not too often."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi.exceptions import HTTPException

from quandary.web.faults import refused
from quandary.web.settings import ServerSettings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE = {"GET", "HEAD", "OPTIONS"}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load: its own files, and nothing of others."""

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Stands before an application: a request that may not pass is answered here."""

    def __init__(self, application: Application, settings: ServerSettings) -> None:
        self._application = application
        self._settings = settings
        self._left = settings.limits.burst
        self._counted = time.monotonic()
        self.leaving: Callable[[], bool] = lambda: False
        """Whether the server is being ended, so that streams without an end do."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        scope["leaving"] = self.leaving
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                added = [(n.encode(), v.encode()) for n, v in HEADERS.items() if n.encode() not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        answer = self._refusal(scope, headers)
        if answer is not None:
            await answer(scope, receive, sent)
            return
        entry = self._entry(scope)
        if entry is not None:
            await sent({"type": "http.response.start", "status": 303, "headers": entry})
            await sent({"type": "http.response.body", "body": b""})
            return
        await self._application(scope, self._bounded(headers, receive), sent)

    def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> Any | None:  # noqa: ANN401 - a response
        """Return the answer to a request that may not pass; ``None`` for one that may."""
        settings = self._settings
        if headers.get("host", "").lower() not in settings.hosts:
            return refused("this server is called by another name", f"open http://{settings.hosts[0]}/", 421)
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        if (origin is not None and origin.lower() not in {f"http://{one}" for one in settings.hosts}) or (
            site not in {"same-origin", "none"} and not _opens_a_page(scope, headers)
        ):
            return refused("the request comes from a page of another address", "ask from the page itself", 403)
        if not self._knows(scope, headers):
            hint = "open the address that `quandary serve` printed, or send Authorization: Bearer TOKEN"
            return refused("the token is missing or wrong", hint, 401, {"www-authenticate": "Bearer"})
        if not self._within_rate():
            return refused("too many requests in a short time", "wait a second", 429, {"retry-after": "1"})
        length = headers.get("content-length", "")
        if length.isdigit() and int(length[:20]) > settings.limits.body:
            return refused(f"a body has at most {settings.limits.body:,} bytes", "send less", 413)
        return None

    def _knows(self, scope: Scope, headers: Mapping[str, str]) -> bool:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._is_token(given.strip())
        if scope["method"] in SAFE and self._is_token(dict(_query(scope)).get("token", "")):
            return True
        try:
            held = SimpleCookie(headers.get("cookie", "")).get(self._settings.cookie)
        except CookieError:
            return False
        return held is not None and self._is_token(held.value)

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._settings.token.encode())

    def _entry(self, scope: Scope) -> list[tuple[bytes, bytes]] | None:
        """Return the headers that take the token out of the address and keep it as a cookie; ``None`` without one."""
        query = _query(scope)
        if "token" not in dict(query) or scope["method"] not in SAFE:
            return None
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        path = scope.get("raw_path", b"/").split(b"?")[0].decode("latin-1")
        place = "/" + path.lstrip("/\\") + (f"?{rest}" if rest else "")
        kept = f"{self._settings.cookie}={self._settings.token}; Path=/; HttpOnly; SameSite=Strict"
        return [(b"location", place.encode("latin-1", "replace")), (b"set-cookie", kept.encode())]

    def _within_rate(self) -> bool:
        limits, now = self._settings.limits, time.monotonic()
        self._left = min(limits.burst, self._left + (now - self._counted) * limits.rate)
        self._counted = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True

    def _bounded(self, headers: Mapping[str, str], receive: Receive) -> Receive:
        """Return what receives a body of bounded size in bounded time."""
        limits, size = self._settings.limits, 0
        whole = "content-length" not in headers and "transfer-encoding" not in headers
        end = time.monotonic() + limits.arriving

        async def received() -> Message:
            nonlocal size, whole
            if whole:  # only the end of the connection is waited for
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, end - time.monotonic()))
            except TimeoutError:
                raise HTTPException(408, "the body did not arrive in time") from None
            size += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if size > limits.body:
                raise HTTPException(413, f"a body has at most {limits.body:,} bytes")
            return message

        return received


def _query(scope: Scope) -> list[tuple[str, str]]:
    try:
        return parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return []


def _opens_a_page(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Return whether somebody follows a link to a page, which tells the page that holds the link nothing."""
    return scope["method"] == "GET" and headers.get("sec-fetch-mode") == "navigate"
