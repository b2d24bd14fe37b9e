"""The part of the story that is told in the community: a name, words, marks, and what others say of them."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

from portal.community.actions import profile_of
from portal.community.models import Topic
from portal.extensions import db
from portal.ideas.actions import Decision, decide, link_ticket, link_topic, vote
from portal.kit import clock
from portal.people.models import Person
from portal.tickets.models import Ticket

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_idea, make_post, make_space, make_topic

PNG = b"\x89PNG\r\n\x1a\n" + b"qvxzbytes" * 9


def _file() -> list[tuple[BytesIO, str]]:
    return [(BytesIO(PNG), "qvxzfilename.png")]


def talk(
    client: PortalClient, person: Person, people: Cast, browser_of: Callable[[Person], PortalClient]
) -> Topic:
    """Ask, change the words, answer elsewhere, vote, follow, put a file into a space; others answer and name them."""

    def send(path: str, **form: Any) -> None:
        kind: dict[str, Any] = {"content_type": "multipart/form-data"} if "files" in form else {}
        answer = client.send(path, form, **kind)
        assert answer.status_code in (200, 204, 303), (path, answer.status_code)

    space = make_space("Circle", "members", members=[person, people.customer, people.stranger])
    send("/community/me", name="Qvxzpublic", about="Qvxzabout")
    for one in (person, people.customer):
        profile_of(one).standing = "known"  # else such quick words wait for a moderator
    db.session.commit()
    asked: dict[str, Any] = {"space": space.slug, "kind": "question", "tags": "qvxztag"}
    with clock.at(clock.now() - timedelta(minutes=20)):
        send("/community/new", **asked, title="Qvxzold", body="Qvxzoldbody", files=_file())
    topic = db.session.query(Topic).filter_by(author_id=person.id).one()
    answer = browser_of(people.customer)
    answered = {"body": "> Qvxzoldbody\n\nWkxanswer for @Qvxzpublic", "answers": "1"}
    assert answer.send(f"{topic.address}/answer", answered).status_code == 303
    send(f"{topic.address}/posts/1/edit", title="Qvxztitle", body="Qvxztopic", tags="qvxztag")
    theirs = make_topic(space, people.customer, "Wkxsubject", "Wkxbody")
    send(f"{theirs.address}/answer", body="Qvxzreply", files=_file())
    make_post(theirs, people.stranger, "Wkxlast")
    send(f"{theirs.address}/posts/1/vote", helpful="yes")
    send(f"{theirs.address}/posts/1/react", put="like")
    send("/community/tagged/qvxztag/follow", way="bell")
    send("/community/in/circle/files", title="Qvxzitem", files=_file())
    return topic


def wish(person: Person, people: Cast, ticket: Ticket, topic: Topic) -> None:
    """Vote for an idea, suggest one that is released, and have a request and a topic ask for another."""
    space = make_space("Wishes", kinds=["idea"])
    theirs = make_idea(space, people.customer, "Wkxidea", "Wkxwish")
    own = make_idea(space, person, "Qvxzidea", "Qvxzhope")
    vote(theirs, person)
    link_ticket(theirs, ticket, people.agent)
    link_topic(theirs, topic, people.manager)
    for idea in (theirs, own):
        decide(idea, Decision("released", "Wkxreason"), people.manager)
    db.session.commit()
