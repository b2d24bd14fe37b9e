"""What was searched: counted once, by its final words, without the person."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.extensions import db
from portal.features import SEARCH_SOURCES
from portal.kit import clock
from portal.people.models import Person
from portal.readership import notes
from portal.readership.actions import KEPT, Said, record, sweep, vote
from portal.readership.jobs import take_over
from portal.readership.masking import masked
from portal.readership.models import Searched, Vote
from portal.search.index import Search

from ..client import PortalClient
from ..conftest import Cast

OURS = {"Sec-Fetch-Site": "same-origin"}
TOKEN = "t" * 20


@pytest.fixture(autouse=True)
def own_folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes of this test alone."""
    monkeypatch.setitem(app.config, "INSTANCE", tmp_path)


def found() -> list[tuple[Any, ...]]:
    """The searches, once the worker has taken over all notes."""
    for _ in range(2):
        take_over({})
    db.session.expire_all()
    rows = db.session.query(Searched).order_by(Searched.id)
    return [(row.words, row.language, row.results, row.opened, row.asked) for row in rows]


def tell(client: PortalClient, **data: str) -> int:
    return client.post("/help/searched", data={"token": TOKEN, **data}, headers=OURS).status_code


def test_a_page_of_results_counts_without_scripts_and_leads_to_the_request(
    app: Flask,
    people: Cast,
    browser_of: Callable[[Person], PortalClient],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.extensions, "search", Search(tmp_path / "index", SEARCH_SOURCES))
    app.extensions["search"].rebuild()
    customer = browser_of(people.customer)
    page = customer.page("/help/search?q=Nothing++Like THIS&lang=es")
    ask = page.select_one("main a[href^='/tickets/new?searched=']")
    assert ask
    customer.send_fresh(str(ask["href"]), {"subject": "S", "body": "B"})
    assert found() == [("nothing like this", "es", 0, "", True)]
    row = db.session.query(Searched).one()
    assert row.at.minute == row.at.second == 0
    assert not {"person_id", "source"} & set(Searched.__table__.columns.keys())


def test_while_typing_only_the_last_words_count(client: PortalClient) -> None:
    for words in ("orange", "orange light"):
        client.get(f"/help/suggest?q={words}", headers={"HX-Request": "true"})
    assert tell(client, words="orange light", results="3", language="en") == 204
    assert found() == [("orange light", "en", 3, "", False)]
    assert tell(client, words="orange light mr-6", results="2", language="en", opened="the-light") == 204
    assert found() == [("orange light mr-6", "en", 2, "the-light", False)]


def test_a_note_that_is_taken_over_twice_counts_once(app: Flask) -> None:
    line = {"token": TOKEN, "at": clock.now().isoformat(), "words": "w", "language": "en", "results": 1}
    record([line])
    record(
        [
            line,
            {"token": TOKEN, "at": line["at"], "opened": "x"},
            {"token": "u" * 20, "at": line["at"], "asked": True},
        ]
    )
    assert found() == [("w", "en", 1, "x", False)]


@pytest.mark.parametrize(
    "data",
    [{"token": "short"}, {"token": "x" * 20 + "\n"}, {"results": "-1"}, {"results": "9" * 30}, {"language": "xx"},
     {"opened": "../x"}, {"words": "w" * 201}],
)  # fmt: skip
def test_odd_tellings_are_refused(client: PortalClient, data: dict[str, str]) -> None:
    assert tell(client, **{"words": "w", **data}) == 400
    assert client.post("/help/searched", data={"token": TOKEN, "words": "w"}).status_code == 400
    assert found() == []


def test_a_page_never_fails_for_its_note(client: PortalClient, tmp_path: Path, app: Flask) -> None:
    (tmp_path / "searches").write_text("no folder")
    client.page("/help/search?q=router")


def test_one_source_fills_no_list_of_editors_and_its_searches_are_answered_all_the_same(
    app: Flask, client: PortalClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "search", Search(tmp_path / "index", SEARCH_SOURCES))
    app.extensions["search"].rebuild()
    monkeypatch.setattr(notes, "MOST_OF_ONE", 3)
    with clock.at(clock.now().replace(second=5)):
        for number in range(3):
            assert client.get(f"/help/search?q=buy+{number}").status_code == 200
            assert tell(client, token=f"{number}" * 20, words=f"beacon {number}", opened="mine") == 204
        other = app.test_client()
        other.environ_base["REMOTE_ADDR"] = "203.0.113.9"
        assert other.get("/help/search?q=somebody+else").status_code == 200
        assert [row[0] for row in found()] == ["buy 0", "beacon 0", "buy 1", "somebody else"]
    with clock.at(clock.now() + timedelta(minutes=2)):
        client.get("/help/search?q=later")
    assert found()[-1][0] == "later"


def test_no_more_is_noted_than_fits(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MOST", 300)
    for number in range(50):
        notes.note(f"{number:020}", words="w", language="en", results=1)
    with (notes.folder() / "now").open("a") as file:
        file.write("{cut off")
    assert 0 < len(found()) < 5


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("invoice of ana.sousa@example.com", "invoice of …"),
        ("ana @ example.com", "…"),
        ("call +351 912-345-678 now", "call … now"),
        ("card 4111 1111 1111 1111", "card …"),
        ("(11) 98765-4321", "(…"),
        ("٠١٢٣٤٥٦٧", "…"),
        ("wifi 6 mr-8 4.2.1 in 2026", "wifi 6 mr-8 4.2.1 in 2026"),
        ("order 10455", "order 10455"),
    ],
)
def test_what_may_tell_who_searched_is_masked(typed: str, kept: str) -> None:
    assert masked(typed) == kept


def test_all_is_forgotten_after_thirteen_months_and_the_token_after_a_day(app: Flask) -> None:
    moments = {"old": KEPT + timedelta(hours=2), "kept": timedelta(days=2), "new": timedelta(0)}
    for words, ago in moments.items():
        with clock.at(clock.now() - ago):
            at = clock.now().isoformat()
            record([{"token": words * 8, "at": at, "words": words, "language": "en", "results": 1}])
            vote(Said(True, "en"), "slug", words)
    sweep()
    db.session.expire_all()
    assert [(row.words, bool(row.token)) for row in db.session.query(Searched).order_by(Searched.id)] == [
        ("kept", False),
        ("new", True),
    ]
    assert {row.voter for row in db.session.query(Vote)} == {"kept", "new"}
