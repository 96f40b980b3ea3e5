"""Asking an address over HTTP: one answer within a time and a size, no redirects, and a key that only it ever sees."""

from __future__ import annotations

import base64
import http.client
import os
import queue
import re
import socket
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from quandary.base.characters import shortened
from quandary.base.problems import Problem, Refusal

LARGEST_ANSWER = 5_000_000
LONGEST_REASON = 100
_SENDABLE = re.compile(r"[!-~]*")
"""What may stand in a request's first line."""
_HIDDEN = "***"
_USUAL_HINT = "check its address and model, or read with the built-in rules"
_HINTS = {
    401: "set OPENAI_API_KEY to a key that it takes",
    403: "set OPENAI_API_KEY to a key that it takes",
    404: "check the path of the address, often /v1, and the name of the model",
    413: "the article is too long for it: name another model, or read with the built-in rules",
    429: "it has been asked too often: wait a little and try again",
}


class RefusedStatus(Exception):  # noqa: N818 - an answer of the other side, not a bug
    """The endpoint answered with an HTTP status that is no success; ``problem`` says so in words."""

    def __init__(self, status: int, problem: Problem) -> None:
        self.status = status
        self.problem = problem
        super().__init__(problem.message)


class Endpoint:
    """An address that is asked; ``address`` is it as it may be shown: without user, password and query.

    ``timeout`` is in seconds, for each whole answer.
    """

    def __init__(self, endpoint: str, timeout: float) -> None:
        parts, host, port = _parts(endpoint)
        named = f"[{host}]" if ":" in host else host
        path = parts.path.rstrip("/") + "/chat/completions"
        self.address = f"{parts.scheme}://{named}{'' if port is None else f':{port}'}{path}"
        self.timeout = timeout
        self._target = f"{self.address}?{parts.query}" if parts.query else self.address
        self._is_loopback = _is_loopback(host)
        own, self._secrets = _credentials(parts)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json", **own}
        if own and parts.scheme != "https" and not self._is_loopback:
            message = f"a key or password would go to {self.address} unencrypted"
            hint = "name an https address, or unset OPENAI_API_KEY and leave user and password out"
            raise Refusal(Problem("Q720", message, hint=hint))

    def asked(self, body: bytes) -> bytes:
        """Return the answer's bytes, asked for in a thread of its own: the limit holds whatever the other side does.

        Raises ``Refusal`` Q720 to Q722 and, for a status that is no success, ``RefusedStatus``.
        """
        request = urllib.request.Request(self._target, data=body, headers=self._headers, method="POST")
        line = _Connection(through_proxies=not self._is_loopback)
        given: queue.Queue[bytes | Exception] = queue.Queue()
        threading.Thread(target=line.ask, args=(request, self.timeout, given), daemon=True).start()
        try:
            found = given.get(timeout=self.timeout)
        except queue.Empty:
            found = TimeoutError()
        finally:
            line.cut()
        if isinstance(found, urllib.error.HTTPError):
            raise RefusedStatus(found.code, self._told(found)) from None
        if isinstance(found, Exception):
            raise Refusal(self._told(found)) from None
        if len(found) > LARGEST_ANSWER:
            raise Refusal(self.fault("sent more than 5 MB", "Q722"))
        return found

    def fault(self, what: str, code: str = "Q720", hint: str = _USUAL_HINT) -> Problem:
        """Return what the endpoint did as a fault."""
        return Problem(code, self.without_secrets(f"the endpoint {self.address} {what}"), hint=hint)

    def without_secrets(self, text: str, known: str = "") -> str:
        """Return a text of the other side without the key or password that it was sent, should it repeat them.

        What stands in ``known``, the article, is no secret.
        """
        for secret in self._secrets:
            if secret in text and secret not in known and secret not in self.address:
                text = text.replace(secret, _HIDDEN)
        return text

    def _told(self, fault: Exception) -> Problem:
        reason = getattr(fault, "reason", None)
        if isinstance(fault, TimeoutError) or isinstance(reason, TimeoutError):
            return self.fault(f"did not answer within {self.timeout:g} seconds", "Q721")
        if isinstance(fault, urllib.error.HTTPError):
            said = shortened(self.without_secrets(str(fault.reason)), LONGEST_REASON)
            return self.fault(f"answered {fault.code} {said}", hint=_HINTS.get(fault.code, _USUAL_HINT))
        why = getattr(reason or fault, "strerror", None) or type(reason or fault).__name__
        return self.fault(f"could not be reached ({shortened(str(why), LONGEST_REASON)})")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An endpoint may not send the article, or a key, elsewhere."""

    def redirect_request(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - the signature of the standard library
        """Refuse every redirect."""
        return


class _Connection:
    """A connection that can be cut from another thread, at whatever it waits."""

    def __init__(self, *, through_proxies: bool) -> None:
        self._sockets: list[socket.socket] = []
        self._is_cut = False
        line = self

        class Plain(http.client.HTTPConnection):
            def connect(self) -> None:
                super().connect()
                line.opened(self.sock)

        class Encrypted(http.client.HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                line.opened(self.sock)

        class OpensPlain(urllib.request.HTTPHandler):
            def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
                return self.do_open(Plain, request)

        class OpensEncrypted(urllib.request.HTTPSHandler):
            def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
                return self.do_open(Encrypted, request)

        proxies = urllib.request.ProxyHandler(None if through_proxies else {})
        self._opener = urllib.request.build_opener(proxies, _NoRedirects, OpensPlain, OpensEncrypted)

    def ask(self, request: urllib.request.Request, timeout: float, given: queue.Queue[bytes | Exception]) -> None:
        """Put the answer, or what became of it, into ``given``; a little more than may be sent is read at most."""
        try:
            with self._opener.open(request, timeout=timeout) as response:
                given.put(response.read(LARGEST_ANSWER + 1))
        except urllib.error.HTTPError as fault:
            fault.close()
            given.put(fault)
        except Exception as fault:  # of the network, of the other side, or of having been cut
            given.put(fault)

    def opened(self, made: socket.socket) -> None:
        """Remember a socket, in order to cut it."""
        self._sockets.append(made)
        if self._is_cut:
            self.cut()

    def cut(self) -> None:
        """End the connection now."""
        self._is_cut = True
        for made in self._sockets:
            with suppress(OSError):
                socket.socket.shutdown(made, socket.SHUT_RDWR)  # not the method of TLS, which would wait for its peer


def _parts(endpoint: str) -> tuple[SplitResult, str, int | None]:
    """Return an address with its host and port, or refuse it without repeating a password."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname, parts.port
        strays = "@" in endpoint and "@" not in parts.netloc  # of a password with signs that end the host's part
        if host and not strays:
            host = host if ":" in host else host.encode("idna").decode("ascii")
            if parts.scheme in {"http", "https"} and _SENDABLE.fullmatch(parts.path + parts.query + host):
                return parts, host, port
    except ValueError:
        pass
    message = f'"{shortened(_without_user(endpoint), LONGEST_REASON)}" is not an http or https address'
    raise Refusal(Problem("Q720", message, hint="for example http://localhost:8000/v1"))


