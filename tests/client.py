"""A browser for tests that looks at every page it fetches, and fills forms in as people do."""

import re
from collections import Counter
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import g, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.accounts.actions import begin_sign_in
from portal.extensions import db
from portal.people.models import Person

LABELLED = ("input", "select", "textarea")
UNSEEN = ("hidden", "submit", "button")


def soup(response: TestResponse) -> BeautifulSoup:
    """The page of an answer."""
    return BeautifulSoup(response.text, "html.parser")


def _faults(page: BeautifulSoup, *, whole: bool) -> list[str]:
    """What is wrong with a page in ways that no test should have to ask for."""
    faults = [
        f"id twice: {i}" for i, n in Counter(str(t["id"]) for t in page.select("[id]")).items() if n > 1
    ]
    faults += [f"inline style: {tag.name}" for tag in page.select("[style], style")]
    faults += [f"inline script: {tag}" for tag in page.select("script:not([src])")]
    faults += [
        f"handler {name} on {tag.name}"
        for tag in page.find_all(True)
        for name in tag.attrs
        if re.match(r"on|hx-on", name)
    ]
    faults += [
        f"no label: {field}" for field in page.select(",".join(LABELLED)) if not _has_label(page, field)
    ]
    faults += [
        f"posts without a token: {form.get('action')}"
        for form in page.select("form[method=post]")
        if not _has_token(form)
    ]
    if whole:
        faults += [] if len(page.select("h1")) == 1 else [f"{len(page.select('h1'))} h1"]
        faults += [] if page.title and page.title.text.strip() else ["no title"]
        faults += [] if page.html and page.html.get("lang") else ["no language"]
    return faults


def _has_label(page: BeautifulSoup, field: Tag) -> bool:
    if (
        field.get("type") in UNSEEN
        or field.get("aria-label")
        or field.get("aria-hidden")
        or field.find_parent("label")
    ):
        return True
    return bool(field.get("id") and page.select_one(f'label[for="{field["id"]}"]'))


def _has_token(form: Tag) -> bool:
    return form.select_one("input[name=csrf_token]") is not None


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
                faults = _faults(soup(response), whole=whole)
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
        """A token of this browser's session."""
        if not self.token:
            field = soup(self.get("/lost-password")).select_one("input[name=csrf_token]")
            assert field is not None
            self.token = str(field["value"])
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
        """Post the form that stands on the page `path`, with its hidden fields."""
        form = next(f for f in self.page(path).select("form[method=post]") if f.get("action") != "/sign-out")
        hidden = {
            str(f["name"]): str(f.get("value", ""))
            for f in form.select("input[type=hidden]")
            if f.get("name")
        }
        return self.send(str(form.get("action") or path), {**hidden, **data}, **kwargs)
