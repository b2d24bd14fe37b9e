"""A customer's or agent's browser as far as the load needs one: cookies, a kept connection, forms."""

import html
import http.client
import re
import secrets
import select
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..make import PASSWORD

HIDDEN = re.compile(r'<input[^>]*\bname="(csrf_token|once|seen)"[^>]*\bvalue="([^"]*)"')
BROKEN = (OSError, http.client.HTTPException)  # what a request raises whose server dies under it


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    text: str
    retry_after: str = ""

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page's forms."""
        return {name: html.unescape(value) for name, value in HIDDEN.findall(self.text)}


@dataclass(frozen=True)
class File:
    """A file of a form."""

    name: str
    content: bytes


def multipart(fields: Mapping[str, str], file: File | None = None) -> tuple[bytes, str]:
    """A form's body and its content type."""
    edge = secrets.token_hex(12)
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if file:
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{file.name}"\r\n\r\n'
        parts.append(head.encode() + file.content + b"\r\n")
    return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


class Browser:
    """One person's browser at the portal `address`."""

    def __init__(self, address: str) -> None:
        self.netloc = urlsplit(address).netloc
        self.cookies: dict[str, str] = {}
        self.connection = http.client.HTTPConnection(self.netloc, timeout=30)

    def close(self) -> None:
        self.connection.close()

    def headers(self) -> dict[str, str]:
        """Those of every request."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookies, "Sec-Fetch-Site": "same-origin"}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, str], file: File | None = None) -> Answer:
        body, kind = multipart(fields, file)
        return self._ask("POST", path, body, kind)

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        headers = self.headers() | ({"Content-Type": kind} if kind else {})
        rests = self.connection.sock
        if (
            rests and select.select([rests], [], [], 0)[0]
        ):  # the server has hung up meanwhile, as browsers notice
            self.connection.close()
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            text = response.read().decode()
        except BROKEN:
            self.connection.close()
            raise
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        said = response.headers
        return Answer(response.status, said.get("Location", ""), text, said.get("Retry-After", ""))

    def sign_in(self, email: str) -> None:
        """Sign in. Raises AssertionError if that fails."""
        fields = self.get("/sign-in").hidden() | {"email": email, "password": PASSWORD}
        answer = self.post("/sign-in", fields)
        assert answer.status == 303, f"{email} cannot sign in: {answer.status}"
