"""Ready answers: kept by those who may, filled for each request, put into an answer with scripts and without."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.app import SEARCH_SOURCES
from portal.canned.actions import Saying, add_canned
from portal.canned.models import CannedAnswer
from portal.extensions import db
from portal.kb.actions import sync
from portal.kit.markdown import escape_markdown, render_markdown
from portal.people.models import Role, Team
from portal.search.index import Search
from portal.tickets.models import Ticket

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_ticket

BROWSER = Callable[..., PortalClient]


def make_canned(title: str, body: str = "Hello {name}, about {number}.", **more: str) -> CannedAnswer:
    """A canned answer; `team` names its team."""
    team = db.session.query(Team).filter_by(name=more["team"]).one().id if "team" in more else None
    answer = add_canned(Saying(title, more.get("keyword", ""), body, more.get("language"), team), None)
    db.session.commit()
    return answer


def found(browser: PortalClient, ticket: Ticket, asked: str = "") -> list[str]:
    """What the list offers."""
    query = {"ticket": ticket.number, "q": asked}
    answer = browser.get("/desk/canned/find", query_string=query, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return [str(one.text).strip() for one in soup(answer).select("[role=option] .fw-semibold")]


def texts(browser: PortalClient, ticket: Ticket, asked: str = "") -> list[str]:
    query = {"ticket": ticket.number, "q": asked}
    page = soup(browser.get("/desk/canned/find", query_string=query))
    return [str(one["data-text"]) for one in page.select("[role=option][data-text]")]


@pytest.mark.parametrize(
    "name",
    [
        "**x**", "[a](b)", "a_b_c", "`rm`", "<b>Bo</b>", "~~no~~", "# Head", "1. One", "2) Two", "- dash", "+ plus", "=x",
        "\\*", "https://evil.example/x", "//evil.example", "me@evil.example", "mailto:x@y.example", "&amp;", "| a |",
        "![p](http://x.example/p)", "{number}", "J. O'Brien-Smith (2nd)", "محمد",
    ],
)  # fmt: skip
def test_a_name_shows_as_typed_whatever_signs_it_has(name: str) -> None:
    for before, after in (("", ""), ("Hello ", ",\nthanks"), ("**", "**")):
        html = render_markdown(f"{before}{escape_markdown(name)}{after}")
        page = BeautifulSoup(html, "lxml")
        assert name in page.text
        assert not page.select("a, em, code, img, li, b, del, table, h1, h2")


def test_plain_names_stay_plain() -> None:
    assert escape_markdown("J. O'Brien-Smith (2nd)") == "J. O'Brien-Smith (2nd)"


def test_places_are_filled_and_a_name_cannot_name_one(people: Cast, browser_of: BROWSER) -> None:
    people.customer.called = "{number} *Bo*"
    ticket = make_ticket(people.customer)
    make_canned("Thanks")
    assert texts(browser_of(people.agent), ticket) == [f"Hello {{number}} \\*Bo\\*, about {ticket.number}."]


def test_the_list_offers_what_fits_best_first(people: Cast, browser_of: BROWSER) -> None:
    people.customer.language = "pt_BR"
    ticket = make_ticket(people.customer)
    make_canned("Zebra thanks", keyword="x")
    make_canned("Thanks, we look")
    make_canned("Other", keyword="thanks")
    make_canned("Thanks for the invoice", team="Billing")
    make_canned("Obrigado", "Ação. thanks", language="pt_BR")
    agent = browser_of(people.agent)
    assert found(agent, ticket, "thanks") == ["Other", "Thanks, we look", "Zebra thanks", "Obrigado"]
    assert found(agent, ticket, "ACAO") == ["Obrigado"]
    assert found(agent, ticket, "we thanks") == ["Thanks, we look"]
    assert found(agent, ticket)[0] == "Obrigado", "the customer's language first"
    for odd in ("%", "'", '"', "\\", "(", "x" * 5000, "\0zz"):
        assert found(agent, ticket, odd) in ([], ["Zebra thanks"], ["Obrigado"])


def test_articles_are_offered_by_title_in_the_customers_language_first_and_drafts_never(
    app: Flask, people: Cast, browser_of: BROWSER, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.customer.language = "ru"
    ticket = make_ticket(people.customer)
    for name, title in (
        ("en/wifi/plan", "Draft [router]"),
        ("en/wifi/set", "The *router*"),
        ("ru/wifi/net", "Router, сеть"),
    ):
        path = tmp_path / "kb" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        more = "status: draft\n" if "Draft" in title else ""
        path.write_text(f'---\ntitle: "{title}"\nsummary: About it\n{more}---\nText.\n', encoding="utf-8")
    sync(tmp_path / "kb")
    db.session.commit()
    monkeypatch.setitem(app.extensions, "search", Search(tmp_path / "index", SEARCH_SOURCES))
    app.extensions["search"].rebuild()

    manager = browser_of(people.manager)  # who may read drafts; the customer may not

    base = "http://127.0.0.1:8000/help"
    assert texts(manager, ticket, "rout") == [f"[Router, сеть]({base}/net)", rf"[The \*router\*]({base}/set)"]
    assert found(manager, ticket, "") == []


def test_a_ready_answer_is_written_changed_and_deleted(people: Cast, browser_of: BROWSER) -> None:
    manager = browser_of(people.manager)
    assert "No ready answers yet" in manager.page("/desk/canned").text
    words = {"title": "Thanks", "keyword": "thanks", "body": "Hello {name}", "language": "es", "team": ""}
    for _ in range(2):  # a double click
        assert manager.send("/desk/canned/new", {**words, "once": "o" * 20}).status_code == 303
    answer = db.session.query(CannedAnswer).one()
    assert (answer.body, answer.language, answer.team_id) == ("Hello {name}", "es", None)
    page = manager.page(f"/desk/canned/{answer.id}")
    assert page.select_one("[name=language] [selected]")["value"] == "es"  # type: ignore[index]
    billing = db.session.query(Team).filter_by(name="Billing").one()
    changed = {**words, "title": "Merci", "language": "", "team": billing.id}
    manager.send_fresh(f"/desk/canned/{answer.id}", changed)
    db.session.refresh(answer)
    assert (answer.title, answer.language, answer.team_id) == ("Merci", None, billing.id)
    assert "Merci" in manager.page(f"/desk/canned/{answer.id}/delete").text
    assert db.session.query(CannedAnswer).count() == 1, "reading deletes nothing"
    assert manager.send(f"/desk/canned/{answer.id}/delete").status_code == 303
    assert db.session.query(CannedAnswer).count() == 0
    assert manager.get(f"/desk/canned/{answer.id}").status_code == 404
    assert "deleted a ready answer" in manager.page("/admin/record").text


def test_of_two_who_change_one_the_second_is_shown_what_the_first_wrote(
    people: Cast, browser_of: BROWSER
) -> None:
    answer = make_canned("Thanks", "Hello, all is well.")
    manager, other, path = browser_of(people.manager), browser_of(people.admin), f"/desk/canned/{answer.id}"
    shown = {"shown": manager.page(path).select_one("[name=shown]")["value"]}  # type: ignore[index]
    words = {"title": "Thanks", "keyword": "", "language": "", "team": ""}
    assert (
        other.send_fresh(path, {**words, "title": "Zebra", "body": "Hello, all is done."}).status_code == 303
    )
    mine = {**words, "body": "Hello, all is mended."}
    refused = manager.send(path, {**mine, **shown})
    assert refused.status_code == 409
    page = soup(refused)
    assert "Zebra" in page.text
    assert "done" in page.select_one(".differences ins").text  # type: ignore[union-attr]
    assert "mended" in page.select_one("textarea").text  # type: ignore[union-attr]
    db.session.refresh(answer)
    assert answer.body == "Hello, all is done."
    seen = page.select_one("[name=shown]")["value"]  # type: ignore[index]
    assert manager.send(path, {**mine, "shown": seen}).status_code == 303
    db.session.refresh(answer)
    assert answer.body == "Hello, all is mended."
    assert manager.send(path, {**mine, "shown": seen}).status_code == 303, "a double click"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"body": "Hello {nmae}"}, "Nothing is known for {nmae}. These can be filled: {name}, {number}"),
        ({"body": " "}, "Write the answer"),
        ({"body": "x" * 4001}, "1 character too many"),
        ({"title": ""}, "Say what it is for"),
        ({"language": "tlh"}, "Not a valid choice"),
        ({"team": "999999"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_saved_is_said_and_kept(
    people: Cast, browser_of: BROWSER, wrong: dict[str, str], says: str
) -> None:
    words = {"title": "Kept title", "keyword": "", "body": "Kept body", "language": "", "team": "", **wrong}
    answer = browser_of(people.manager).send("/desk/canned/new", words)
    assert answer.status_code == 422
    assert says in soup(answer).text
    assert "Kept title" in answer.text or "title" in wrong
    assert db.session.query(CannedAnswer).count() == 0


def test_who_keeps_them_for_one_team_keeps_no_others(people: Cast, browser_of: BROWSER) -> None:
    common, ours = make_canned("For all"), make_canned("Ours", team="Support")
    role = db.session.query(Role).filter_by(key="agent").one()
    role.permissions = [*role.permissions, "desk.canned"]
    db.session.commit()
    agent = browser_of(people.agent)
    page = agent.page("/desk/canned")
    assert [a.text for a in page.select(".canned-row a.fw-semibold")] == ["Ours"]
    assert agent.get(f"/desk/canned/{common.id}").status_code == 404
    assert agent.send(f"/desk/canned/{common.id}/delete").status_code == 404
    words = {"title": "T", "body": "B", "language": "", "team": ""}
    assert agent.send("/desk/canned/new", words).status_code == 422, "all teams are not his"
    assert agent.send("/desk/canned/new", {**words, "team": ours.team_id}).status_code == 303


def test_without_scripts_a_page_puts_it_behind_what_was_written(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    make_canned("Thanks")
    agent = browser_of(people.agent)
    page = agent.page(f"/desk/tickets/{ticket.number}")
    button = page.select_one("#answer-form [formaction]")
    assert button
    typed = {"body": "Typed\nbefore", "kind": "answer", "then": "solved", "view": "mine"}
    chooser = soup(agent.send(str(button["formaction"]), typed))
    form = chooser.select_one("main form")
    assert form
    fields = {
        str(f["name"]): str(f.get("value") or f.text.removeprefix("\n"))
        for f in form.select("input, textarea")
    }
    put = form.select_one("button[value^=canned]")
    assert put
    back = soup(agent.send(str(form["action"]), {**fields, "put": str(put["value"])}))
    text = back.select_one("#text")
    assert text
    assert (
        text.text.removeprefix("\n").replace("\r", "")
        == f"Typed\nbefore\n\nHello Customer, about {ticket.number}."
    )
    assert back.select_one("[name=then] [selected]")["value"] == "solved"  # type: ignore[index]
    gone = soup(agent.send(str(form["action"]), {**fields, "put": "canned-999"})).select_one("#text")
    assert gone
    assert "before" in gone.text
