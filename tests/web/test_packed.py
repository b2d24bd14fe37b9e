"""Nothing that comes in is unpacked: what is small on its way stays small in here, and is given back as it came."""

import gzip
import io
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import pytest
from flask import Flask

from portal.extensions import db
from portal.inbox.reading import read
from portal.tickets.models import Ticket

from ..client import PortalClient, soup
from ..conftest import Cast

BROWSER = Callable[..., PortalClient]
LARGE = 100_000_000  # bytes that each of these would become
MOST = 25_000_000  # bytes of memory that may be taken: a body is held once or twice as it came


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("words.txt", b"a" * LARGE)
    return out.getvalue()


GZIP = gzip.compress(b"subject=" + b"a" * LARGE, mtime=0)
ZIP = _zip()
BOMBS = {
    "gzip": GZIP,
    "deflate": zlib.compress(b"subject=" + b"a" * LARGE),
    "x-gzip": GZIP,
    "gzip, gzip": gzip.compress(GZIP),
}


@pytest.fixture
def spent() -> Callable[[], int]:
    """The most memory that was taken since; it ends the watching."""
    tracemalloc.start()

    def most() -> int:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    return most


@pytest.mark.parametrize("coding", BOMBS)
def test_a_form_that_comes_packed_is_refused_as_it_is(
    people: Cast, browser_of: BROWSER, coding: str, spent: Callable[[], int]
) -> None:
    customer = browser_of(people.customer)
    said = {"Content-Encoding": coding, "X-CSRFToken": customer.csrf(), "Sec-Fetch-Site": "same-origin"}
    for path in ("/tickets/new", "/sign-in", "/feedback", "/account"):
        for kind in (
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=a",
            "application/json",
        ):
            answer = customer.post(path, data=BOMBS[coding], headers={**said, "Content-Type": kind})
            assert 400 <= answer.status_code < 500, (path, kind, answer.status_code)
    assert spent() < MOST
    assert not db.session.query(Ticket).count()


@pytest.mark.parametrize("name", ["log.gz", "log.zip"])
def test_a_packed_file_is_kept_and_given_back_packed(
    app: Flask, people: Cast, browser_of: BROWSER, name: str, spent: Callable[[], int]
) -> None:
    data = ZIP if name.endswith("zip") else GZIP
    before, customer = _stored(app), browser_of(people.customer)
    form = {"subject": "Kept", "body": "As it is", "files": [(io.BytesIO(data), name)]}
    made = customer.send("/tickets/new", form, content_type="multipart/form-data")
    if made.status_code == 303:
        (link,) = soup(customer.get(made.location)).select("a.file")
        given = customer.get(str(link["href"]), buffered=True)
        assert given.data == data
        assert "Content-Encoding" not in given.headers
        assert given.headers["Content-Disposition"].startswith("attachment")
    else:
        assert made.status_code == 422
    assert _stored(app) - before < 2 * len(data)
    assert spent() < MOST


def _stored(app: Flask) -> int:
    """Bytes of all files in the store."""
    files = (app.config["INSTANCE"] / "files").rglob("*")
    return sum(path.stat().st_size for path in files if path.is_file())


@pytest.mark.parametrize("coding", ["gzip", "deflate", "x-gzip"])
def test_parts_of_a_mail_that_come_packed_stay_so(coding: str, spent: Callable[[], int]) -> None:
    head = "From: a@example.com\nTo: help@example.com\nSubject: Packed\nMIME-Version: 1.0\n"
    parts = "".join(
        f"--b\nContent-Type: {kind}\n{field}: {coding}\nContent-Transfer-Encoding: {way}\n{more}\n{body}\n"
        for kind, field, way, more, body in (
            ("text/plain", "Content-Encoding", "7bit", "", "Words"),
            ("text/html", "Content-Encoding", coding, "", GZIP.decode("latin-1")),
            ("application/gzip", "Content-Encoding", "7bit", 'Content-Disposition: attachment; filename="a.gz"\n', GZIP.decode("latin-1")),
        )
    )  # fmt: skip
    came = f'{head}Content-Type: multipart/mixed; boundary="b"\nContent-Encoding: {coding}\n\n{parts}--b--\n'
    found = read(came.encode("latin-1"))
    assert "Words" in found.text
    assert "a" * 100 not in found.text + found.html
    assert all(len(file.data) < 2 * len(GZIP) for file in found.files)
    assert spent() < MOST
