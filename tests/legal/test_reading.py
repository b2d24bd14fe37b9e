"""What everybody reads: the version in force, earlier ones and what changed, in each language, and nothing unpublished."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from portal.extensions import db
from portal.legal.access import find_current, text_for
from portal.legal.queries import privacy_page_is_written

from ..client import PortalClient
from .conftest import Publish, Write


def test_a_page_is_read_in_the_readers_language_and_says_when_it_is_not(
    client: PortalClient, put_in_force: Publish
) -> None:
    assert client.get("/terms").status_code == 404
    put_in_force("terms", en="We **help**.", es="Ayudamos.")

    own = client.page("/terms?lang=es")
    foreign = client.get("/terms?lang=ru")

    assert own.select("article h1")[0].text == "Terms in es"
    assert "Ayudamos." in own.select("article")[0].text
    assert {a["hreflang"]: a["href"] for a in own.select("link[rel=alternate][hreflang]")} == {
        "en": "http://127.0.0.1:8000/terms?lang=en",
        "es": "http://127.0.0.1:8000/terms?lang=es",
        "x-default": "http://127.0.0.1:8000/terms",
    }
    assert own.select_one("link[rel=canonical]")["href"] == "http://127.0.0.1:8000/terms?lang=es"  # type: ignore[index]
    assert foreign.headers["Content-Language"] == "en"
    assert "на английском" in foreign.text
    assert text_for(find_current("terms").texts, "ru").language == "en"  # type: ignore[union-attr]


def test_earlier_versions_stay_readable_with_what_changed(
    client: PortalClient, put_in_force: Publish
) -> None:
    put_in_force("terms", ago=400, en="You pay within 14 days.\n\nWe help.", es="Pagas.")
    put_in_force("terms", ago=9, note="More time to pay", en="You pay within 30 days.\n\nWe help.")

    now = client.page("/terms")
    before = client.page("/terms/versions/1")
    changes = client.page("/terms/versions/2/changes")

    assert [a["href"] for a in now.select(".versions a")] == [
        "/terms/versions/2",
        "/terms/versions/2/changes",
        "/terms/versions/1",
    ]
    assert "More time to pay" in now.select(".versions")[0].text
    assert "14 days" in before.select("article")[0].text
    assert "earlier version" in before.select(".callout")[0].text
    assert before.select_one("meta[name=robots][content=noindex]")
    assert [one.text for one in changes.select("del, ins")] == ["14", "30"]
    assert "Pagas." in client.get("/terms?lang=es").text, "what was not written anew goes on to be in force"
    for nowhere in (
        "/terms/versions/3",
        "/terms/versions/1/changes",
        "/terms/versions/0",
        "/privacy/versions/1",
    ):
        assert client.get(nowhere).status_code == 404


def test_what_was_published_can_be_changed_by_nobody(put_in_force: Publish) -> None:
    put_in_force("privacy", en="We keep little.")
    for statement in (
        "UPDATE legal_text SET body = 'x'",
        "UPDATE legal_version SET number = 7",
        "DELETE FROM legal_text",
        "DELETE FROM legal_version",
    ):
        with pytest.raises(DatabaseError, match="stays as it is"), db.session.begin_nested():
            db.session.execute(text(statement))


def test_a_draft_is_read_by_nobody_else_by_any_road(
    client: PortalClient, put_in_force: Publish, write: Write
) -> None:
    put_in_force("terms", en="In force.")
    write("terms", en="Unheard words", es="Palabras secretas")
    write("privacy", en="Unheard words")

    roads = [
        "/terms",
        "/terms?lang=es",
        "/terms/versions/1",
        "/terms/versions/2",
        "/terms/versions/2/changes",
    ]
    roads += [
        "/privacy",
        "/privacy/versions/1",
        "/sitemap/company.xml",
        "/sitemap.xml",
        "/contact",
        "/sign-up",
    ]
    roads += ["/admin/pages/terms/look?of=en", "/admin/pages/terms", "/admin/pages/terms/publish", "/help"]
    for road in roads:
        answer = client.get(road)
        assert "Unheard" not in answer.text, road
        assert "secretas" not in answer.text, road
    assert client.get("/privacy").status_code == 404
    assert "/terms?lang=es" not in client.get("/sitemap/company.xml").text
    assert "/privacy" not in client.get("/sitemap/company.xml").text
    assert not privacy_page_is_written()


def test_published_pages_stand_in_the_sitemap_in_each_of_their_languages(
    client: PortalClient, put_in_force: Publish
) -> None:
    put_in_force("privacy", en="We keep little.", pt_BR="Guardamos pouco.")

    sitemap = client.get("/sitemap/company.xml").text

    assert "/sitemap/company.xml</loc>" in client.get("/sitemap.xml").text
    assert "<loc>http://127.0.0.1:8000/privacy?lang=pt_BR</loc>" in sitemap
    assert "<loc>http://127.0.0.1:8000/contact?lang=ru</loc>" in sitemap
    assert privacy_page_is_written()
