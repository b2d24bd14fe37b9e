"""Writing pages in the browser: drafts, two people at once, publishing, and texts that want to run."""

from collections.abc import Callable
from typing import Any

import lxml.html
import pytest
from flask import Flask

from portal.audit.models import AuditEntry
from portal.extensions import db
from portal.legal.models import LegalDraft, LegalText, LegalVersion
from portal.legal.standing import FRESH, standing
from portal.mail.compose import compose_to
from portal.people.models import Person

from ..client import PortalClient, soup, statements
from ..conftest import Cast
from ..kit.attacks import TAGS
from .conftest import Publish

Browser = Callable[[Person], PortalClient]
PAGE = "/admin/pages/terms?of=en"
WORDS = {"title": "Terms", "body": "## Rules\n\nBe kind."}


@pytest.fixture
def writer(people: Cast, browser_of: Browser) -> PortalClient:
    return browser_of(people.manager)


def test_a_page_is_written_looked_at_and_published(
    writer: PortalClient, client: PortalClient, people: Cast
) -> None:
    assert "Not written yet" in writer.page("/admin/pages").text
    assert "There is no text" in writer.page("/admin/pages/terms/publish").text
    assert writer.send_fresh(PAGE, WORDS).status_code == 303
    assert writer.page("/admin/pages/terms/look?of=en").select_one("article h2").text == "Rules"  # type: ignore[union-attr]
    assert client.get("/terms").status_code == 404
    assert "/terms" not in client.get("/help").text

    assert (
        writer.send_fresh("/admin/pages/terms/publish", {"shown": _shown(writer)}).location == "/admin/pages"
    )

    assert "Be kind." in client.page("/terms").text
    assert client.page("/help").select_one('footer a[href="/terms"]')
    assert client.get("/nowhere").text.count('href="/terms"') == 1
    assert db.session.query(LegalDraft).count() == 0
    assert [row.about for row in db.session.query(AuditEntry).filter_by(act="published a page")] == [
        "company page terms-1"
    ]


def _shown(writer: PortalClient, kind: str = "terms") -> str:
    page = writer.page(f"/admin/pages/{kind}/publish")
    return str(page.select_one("form [name=shown]")["value"])  # type: ignore[index]


def test_what_is_different_must_be_said_and_a_draft_can_be_thrown_away(
    writer: PortalClient, put_in_force: Publish
) -> None:
    put_in_force("terms", en="Rules", es="Reglas")
    writer.send_fresh(PAGE, WORDS)
    assert "Say what is different: English" in writer.page("/admin/pages/terms/publish").text
    writer.send_fresh("/admin/pages/terms?of=es", {"title": "", "body": "", "note": ""})
    publishing = writer.page("/admin/pages/terms/publish").text
    assert "no more in this language" in publishing

    for of in ("en", "es"):
        form = writer.page(f"/admin/pages/terms?of={of}").select("main form")[-1]
        shown = str(form.select_one("[name=shown]")["value"])  # type: ignore[index]
        assert (
            writer.send(f"/admin/pages/terms?of={of}", {"discard": "yes", "shown": shown}).status_code == 303
        )
    assert db.session.query(LegalDraft).count() == 0
    assert "Nothing is different" in writer.page("/admin/pages/terms/publish").text


