"""Whether an article helped: one vote a person or browser, changed at will, with nothing about who it was."""

import time
from collections.abc import Callable

import pytest
from flask import Flask

from portal.extensions import db
from portal.people.models import Person
from portal.readership.models import Vote

from ..client import PortalClient, soup
from ..conftest import Cast

pytestmark = pytest.mark.usefixtures("centre")
Browser = Callable[[Person], PortalClient]
PLACE = "/help/guest-network/helpful"
OURS = {"Sec-Fetch-Site": "same-origin"}


def votes() -> list[tuple[bool, str, str]]:
    db.session.expire_all()
    return [(row.helpful, row.reason, row.words) for row in db.session.query(Vote).order_by(Vote.id)]


def test_a_visitor_votes_from_a_page_that_others_get_as_well(app: Flask, client: PortalClient) -> None:
    before = client.get("/help/guest-network")
    assert "csrf_token" not in before.text

    sent = client.post(PLACE, data={"answer": "yes", "locale": "en"}, headers=OURS)

    assert (sent.status_code, sent.headers["Location"]) == (303, PLACE)
    assert "Path=/help/guest-network" in sent.headers["Set-Cookie"]
    assert "HttpOnly" in sent.headers["Set-Cookie"]
    assert "Thank you" in client.page(PLACE).text
    assert "Thank you" in client.page("/help/guest-network").text
    assert "Did this help?" in app.test_client().get("/help/guest-network").text
    assert votes() == [(True, "", "")]


def test_a_vote_can_be_changed_and_explained_and_stays_one(client: PortalClient) -> None:
    for data in (
        {"answer": "yes"},
        {"answer": "no"},
        {"answer": "no", "reason": "unclear", "words": "Mail me: ana@example.com, +351 912 345 678"},
    ):
        client.post(PLACE, data={"locale": "pt_BR", **data}, headers=OURS)
    assert votes() == [(False, "unclear", "Mail me: … …")]
    client.post(PLACE, data={"locale": "en", "answer": "yes"}, headers=OURS)
    assert votes() == [(True, "", "")]


def test_persons_and_browsers_have_a_vote_each_and_no_row_tells_whose(
    client: PortalClient, people: Cast, browser_of: Browser
) -> None:
    for browser in (
        client,
        browser_of(people.customer),
        browser_of(people.customer),
        browser_of(people.agent),
    ):
        for slug in ("guest-network", "place-the-router"):
            browser.post(f"/help/{slug}/helpful", data={"answer": "yes", "locale": "en"}, headers=OURS)
    rows = db.session.query(Vote).all()
    assert len(rows) == 6
    assert len({row.voter for row in rows}) == 6
    assert not {"person_id", "source", "address"} & set(Vote.__table__.columns.keys())


def test_htmx_gets_the_piece_and_the_focus_goes_there(client: PortalClient) -> None:
    answer = client.post(PLACE, data={"answer": "no", "locale": "en"}, headers={**OURS, "HX-Request": "true"})
    piece = soup(answer)
    assert piece.select_one("#helped [data-focus]")
    assert len(piece.select("input[name=reason]")) == 4


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
     {"Origin": "null"}, {"Origin": "http://[", "Referer": "x"}],
)  # fmt: skip
def test_a_vote_from_another_site_does_not_count(client: PortalClient, headers: dict[str, str]) -> None:
    assert client.post(PLACE, data={"answer": "yes", "locale": "en"}, headers=headers).status_code == 400
    assert votes() == []


def test_a_vote_where_the_browser_names_only_its_origin_counts(client: PortalClient) -> None:
    client.post(PLACE, data={"answer": "yes", "locale": "en"}, headers={"Origin": "http://localhost"})
    assert votes() == [(True, "", "")]


@pytest.mark.parametrize(
    ("data", "status"),
    [({}, 422), ({"answer": "maybe"}, 422), ({"answer": "no", "locale": "xx"}, 422),
     ({"answer": "no", "words": "x" * 1001}, 422), ({"answer": "no", "reason": "\x00<b>", "words": "\x00\ud800<b>"}, 303)],
)  # fmt: skip
def test_odd_votes_break_nothing(client: PortalClient, data: dict[str, str], status: int) -> None:
    sent = {name: value.encode("utf-8", "surrogatepass") for name, value in {"locale": "en", **data}.items()}
    assert client.post(PLACE, data=sent, headers=OURS).status_code == status
    assert all(reason == "" for _, reason, _ in votes())


def test_a_hundred_thousand_fields_are_no_vote_and_take_no_time(client: PortalClient) -> None:
    began = time.process_time()
    many = "&".join(f"f{number}=x" for number in range(100_000))
    kind = "application/x-www-form-urlencoded"
    assert client.post(PLACE, data=many, content_type=kind, headers=OURS).status_code in (400, 422)
    parts = {f"f{number}": "x" for number in range(2_000)}
    sent = client.post("/help/searched", data=parts, content_type="multipart/form-data", headers=OURS)
    assert sent.status_code == 413
    assert time.process_time() - began < 3
    assert votes() == []


def test_nobody_votes_on_what_they_may_not_read(client: PortalClient) -> None:
    for slug in ("secret-plans", "nothing-here"):
        answer = client.post(f"/help/{slug}/helpful", data={"answer": "yes", "locale": "en"}, headers=OURS)
        assert answer.status_code == 404
        assert client.get(f"/help/{slug}/helpful").status_code == 404


def test_one_source_votes_only_so_often(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "LIMIT_VOTES", 2)
    sent = [
        app.test_client().post(PLACE, data={"answer": "yes", "locale": "en"}, headers=OURS).status_code
        for _ in range(3)
    ]
    assert sent == [303, 303, 429]
    assert len(votes()) == 2
