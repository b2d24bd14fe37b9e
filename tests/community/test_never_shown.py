"""Words that are held, hidden or withdrawn, and those of closed spaces: no page, list, count, feed, notice or mail has them."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from portal.community.actions import add_post, profile_of
from portal.community.gate import Verdict
from portal.community.models import Post, Profile, Topic
from portal.community.people import call
from portal.community.rooms import put_files, remove_member
from portal.crossing.actions import note_articles
from portal.extensions import db
from portal.features import SEARCH_SOURCES
from portal.mail.models import Letter
from portal.moderation.actions import Because, hide
from portal.notifications.models import Notice
from portal.people.models import Person
from portal.search.index import Search
from portal.tickets.actions import Words

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_idea, make_post, make_space, make_topic

CANARY = "unsaid"
GATES = ("held", "hidden", "withdrawn", "recalled")
PAGES = (
    "/",
    "/community",
    "/community?show=new",
    "/community?show=unanswered",
    "/community?show=question",
    "/community/in/open",
    "/community/in/open?show=question&tag=unsaidtag",
    "/community/in/unsaidroom",
    "/community/in/unsaidroom/feed.xml",
    "/community/tagged/unsaidtag",
    "/community/people/{stranger}",
    "/community/{open}",
    "/community/{open}?at=last",
    "/community/{open}?known=1&at=1",
    "/community/new?title=unsaidwords",
    "/community/new?title=unsaidtopic",
    "/ideas/new?title=unsaididea",
    "/ideas?state=all",
    "/ideas?state=all&q=unsaididea",
    "/ideas/roadmap",
    "/help/search?q=unsaidwords",
    "/help/search?q=unsaidtopic",
    "/help/published-one/topics",
    "/community/feed.xml",
    "/community/in/open/feed.xml",
    "/ideas/changes.xml",
    "/sitemap.xml",
    "/sitemap/community.xml",
    "/sitemap/topics/0.xml",
    "/account/notices",
    "/account/notices/latest",
    "/community/mine",
    "/community/mine/acts",
    "/live?topic=topic-{held}",
    "/live?topic=topic-{inner}",
)
OF_A_POST = ("edit", "history", "quote", "report", "hide", "to-article")
ACTS = ("vote", "react", "accept", "report", "withdraw", "restore", "edit", "show")


@pytest.fixture
def world(app: Flask, people: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """An open question with one answer that is shown, and all around it what the stranger wrote and nobody else reads."""
    monkeypatch.setitem(app.extensions, "search", Search(tmp_path / "index", SEARCH_SOURCES))
    call(people.customer, "Tomás")
    call(people.stranger, "Unsaidname")
    space = make_space("Open")
    topic = make_topic(space, people.customer, "Open question")
    make_post(topic, people.colleague, "Shown answer")
    for gate in GATES:
        content = FileStorage(BytesIO(b"unsaid content"), "unsaidfile.txt")
        add_post(
            topic, Words("@Tomás unsaidwords", [("unsaidfile.txt", content)]), people.stranger, Verdict(gate)
        )
    words = "unsaidwords /help/published-one"
    held = make_topic(space, people.stranger, "Unsaidtopic", words, tags=["unsaidtag"], gate="held")
    note_articles(db.session.query(Post).filter_by(topic_id=held.id).one())
    room = make_space("Unsaidroom", "members", members=[people.stranger])
    inner = make_topic(room, people.stranger, "Unsaidtopic @Tomás", "unsaidwords", tags=["unsaidtag"])
    put_files(
        room,
        "Unsaidplan",
        Words("", [("unsaid.txt", FileStorage(BytesIO(b"unsaid"), "unsaid.txt"))]),
        people.stranger,
    )
    make_idea(make_space("Wishes", kinds=["idea"]), people.stranger, "Unsaididea", gate="held")
    db.session.commit()
    profile = db.session.get_one(Profile, people.stranger.id)
    return {"open": topic.id, "held": held.id, "inner": inner.id, "stranger": profile.number}


def _leaks(browser: PortalClient, world: dict[str, int]) -> Iterator[str]:
    """Addresses whose answers hold what is not shown, beside what was asked for."""
    for pattern in PAGES:
        path = pattern.format(**world)
        answer = browser.get(path)
        asked = [word for values in parse_qs(urlsplit(path).query).values() for word in values]
        asked += [part for part in urlsplit(path).path.split("/") if CANARY in part]
        told = f"{answer.headers}{answer.text}".lower()
        for word in sorted(asked, key=len, reverse=True):
            told = told.replace(word, "")
        if CANARY in told:
            yield path
    for begun in ("", "uns"):
        if CANARY in browser.send(f"/community/{world['open']}/people", {"q": begun}).text.lower():
            yield f"the names that begin with “{begun}”"


def _reached(browser: PortalClient) -> Iterator[str]:
    """Addresses of posts that are not shown which answer otherwise than if there were none."""
    for post in db.session.query(Post).filter(Post.gate != "").all():
        base, form = f"/community/{post.topic_id}/posts/{post.place}", {"helpful": "yes", "put": "like"}
        answers = [browser.get(f"{base}/{act}") for act in OF_A_POST]
        answers += [browser.send(f"{base}/{act}", {**form, "taken": "yes", "body": "x"}) for act in ACTS]
        yield from (file.url for file in post.files if browser.get(file.url).status_code != 404)
        for one in answers:
            if one.status_code not in (303, 401, 403, 404) or CANARY in one.text.lower():
                yield one.request.path


def test_nobody_learns_of_what_is_not_shown(
    app: Flask,
    world: dict[str, int],
    people: Cast,
    browser_of: Callable[[Person], PortalClient],
    work: Callable[[], int],
) -> None:
    work()
    visitor: Any = app.test_client()
    for browser in (visitor, browser_of(people.customer), browser_of(people.agent)):
        assert list(_leaks(browser, world)) == []
    for browser in (visitor, browser_of(people.customer)):
        assert list(_reached(browser)) == []
    letters = db.session.query(Letter).all()
    assert letters  # of the answer that is shown
    told = [f"{row.subject}{row.text}{row.html}" for row in letters]
    told += [
        f"{row.data}{row.address}"
        for row in db.session.query(Notice).filter(Notice.person_id != people.stranger.id)
    ]
    assert not [words for words in told if CANARY in words.lower()]
    topic = db.session.get_one(Topic, world["open"])
    assert (topic.posts, topic.last_by_id, topic.space.topics) == (2, people.colleague.id, 1)
    assert (profile_of(people.stranger).posts, profile_of(people.stranger).accepted) == (1, 0)


def test_what_is_hidden_is_gone_at_once_also_before_the_worker_has_come(
    app: Flask,
    world: dict[str, int],
    people: Cast,
    browser_of: Callable[[Person], PortalClient],
    work: Callable[[], int],
) -> None:
    late = make_post(db.session.get_one(Topic, world["open"]), people.stranger, "@Tomás unsaidwords")
    opened = make_topic(
        db.session.get_one(Topic, world["open"]).space, people.stranger, "Unsaidtopic", "unsaidwords"
    )
    work()
    asker = browser_of(people.customer)
    assert list(_leaks(asker, world))
    first = db.session.query(Post).filter_by(topic_id=opened.id).one()

    hide([late, first], people.manager, Because("private"))
    db.session.commit()

    assert list(_leaks(asker, world)) == []


def test_who_leaves_a_circle_hears_and_reads_nothing_of_it_any_more(
    world: dict[str, int], people: Cast, browser_of: Callable[[Person], PortalClient]
) -> None:
    topic = db.session.get_one(Topic, world["inner"])
    make_post(topic, people.manager, "Answer")
    browser = browser_of(people.stranger)
    assert browser.get(f"/community/{topic.id}").status_code == 200
    remove_member(topic.space, people.stranger.id, people.manager)
    db.session.commit()
    for path in (
        f"/community/{topic.id}",
        f"/live?topic=topic-{topic.id}",
        f"/community/{topic.id}/posts/1/edit",
    ):
        assert browser.get(path).status_code == 404
    for act in ("withdraw", "restore", "edit"):
        assert (
            browser.send(f"/community/{topic.id}/posts/1/{act}", {"body": "x", "title": "x"}).status_code
            == 404
        )
    assert browser.send(f"/community/{topic.id}/answer", {"body": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("public", {"visitor", "customer", "colleague", "stranger", "agent", "manager"}),
        ("signed-in", {"customer", "colleague", "stranger", "agent", "manager"}),
        ("organisation", {"customer", "colleague", "manager"}),
        ("members", {"customer", "manager"}),
    ],
)
def test_a_space_opens_for_those_alone_whom_it_names(
    app: Flask,
    people: Cast,
    browser_of: Callable[[Person], PortalClient],
    audience: str,
    readers: set[str],
) -> None:
    """Rows 16 and 61: its page, its topics, the list of all, and what a window may hear."""
    home = people.customer.memberships[0].organisation if audience == "organisation" else None
    space = make_space("Room", audience, organisation=home, members=(people.customer,))
    topic = make_topic(space, people.manager, "Unsaidtopic")
    hears = app.extensions["live_rights"]["topic"]
    for name in ("visitor", "customer", "colleague", "stranger", "agent", "manager"):
        person = getattr(people, name, None)
        browser: Any = browser_of(person) if person else app.test_client()
        listed = "Unsaidtopic" in browser.get("/community").text
        opened = [browser.get(path).status_code == 200 for path in (topic.address, space.address)]
        assert [listed, *opened, hears(person, topic.id)] == [name in readers] * 4, name
