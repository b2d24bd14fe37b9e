"""A person who leaves a word of theirs in every place where the portal keeps something of people."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import Table, inspect, text
from sqlalchemy.types import JSON, String

from portal.accounts.models import AddressChange, MailLink
from portal.audit.models import AuditEntry
from portal.community.actions import Opening, begin_topic
from portal.community.gate import Verdict
from portal.community.laws import Rule
from portal.community.models import Post, Profile, Space, Topic
from portal.company.models import TestMail
from portal.crossing.actions import Wanted, note_articles, propose, wish_for_answer
from portal.extensions import db
from portal.inbox.actions import take_in
from portal.kb.models import Article
from portal.kit import clock
from portal.mail.models import Letter
from portal.outbox.models import Job
from portal.people.models import Membership, Person
from portal.practice.models import Practice
from portal.staff.models import Invitation
from portal.tickets.actions import Words, reply
from portal.tickets.models import LinkStop, Ticket, TicketEvent

from ..client import PortalClient
from ..conftest import Cast
from ..inbox.mails import mail, reply_to, with_file
from ..make import PASSWORD, make_answer, make_note, make_space, make_ticket, make_topic, take
from .talk import talk, wish

EMAIL = "qvxzaddress@example.org"
SOURCE = "203.0.113.77"
WORD = re.compile(rf"qvxz[a-z]*|{re.escape(SOURCE)}")
PNG = b"\x89PNG\r\n\x1a\n" + b"qvxzbytes" * 9
# Columns that tell of people: what of them is a word of ours, a number or a digest.
OURS = {
    # The company's own pages, and who said yes to which
    "legal_version": {"kind"},
    "legal_text": {"language", "title", "body", "html", "note"},
    "legal_draft": {"kind", "language", "title", "body", "note"},
    "legal_acceptance": {"language", "way"},
    "person": {"language", "zone", "password_hash", "erased"},
    "sign_in": {"digest"},
    "mail_link": {"digest", "purpose"},
    "address_change": {"proof"},
    "practice": {"language", "state", "steps"},
    "audit_entry": {"act", "about"},
    "draft": {"place"},
    "incoming_mail": {"digest", "raw_key", "state", "reason"},
    "letter": {"message_id", "thread"},
    "notice": {"class", "kind", "key", "address", "about"},
    "mail_choice": {"class"},
    "job": {"kind", "key", "lane"},
    "once": {"word", "address"},
    "ticket": {"kind", "state", "gate", "reach", "priority", "code_digest", "owed_answer", "article"},
    "ticket_event": {"kind"},
    "attachment": {"key", "type"},
    "solved_by_article": {"word", "article", "locale"},
    "crossing": {"to"},
    "proposal": {"taken_out", "state"},
    "article_wish": {"article"},
    "article_topic": {"article"},
    "profile": {"erased", "standing"},
    "topic": {"kind", "locale", "gate"},
    "post": {"gate", "reactions", "why"},
    "post_file": {"key", "type"},
    "reaction": {"sign"},
    "follow": {"kind"},
    "space_item": {"key", "type"},
    "idea": {"state", "reason", "quarter"},
    "idea_step": {"state", "reason"},
    "idea_vote": {"voter"},
    "report": {"reason", "outcome"},
    "moderator_act": {"act", "data"},
    "test_mail": {"sender", "token_digest", "arrived_by"},
    "community_rule": {"kind", "pattern", "does"},
    "invitation": {"language", "offers", "digest", "state"},
}


@dataclass
class Told:
    """Who it is, and the requests of the story."""

    person: Person
    open: Ticket
    solved: Ticket
    followed: Ticket
    unconfirmed: Ticket
    topic: Topic


def personal_tables() -> dict[str, Table]:
    """Tables that point to a person, or to such a table, or have a column that tells of one."""
    telling = {"email", "person_id", "recipient", "sender", "payload"}
    tables = db.metadata.tables
    found = {"person"} | {name for name, table in tables.items() if telling & set(table.columns.keys())}
    while more := {
        name
        for name, table in tables.items()
        if name not in found and any(key.column.table.name in found for key in table.foreign_keys)
    }:
        found |= more
    return {name: tables[name] for name in sorted(found)}


def word_columns(table: Table) -> set[str]:
    """Columns that hold words or JSON, without those in which all is ours."""
    kinds = {column.name for column in table.columns if isinstance(column.type, String | JSON)}
    return kinds - OURS.get(table.name, set())


def everything() -> Iterator[tuple[str, str]]:
    """Every table of the database, also those that no model knows, and all that each of its rows holds."""
    for table in inspect(db.session.connection()).get_table_names():
        for row in db.session.execute(text(f'SELECT * FROM "{table}"')):
            values = (v.decode("utf-8", "ignore") if isinstance(v, bytes) else str(v) for v in row)
            yield table, "\n".join(values).lower()


def _cross(person: Person, ticket: Ticket, agent: Person) -> None:
    """Words that others may be shown, an answer that could be an article, and a topic that came of another request."""
    space = Space(slug="crossing", name="Crossing")
    db.session.add(space)
    db.session.flush()
    propose(ticket, Wanted(space, "Qvxzproposed", "Qvxzproposedquestion", "Qvxzproposedanswer"), agent)
    said = db.session.query(TicketEvent).filter_by(ticket_id=ticket.id, actor_id=agent.id, kind="message")
    wish_for_answer(said.order_by(TicketEvent.id).limit(1).one(), "Qvxzwish", "Qvxzwished", agent)
    topic = begin_topic(space, Opening("Qvxztopic"), Words("Qvxztopicwords /help/vpn"), person, Verdict())
    note_articles(db.session.query(Post).filter_by(topic_id=topic.id).one())
    db.session.commit()


def _post_multipart(client: PortalClient, path: str, **form: Any) -> Any:
    files = [(BytesIO(PNG), "qvxzfilename.png")]
    answer = client.send(path, {**form, "files": files}, content_type="multipart/form-data")
    assert answer.status_code == 303
    return answer


def live(
    app: Flask, people: Cast, browser_of: Callable[[Person], PortalClient], work: Callable[[], int]
) -> Told:
    """Sign up, ask, follow, rate, draft, write by mail, be written about."""
    client: PortalClient = app.test_client()  # type: ignore[assignment]
    client.environ_base |= {"REMOTE_ADDR": SOURCE, "HTTP_USER_AGENT": "qvxzbrowser"}
    _ask_as_visitor(client)
    unconfirmed = _newest_ticket()
    work()
    client.send("/sign-up", {"name": "Qvxzcalled", "email": EMAIL, "password": PASSWORD})
    client.send(_link_in("/confirm/", work))
    person = db.session.query(Person).filter_by(email=EMAIL).one()
    person.memberships.append(Membership(organisation_id=people.stranger.memberships[0].organisation_id))
    profile = {"called": "Qvxzcalled", "name": "Qvxzname", "language": "en", "zone": ""}
    assert client.send("/account/profile", profile).status_code == 303
    client.send("/account/notices/choices", {"answer": "y", "state": "y"})

    opened = _ask(client, "Qvxzsubject", people.agent, browser_of)
    db.session.commit()
    client.send(f"/tickets/{opened.number}/followers", {"email": "friend@example.net"})
    work()
    solved = _ask(client, "Qvxzsubject again", people.agent, browser_of)
    make_answer(solved, people.agent, "Qvxzdone", then="solved")
    rated = client.send(f"/tickets/{solved.number}/rating", {"score": "5", "comment": "Qvxzcomment"})
    assert rated.status_code == 303
    followed = _follow(client, people, browser_of, work)
    topic = talk(client, person, people, browser_of)
    _meet_moderators(client, person, people, browser_of)
    wish(person, people, opened, topic)
    _write_mails(opened, person, work)
    db.session.expire_all()
    reply(opened, Words("Qvxzanswer"), people.agent, then="waiting", needed="Qvxzneeded")
    db.session.commit()
    work()
    _say_how_it_is(client)
    _leave_the_rest(client, person, opened)
    _cross(person, opened, people.agent)
    return Told(person, opened, solved, followed, unconfirmed, topic)


def _newest_ticket() -> Ticket:
    return db.session.query(Ticket).order_by(Ticket.id.desc()).limit(1).one()


def _link_in(kind: str, work: Callable[[], int]) -> str:
    work()
    letters = db.session.query(Letter).filter_by(recipient=EMAIL).order_by(Letter.id.desc())
    found = (re.search(rf"http://127\.0\.0\.1:8000({kind}\S+)", letter.text or "") for letter in letters)
    return next(link[1] for link in found if link)


def _ask_as_visitor(client: PortalClient) -> None:
    hidden = client.page("/tickets/new").select("#ask input[type=hidden]")
    form = {str(f["name"]): str(f.get("value", "")) for f in hidden}
    form |= {"name": "Qvxzvisitor", "email": EMAIL, "subject": "Qvxzunproven", "body": "Qvxzunprovenbody"}
    assert client.send("/tickets/new", form).status_code == 303


def _ask(
    client: PortalClient, subject: str, agent: Person, browser_of: Callable[[Person], PortalClient]
) -> Ticket:
    """A request, taken and answered by an agent, who needs something, with a note and a draft about it."""
    _post_multipart(client, "/tickets/new", subject=subject, body="Qvxzbody")
    ticket = _newest_ticket()
    take(ticket, agent)
    make_note(ticket, agent, "Qvxznote")
    reply(ticket, Words("Qvxzanswer"), agent, then="waiting", needed="Qvxzneeded")
    db.session.commit()
    desk = browser_of(agent)
    place = f"desk-{ticket.number}-note"
    form = {"place": place, "once": "o" * 20, "window": "w" * 20, "base": "0", "step": "0"}
    assert desk.send("/drafts/keep", {**form, "words.body": "Qvxzagentdraft"}).status_code == 200
    return ticket


def _say_how_it_is(client: PortalClient) -> None:
    """Feedback, with the words that the page was asked for."""
    form = {"mood": "2", "body": "Qvxzfelt", "page": "/help/search?q=Qvxzsearched", "answer": "y"}
    _post_multipart(client, "/feedback", **form)


def _follow(
    client: PortalClient, people: Cast, browser_of: Callable[[Person], PortalClient], work: Callable[[], int]
) -> Ticket:
    """Somebody else's request, in which the person writes as well."""
    ticket = make_ticket(people.customer, "Wkxsubject", "Wkxbody")
    browser_of(people.customer).send(f"/tickets/{ticket.number}/followers", {"email": EMAIL})
    client.send(_link_in("/tickets/join/", work))
    make_answer(ticket, people.agent, "Wkxanswer", then="open")
    _post_multipart(client, f"/tickets/{ticket.number}/answer", body="Qvxzelsewhere")
    work()
    return ticket


