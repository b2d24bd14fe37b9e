"""A browser for tests that looks at every page it fetches, and fills forms in as people do."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import lxml.html
from bs4 import BeautifulSoup
from flask import g, has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event
from werkzeug.test import TestResponse

from portal.accounts.actions import begin_sign_in
from portal.extensions import db
from portal.people.models import Person

LABELLED = (
    "//*[self::input or self::select or self::textarea]"
    "[not(@type='hidden' or @type='submit' or @type='button' or @aria-label or @aria-hidden or ancestor::label)]"
)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked inside the block, without the savepoints that are the test's own."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "SAVEPOINT" not in statement:
            asked.append(statement)

    connection = db.session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(connection, "before_cursor_execute", note)


def soup(response: TestResponse) -> BeautifulSoup:
    """The page of an answer."""
    return BeautifulSoup(response.text, "lxml")


def _faults(words: str, *, whole: bool) -> list[str]:
    """What is wrong with a page in ways that no test should have to ask for; lxml, since every page comes through here."""
    page: Any = lxml.html.document_fromstring(words)
    ids = Counter(str(i) for i in page.xpath("//@id"))
    faults = [f"id twice: {i}" for i, n in ids.items() if n > 1]
    faults += [f"inline style: {tag.tag}" for tag in page.xpath("//*[@style] | //style")]
    # Data for search engines (JSON-LD) is run by no browser.
    inline = page.xpath("//script[not(@src) and not(@type='application/ld+json')]")
    faults += [f"inline script: {tag.text}" for tag in inline]
    faults += [
        f"handler {name} on {tag.tag}"
        for tag in page.iter()
        for name in tag.attrib
        if re.match(r"on|hx-on", str(name))
    ]
    labels = {str(i) for i in page.xpath("//label/@for")}
    faults += [
        f"no label: {field.get('name')}" for field in page.xpath(LABELLED) if field.get("id") not in labels
    ]
    for form in page.xpath("//form[@method='post'][not(.//input[@name='csrf_token'])]"):
        if str(form.get("action")).endswith("/helpful"):
            continue  # stands on pages that all visitors share; the view asks where it comes from
        faults.append(f"posts without a token: {form.get('action')}")
    if whole:
        heads = len(page.xpath("//h1"))
        faults += [] if heads == 1 else [f"{heads} h1"]
        faults += [] if (page.findtext(".//title") or "").strip() else ["no title"]
        faults += [] if page.get("lang") else ["no language"]
    return faults


class PortalClient(FlaskClient):
    """One browser."""

    token = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():  # a request inside the test's own context would find who asked before
            for name in list(g):
                g.pop(name)
        response = super().open(*args, **kwargs)
        response.request.environ["wsgi.input"].close()  # a large form lies in a file that nobody else closes
        if any(cookie.startswith("session=") for cookie in response.headers.getlist("Set-Cookie")):
            self.token = ""  # of another session from now on
        if (
            response.mimetype == "text/html"
            and response.text.strip()
            and not response.headers.get("Content-Disposition")
        ):
            whole = "<html" in response.text and "sandbox" not in response.headers.get(
                "Content-Security-Policy", ""
            )
            if whole or "HX-Request" in (kwargs.get("headers") or {}):
                faults = _faults(response.text, whole=whole)
                assert not faults, f"{args}: {faults}"
        return response

    def enter(self, person: Person) -> None:
        """Be signed in as a person."""
        row = begin_sign_in(person, "Test", "127.0.0.1", stay=False)
        db.session.commit()
        with self.session_transaction() as session:
            session.clear()
            session["_user_id"] = row.get_id()
        self.token = ""

    def page(self, path: str, **kwargs: Any) -> BeautifulSoup:
        """A page that must be there."""
        response = self.get(path, **kwargs)
        assert response.status_code == 200, f"{path}: {response.status_code}"
        return soup(response)

    def csrf(self) -> str:
        """A token of this browser's session, made as Flask-WTF makes it."""
        if not self.token:
            with self.session_transaction() as session:
                word = session.setdefault("csrf_token", os.urandom(20).hex())
            signer = URLSafeTimedSerializer(self.application.config["SECRET_KEY"], salt="wtf-csrf-token")
            self.token = str(signer.dumps(word))
        return self.token

    def send(
        self, path: str, data: dict[str, Any] | None = None, *, htmx: bool = False, **kwargs: Any
    ) -> TestResponse:
        """Post a form with its token, as a browser (or as htmx) does."""
        headers = {
            "Sec-Fetch-Site": "same-origin",
            **({"HX-Request": "true"} if htmx else {}),
            **kwargs.pop("headers", {}),
        }
        return self.post(path, data={"csrf_token": self.csrf(), **(data or {})}, headers=headers, **kwargs)

    def send_fresh(self, path: str, data: dict[str, Any], **kwargs: Any) -> TestResponse:
        """Post the form on the page `path` that has the fields of `data`, with its hidden ones."""
        wanted = {f"[name={name}]" for name in data}
        form = next(
            form
            for form in self.page(path).select("form[method=post]")
            if form.get("action") != "/sign-out" and all(form.select_one(name) for name in wanted)
        )
        hidden = {
            str(f["name"]): str(f.get("value", ""))
            for f in form.select("input[type=hidden]")
            if f.get("name")
        }
        return self.send(str(form.get("action") or path), {**hidden, **data}, **kwargs)