def test_the_second_of_two_who_write_or_publish_at_once_sees_it_and_overwrites_nothing(
    writer: PortalClient, people: Cast, browser_of: Browser
) -> None:
    other = browser_of(people.admin)
    blank = str(writer.page(PAGE).select_one("[name=shown]")["value"])  # type: ignore[index]
    assert writer.send(PAGE, WORDS | {"shown": blank}).status_code == 303
    seen = _shown(writer)

    late = other.send(PAGE, WORDS | {"body": "Be quick.", "shown": blank})

    assert late.status_code == 409
    assert {"Be kind.", "Be quick."} <= {
        words.strip()
        for words in soup(late).select_one(".differences").text.replace("\n", "|").split("|")  # type: ignore[union-attr]
    } or "Be quick." in late.text
    assert soup(late).select_one("textarea[name=body]").text.strip() == "Be quick."  # type: ignore[union-attr]
    db.session.expire_all()
    assert db.session.query(LegalDraft).one().body == WORDS["body"]
    again = str(soup(late).select_one("form [name=shown]")["value"])  # type: ignore[index]
    assert other.send(PAGE, WORDS | {"body": "Be kind and quick.", "shown": again}).status_code == 303

    overtaken = writer.send("/admin/pages/terms/publish", {"shown": seen})
    assert overtaken.status_code == 409
    assert "Be kind and quick." in overtaken.text
    assert db.session.query(LegalVersion).count() == 0
    assert writer.send("/admin/pages/terms/publish", {"shown": _shown(writer)}).status_code == 303
    assert writer.send("/admin/pages/terms/publish", {"shown": seen}).status_code == 409
    assert db.session.query(LegalVersion).count() == 1


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"title": "", "body": "Words"}, "Write a title"),
        ({"title": "Terms", "body": ""}, "Write a text below the title"),
        ({"title": "Terms", "body": "{{ nobody_knows }}"}, "Line 1 cannot be shown"),
        ({"title": "Terms", "body": "*a* " * 9000}, "cannot be shown"),
        ({"title": "T" * 151, "body": "Words"}, "1 character too many"),
    ],
)
def test_a_draft_that_cannot_be_shown_is_refused_and_kept_in_the_form(
    writer: PortalClient, form: dict[str, str], said: str
) -> None:
    answer = writer.send_fresh(PAGE, form)
    assert answer.status_code == 422
    assert said in answer.text
    assert soup(answer).select_one("textarea[name=body]").text.strip() == form["body"].strip()  # type: ignore[union-attr]
    assert db.session.query(LegalDraft).count() == 0


def test_unknown_languages_and_pages_lead_nowhere(writer: PortalClient) -> None:
    for path in ("/admin/pages/terms?of=xx", "/admin/pages/imprint", "/admin/pages/terms/look?of=en"):
        assert writer.get(path).status_code == 404, path
    assert writer.send("/admin/pages/preview", {"body": "{{ x }}"}).status_code == 422


def test_nothing_that_is_written_runs_on_a_page(
    writer: PortalClient, client: PortalClient, put_in_force: Publish
) -> None:
    attacks = [attack for attack in TAGS if attack.isprintable()]
    body = "\n\n".join(f"Words {attack.replace('{', '(')} words" for attack in attacks)
    for number, part in enumerate([body[place : place + 8000] for place in range(0, len(body), 8000)], 1):
        put_in_force("privacy", note=attacks[0], en=part)
        for path in (
            "/privacy",
            f"/privacy/versions/{number}",
            *([f"/privacy/versions/{number}/changes"] * (number > 1)),
        ):
            page: Any = lxml.html.document_fromstring(client.get(path).text)
            inside = page.xpath(
                "//main//*[self::script or self::iframe or self::svg[not(@class)] or self::style or self::form]"
            )
            assert not inside, path
            assert not page.xpath(
                "//main//@*[starts-with(name(), 'on') or starts-with(name(), 'hx-') and name() != 'hx-ignore']"
            )
            links = page.xpath("//main//a/@href")
            assert isinstance(links, list)
            assert not [a for a in links if str(a).lower().startswith(("javascript", "data"))]


def test_footers_cost_no_statement_and_follow_within_seconds(
    app: Flask, client: PortalClient, people: Cast, put_in_force: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(path: str) -> int:
        client.get(path)  # what a process keeps is there
        with statements() as seen:
            client.get(path)
        assert not [one for one in seen if "legal_" in one], path
        return len(seen)

    assert FRESH <= 5
    paths = ("/help", "/help/search?q=x", "/sign-in", "/sign-up", "/tickets/new", "/nowhere")
    before = [asked(path) for path in paths]
    put_in_force("privacy", en="We keep little.")
    assert [asked(path) for path in paths] == before

    db.session.add(
        LegalVersion(
            kind="company", number=1, texts=[LegalText(language="en", title="C", body="C", html="C")]
        )
    )
    db.session.commit()  # by another process
    assert 'href="/company"' not in client.get("/help").text
    monkeypatch.setitem(app.extensions, "legal_standing", type(standing())(standing().numbers, {}, 0.0))
    assert client.page("/help").select_one('footer a[href="/company"]')


def test_mails_name_the_pages_that_there_are_in_the_readers_language(
    app: Flask, put_in_force: Publish
) -> None:
    put_in_force("privacy", en="We keep little.")
    letter = compose_to("reset", "new@example.com", "es", path="/reset/x", called="Nia")
    assert "Política de privacidad: http://127.0.0.1:8000/privacy?lang=es" in letter.text
    assert 'href="http://127.0.0.1:8000/contact?lang=es"' in letter.html
    assert "/terms" not in letter.text