def _meet_moderators(
    client: PortalClient, person: Person, people: Cast, browser_of: Callable[[Person], PortalClient]
) -> None:
    """Report a post of somebody else, be suspended, and have made a rule."""
    topic = make_topic(make_space("Wkxplace"), people.customer, "Wkxtitle", "Wkxpost")
    said = {"body": "Qvxzlonger words that are many enough to be compared"}
    assert client.send(f"/community/{topic.id}/answer", said).status_code == 303
    report = {"reason": "rude", "words": "Qvxzreport"}
    assert client.send(f"/community/{topic.id}/posts/1/report", report).status_code == 303
    number = db.session.query(Profile.number).filter_by(person_id=person.id).scalar()
    form = {"length": "1", "reason": "rude", "words": "Qvxzsuspended"}
    answer = browser_of(people.manager).send(f"/community/people/{number}/suspend", form)
    assert answer.status_code == 303
    db.session.add(Rule(kind="word", pattern="nothing here", by_id=person.id))
    db.session.commit()


def _write_mails(ticket: Ticket, person: Person, work: Callable[[], int]) -> None:
    """One that stands in a request, one that waits to be sorted, each with a file."""
    sender = f"Qvxzsender <{EMAIL}>"
    placed = mail(sender, reply_to(ticket.id, person.id), body="Qvxzmailed")
    ids = {"Message_ID": "<qvxzid@example.org>", "In_Reply_To": "<qvxzanswered@example.org>"}
    waiting = mail(sender, subject="Qvxzmailsubject", body="Qvxzmailbody", **ids)
    for one in (placed, waiting):
        take_in(with_file(one, "qvxzmailfile.png", PNG).as_bytes())
    db.session.commit()
    work()


