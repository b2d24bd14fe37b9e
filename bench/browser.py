"""A browser on one kept connection that counts bytes and seconds."""

import gzip
import re
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection

import brotli
from flask import Flask

IDLE = 10  # seconds, less than the server keeps a connection that nobody uses
BOUNDARY = "a-line-between-fields"


@dataclass(frozen=True)
class Ask:
    """One request; with `fields` it is a posted form."""

    path: str
    fields: dict[str, str] | None = None
    htmx: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back: `wire` bytes with the headers, and the seconds from the first byte sent to the last received."""

    status: int
    kind: str
    request_id: str
    body: bytes
    wire: int
    seconds: float


def cookie_of(app: Flask, token: str) -> str:
    """The session cookie of a browser that is signed in with `token`."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # of the cookie session, which is what we use
    return str(serializer.dumps({"_user_id": token}))


@dataclass
class Browser:
    """One browser; `session` is its cookie, `token` that of its forms."""

    port: int
    session: str = ""
    token: str = ""
    connection: HTTPConnection = field(init=False)
    used: float = 0.0

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)

    def close(self) -> None:
        self.connection.close()

    def send(self, ask: Ask) -> Answer:
        headers = {"Accept-Encoding": "br, gzip", "Accept": "text/html", "Accept-Language": "en"}
        headers |= {
            "Sec-Fetch-Site": "same-origin",
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        }
        if self.session:
            headers["Cookie"] = f"session={self.session}"
        if ask.htmx:
            headers |= {"HX-Request": "true", "X-CSRFToken": self.token}
        body = None
        if ask.fields is not None:
            body = _multipart({"csrf_token": self.token, **ask.fields})
            headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        if time.perf_counter() - self.used > IDLE:
            self.connection.close()  # the next request opens it anew
            self.connection.connect()
        began = time.perf_counter()
        self.connection.request("POST" if body else "GET", ask.path, body, headers)
        response = self.connection.getresponse()
        raw = response.read()
        self.used = time.perf_counter()
        if response.status == 200:  # noqa: PLR2004 -- HTTP's "OK": what a redirect sets, the next page says and drops
            self._keep(response.headers.get_all("Set-Cookie") or [])
        wire = len(raw) + sum(len(name) + len(value) + 4 for name, value in response.getheaders()) + 19
        plain = _unpacked(raw, response.getheader("Content-Encoding", ""))
        kind = response.getheader("Content-Type", "")
        return Answer(
            response.status, kind, response.getheader("X-Request-Id", ""), plain, wire, self.used - began
        )

    def page(self, path: str) -> str:
        """A page as text; keeps the token of its forms."""
        answer = self.send(Ask(path))
        if answer.status != 200:  # noqa: PLR2004 -- HTTP's "OK"
            raise SystemExit(f"{path} answered {answer.status}.")
        text = answer.body.decode()
        if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text):
            self.token = found[1]
        return text

    def _keep(self, cookies: list[str]) -> None:
        for line in cookies:
            if line.startswith("session="):
                self.session = line.partition("=")[2].partition(";")[0]


def _multipart(fields: dict[str, str]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'
        for k, v in fields.items()
    ]
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()


def _unpacked(raw: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.decompress(raw))
    return gzip.decompress(raw) if encoding == "gzip" else raw