def _without_user(endpoint: str) -> str:
    """Return an address that may be no address, without what may be a user, a password or a key in it."""
    scheme = re.match(r"(?:https?://)?", endpoint, re.IGNORECASE)
    assert scheme is not None
    return scheme[0] + re.split(r"[?#]", endpoint[scheme.end() :].rpartition("@")[2], maxsplit=1)[0]


def _credentials(parts: SplitResult) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the header with the user and password of an address, else with the key, else none; and what is secret.

    The longest secrets come first, so that none is cut by another.
    """
    secret = {value for _, value in parse_qsl(parts.query)} | {parts.query}
    if parts.username or parts.password:
        name, password = unquote(parts.username or ""), unquote(parts.password or "")
        told = base64.b64encode(f"{name}:{password}".encode("utf-8", "replace")).decode("ascii")
        secret |= {told, name, password, parts.username or "", parts.password or "", quote(name), quote(password)}
        return {"Authorization": f"Basic {told}"}, _longest_first(secret)
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    if not key:
        return {}, _longest_first(secret)
    if not key.isascii() or not key.isprintable():
        message = "OPENAI_API_KEY holds signs that no key has"
        raise Refusal(Problem("Q720", message, hint="set it anew, or unset it"))
    return {"Authorization": f"Bearer {key}"}, _longest_first({*secret, key})


def _longest_first(secret: set[str]) -> tuple[str, ...]:
    return tuple(sorted(filter(None, secret), key=lambda one: (-len(one), one)))


def _is_loopback(host: str) -> bool:
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