def _leave_the_rest(client: PortalClient, person: Person, ticket: Ticket) -> None:
    """A draft, a question that an article answered, and what is under way or went wrong."""
    form = {"place": "new", "once": "p" * 20, "base": "0", "step": "0"}
    for window, words in (("v", "Qvxzdraft"), ("u", "Qvxzotherdraft")):
        one = {**form, "window": window * 20, "words.body": words}
        assert client.send("/drafts/keep", one).status_code == 200
    names = {
        "slug": "vpn",
        "locale": "en",
        "section": "vpn",
        "title": "VPN",
        "status": "published",
        "digest": "x",
    }
    db.session.add(Article(**names, html="<p>x</p>", plain="x", heads="", tags=[], toc=[]))
    db.session.commit()
    asked = {"once": "q" * 20, "question": "Qvxzquestion", "article": "vpn"}
    assert client.send("/tickets/new/solved", asked).status_code == 303
    client.send("/lost-password", {"email": EMAIL})
    payload = {"purpose": "confirm", "email": EMAIL, "values": {"called": "Qvxzpending"}}
    day = clock.now() + timedelta(days=1)
    change = {"proof": "password", "old": EMAIL, "new": "qvxznewaddress@example.org", "ends": day}
    practised = [{"body": "Qvxzpractised", "html": "", "note": False, "at": day.isoformat()}]
    db.session.add_all(
        [
            Job(kind="accounts.link", payload=payload, dead=clock.now(), error=f"refused: {EMAIL}"),
            AddressChange(person_id=person.id, **change),
            Practice(person_id=person.id, language="en", said=practised),
            TestMail(
                person_id=person.id,
                recipient=EMAIL,
                sender="help@example.com",
                token_digest="t" * 64,
                answer="qvxzaccepted",
                trouble="qvxzrefused",
                checks={"spf": {"said": "qvxzspf"}},
            ),
            LinkStop(ticket_id=ticket.id, person_id=person.id, before=clock.now()),
            Invitation(
                email=EMAIL, called="Qvxzinvited", language="en", offers=[], by_id=person.id, ends=clock.now()
            ),
            AuditEntry(
                act="changed the profile", about=f"person {person.id}", detail={"was": EMAIL}, source=SOURCE
            ),
            MailLink(
                digest="d" * 64,
                purpose="confirm",
                email=EMAIL,
                payload={"called": "Qvxzpending"},
                ends=clock.now() + timedelta(hours=1),
            ),
        ]
    )
    db.session.commit()
