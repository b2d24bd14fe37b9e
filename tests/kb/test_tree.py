"""Nested sections, old addresses, translations that are older than their source, and what the check finds."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from portal.extensions import db
from portal.kb.actions import Changes, Meanwhile, sync, take_over
from portal.kb.cli import kb
from portal.kb.look import look
from portal.kb.models import Article, ArticleOrganisation, Revision
from portal.people.models import Organisation

from ..client import PortalClient
from .conftest import Write

TakeOver = Callable[[], Changes]


def test_sections_nest_and_every_page_shows_the_way(
    client: PortalClient, write: Write, take_over: TakeOver
) -> None:
    write("en/routers/wifi/guests/guest-network.md", "Guests", "x")
    write("en/routers/_section.md", "Routers", "")
    write("pt-BR/routers/wifi/_section.md", "Sem fio", "")
    write("en/welcome.md", "Welcome", "x")
    take_over()
    home = client.page("/help")
    assert {a["href"] for a in home.select("a.section-link")} == {
        "/help/section/routers",
        "/help/section/general",
    }
    assert "1 article" in home.select_one('a[href="/help/section/routers"]').text  # type: ignore[union-attr]
    inner = client.page("/help/section/routers").select_one("a.section-link")
    assert inner
    assert inner["href"] == "/help/section/routers/wifi"
    article = client.page("/help/guest-network", headers={"Accept-Language": "pt-BR"})
    assert [a.text for a in article.select(".crumbs a")][1:] == ["Routers", "Sem fio", "Guests"]
    assert client.get("/help/section/routers/nothing").status_code == 404
    assert client.get("/help/section/" + "a/" * 500).status_code == 404


def test_sections_nested_without_end_are_a_fault(write: Write, take_over: TakeOver) -> None:
    write("en/" + "a/" * 9 + "deep.md", "Deep", "x")
    write("en/a/fine.md", "Fine", "x")
    changes = take_over()
    assert changes.added == ["en/fine"]
    assert "nest at most" in changes.errors[0].why


def test_an_old_address_leads_on_for_good_in_every_language(
    client: PortalClient, write: Write, take_over: TakeOver
) -> None:
    write("en/wifi/new-name.md", "New", "x", "old addresses: [old-name, /help/wifi/older]\n")
    take_over()
    for address in ("/help/old-name", "/help/wifi/older", "/help/wifi/older/"):
        answer = client.get(f"{address}?lang=ru")
        assert (answer.status_code, answer.location) == (301, "/help/new-name?lang=ru")
    write("en/wifi/old-name.md", "Somebody else", "x")
    take_over()
    assert client.get("/help/old-name").status_code == 200, "who lives there comes before who did"
    write("en/wifi/new-name.md", "New", "x", "status: draft\nold addresses: [/help/wifi/older]\n")
    take_over()
    assert client.get("/help/wifi/older").status_code == 404


def test_a_translation_is_stale_once_its_source_changes_and_fresh_once_it_does(
    client: PortalClient, write: Write, take_over: TakeOver
) -> None:
    def is_stale() -> bool:
        page = client.page("/help/guests", headers={"Accept-Language": "es"})
        return "original" in page.select_one("main").get_text().lower()  # type: ignore[union-attr]

    write("es/wifi/guests.md", "Visitas", "Hola")
    write("en/wifi/guests.md", "Guests", "Hello")
    take_over()
    assert not is_stale()
    write("en/wifi/guests.md", "Guests", "Hello", "tags: [x]\n")
    take_over()
    assert not is_stale(), "its words are the same"
    write("en/wifi/guests.md", "Guests", "Hello you")
    take_over()
    assert is_stale()
    write("es/wifi/guests.md", "Visitas", "Hola tú")
    take_over()
    assert not is_stale()


@pytest.mark.parametrize(
    ("source", "translation", "stale"),
    [
        ("updated: 2026-05-02\n", "updated: 2026-05-01\n", True),
        ("updated: 2026-05-01\n", "updated: 2026-05-01\n", False),
        ("updated: 2026-05-01\n", "", False),
        ("", "source: 0123456789ab\n", True),
    ],
)
def test_a_new_instance_knows_what_is_stale_from_the_files_alone(
    write: Write, take_over: TakeOver, source: str, translation: str, stale: bool
) -> None:
    write("en/wifi/guests.md", "Guests", "Hello", source)
    write("es/wifi/guests.md", "Visitas", "Hola", translation)
    take_over()
    assert db.session.scalar(select(Article.stale).where(Article.locale == "es")) is stale


def test_a_command_notes_that_a_translation_is_up_to_date(
    app: Flask, write: Write, take_over: TakeOver, folder: Path
) -> None:
    write("en/wifi/guests.md", "Guests", "Hello", "updated: 2026-05-02\n")
    write("es/wifi/guests.md", "Visitas", "Hola", "updated: 2026-05-01\n")
    run = app.test_cli_runner()
    assert run.invoke(kb, ["translated", "es/guests", "--folder", str(folder)]).exit_code == 0
    assert run.invoke(kb, ["translated", "es/nothing", "--folder", str(folder)]).exit_code == 1
    take_over()
    stale = select(Article.stale).where(Article.locale == "es")
    assert db.session.scalar(stale) is False
    write("en/wifi/guests.md", "Guests", "Hello you", "updated: 2026-05-02\n")
    take_over()
    assert db.session.scalar(stale) is True


def test_of_two_files_with_one_name_the_one_that_had_it_keeps_it(
    write: Write, take_over: TakeOver, folder: Path
) -> None:
    write("en/b/same.md", "First", "x")
    take_over()
    write("en/a/same.md", "Second", "x")
    changes = take_over()
    assert "en/b/same.md has the same name already" in str(changes.errors[0])
    assert db.session.scalar(select(Article.title)) == "First"
    (folder / "en/b/same.md").unlink()
    assert take_over().changed == ["en/same"], "a moved article stays the same one"


def test_who_an_organisation_is_follows_its_name(write: Write, take_over: TakeOver) -> None:
    organisation = db.session.scalars(select(Organisation).where(Organisation.name == "Longport")).one()
    write("en/a/theirs.md", "Theirs", "x", "audience: organisation\norganisations: [longport]\n")
    changes = take_over()
    assert changes.errors == []
    assert db.session.scalars(select(ArticleOrganisation.organisation_id)).all() == [organisation.id]
    organisation.name = "Shortport"
    changes = take_over()
    assert [e.line for e in changes.errors] == [5]
    assert db.session.scalars(select(ArticleOrganisation.organisation_id)).all() == []


def test_two_who_look_at_the_same_time_do_not_write_twice(
    write: Write, folder: Path, take_over: TakeOver
) -> None:
    write("en/a/one.md", "One", "x")
    first, second = look(folder), look(folder)
    assert take_over_all(first) == ["en/one"]
    with pytest.raises(Meanwhile):
        take_over_all(second)
    before = db.session.scalar(select(Revision.value))
    assert sync(folder).same == 1
    assert db.session.scalar(select(Revision.value)) == before, "kept pages stay where nothing changed"


def take_over_all(found: Any) -> list[str]:
    return take_over(found).added


def test_the_check_names_what_is_broken_missing_stale_and_due(
    app: Flask, db_session: object, write: Write, folder: Path
) -> None:
    (folder / "en/wifi").mkdir(parents=True)
    Image.new("RGB", (9, 9)).save(folder / "en/wifi/there.png")
    good = "See [b](b.md#part), [c](/help/c), [here](#setup), [it](/tickets/new), `[x](nowhere.md)`\n\n## Setup\n\n![](there.png)"
    write("en/wifi/a.md", "A", good, "updated: 2026-02-02\n")
    write("es/wifi/a.md", "A", "x", "updated: 2026-01-01\n")
    write("en/wifi/b.md", "B", "## Part")
    write("en/bills/c.md", "C", "x", "status: draft\nold addresses: [old-c, a]\n")
    bad = "[1](b.md#no)\n[2](/help/nothing)\n[3](#no)\n![](no.png)\n[4](/nowhere)\n[5](/help/old-c)\n[6](relative)\n\n[7]: gone.md\n"
    write("en/wifi/bad.md", "Bad", bad, "tagz: [x]\nreview by: 2026-01-01\norganisation: [Nobody]\n")
    write("en/wifi/worse.md", "Worse", "x", "order: soon\n")
    write("en/wifi/out.md", "Out", "![](../../../x.png)")
    result = app.test_cli_runner().invoke(kb, ["check", "--json", "--folder", str(folder)])
    assert result.exit_code == 1
    answer = json.loads(result.stdout.splitlines()[0])
    found = {
        (p["path"], p["line"], p["kind"]) for p in answer["problems"] if p["kind"] != "missing translation"
    }
    name = "en/wifi/bad.md"
    assert found == {
        (name, 8, "heading"), (name, 9, "link"), (name, 10, "heading"), (name, 11, "picture"), (name, 12, "link"),
        (name, 13, "address"), (name, 14, "link"), (name, 16, "link"), (name, 4, "name"), (name, 5, "review"),
        (name, 6, "organisation"), ("en/bills/c.md", 5, "address"), ("es/wifi/a.md", 1, "stale translation"),
        ("en/wifi/worse.md", 4, "file"), ("en/wifi/out.md", 5, "file"), ("en/wifi/a.md", 6, "link"),
    }  # fmt: skip
    missing = [
        p for p in answer["problems"] if p["kind"] == "missing translation" and p["path"] == "en/wifi/a.md"
    ]
    assert missing[0]["why"] == "not translated: pt_BR, ru"
