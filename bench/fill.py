"""Filling a scratch instance: rows straight into the tables, as years of use would have left them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, text
from tqdm import tqdm

from portal.accounts.models import SignIn
from portal.config import LANGUAGES
from portal.extensions import db
from portal.instance import prepare
from portal.kb.models import PUBLISHED, Article, Section
from portal.kit import clock, crypto
from portal.kit.markdown import excerpt, render_article, render_markdown
from portal.people.models import Grant, Membership, Organisation, Person, Role, Team
from portal.search.index import the_search
from portal.tickets.actions import FIRST_NUMBER
from portal.tickets.models import Counter, Ticket, TicketEvent

from .text import Writer

PASSWORD = "a sentence of the bench"  # noqa: S105 -- of made-up people
AGENTS, SECTIONS, TEXTS, ARTICLE_TEXTS = 12, 20, 600, 100
MESSAGES = 4
BATCH = 2000
OUR_CUSTOMER, OUR_AGENT = 1, 2  # ids; both have the same amount to see however much the others have
OUR_SHARE, OUR_TICKETS = 25, 40  # every 25th of the newest tickets is our customer's, 40 in all


@dataclass(frozen=True)
class Amounts:
    """How much an instance holds."""

    tickets: int
    open: int
    articles: int
    people: int
    topics: int
    posts: int


@dataclass(frozen=True)
class Said:
    """A message as it is stored."""

    body: str
    html: str
    brief: str
    folded: str


def token_of(person_id: int) -> str:
    """What the browser of a person holds: each is signed in."""
    return f"bench-{person_id}"


def email_of(person_id: int) -> str:
    return f"person{person_id}@example.com"


def slug_of(number: int) -> str:
    return f"article-{number}"


def _put(table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table.__table__), rows)


def fill_ground(app: Flask, amounts: Amounts) -> None:
    """What all instances share: people with their sign-ins, articles, the search index."""
    with app.app_context():
        prepare()
        # Where there is no folder of files, the worker leaves the articles of the database as they are.
        app.config["KB_CONTENT"].rmdir()
        _people(amounts)
        _articles(amounts)
        db.session.commit()
        the_search().rebuild(
            lambda d: tqdm(d, "Index", amounts.articles, unit="article", disable=None, leave=False)
        )
        db.session.remove()
        db.engine.dispose()


def _people(amounts: Amounts) -> None:
    now = clock.now()
    long_ago = now - timedelta(days=900)  # nobody is offered to practise
    _put(Team, [{"name": "Billing", "is_default": False}, {"name": "Hosting", "is_default": False}])
    _put(Organisation, [{"name": f"Company {n}"} for n in range(1, 51)])
    roles = {role.key: role.id for role in db.session.scalars(select(Role))}
    teams = db.session.scalars(select(Team.id).order_by(Team.id)).all()
    stored = crypto.hash_password(PASSWORD)
    people, grants, members, sign_ins = [], [], [], []
    for key in range(1, amounts.people + 1):
        is_agent = OUR_AGENT <= key < OUR_AGENT + AGENTS
        people.append(
            {
                "id": key,
                "email": email_of(key),
                "name": f"Person Number {key}",
                "called": f"Person {key}",
                "language": "en",
                "zone": "Europe/Lisbon",
                "password_hash": stored,
                "created_at": long_ago,
            }
        )
        grants.append({"person_id": key, "role_id": roles["customer"], "team_id": None, "given_at": long_ago})
        if is_agent:
            team = teams[(key - OUR_AGENT) % len(teams)]
            grants.append(
                {"person_id": key, "role_id": roles["agent"], "team_id": team, "given_at": long_ago}
            )
        members.append({"person_id": key, "organisation_id": key % 50 + 1})
        sign_ins.append(
            {"digest": crypto.digest(token_of(key)), "person_id": key, "ends": now + timedelta(days=30)}
        )
    for table, rows in ((Person, people), (Grant, grants), (Membership, members), (SignIn, sign_ins)):
        _put(table, rows)


def _articles(amounts: Amounts) -> None:
    """Seven of ten articles are English; each tenth of the rest is a translation of one of them."""
    writer = Writer(1)
    texts = [
        render_article(writer.article())
        for _ in tqdm(range(min(ARTICLE_TEXTS, amounts.articles)), "Articles", disable=None, leave=False)
    ]
    english = amounts.articles * 7 // 10
    rows = []
    for n in range(amounts.articles):
        number, locale = (
            (n, "en") if n < english else ((n - english) // 3, list(LANGUAGES)[1 + (n - english) % 3])
        )
        shown = texts[n % len(texts)]
        rows.append(
            {
                "locale": locale,
                "section": f"section-{number % SECTIONS}",
                "slug": slug_of(number),
                "title": writer.title(),
                "summary": writer.sentence(),
                "tags": [],
                "status": PUBLISHED,
                "order": number % 50,
                "updated": clock.now(),
                "html": shown.html,
                "toc": shown.toc,
                "plain": shown.plain,
                "heads": shown.heads,
                "minutes": 2,
                "digest": "",
            }
        )
    _put(Article, [_by_column(Article, row) for row in rows])
    counts = [sum(n % SECTIONS == place for n in range(english)) for place in range(SECTIONS)]
    _put(
        Section,
        [
            _by_column(
                Section,
                {
                    "locale": locale,
                    "slug": f"section-{n}",
                    "title": f"Section {n}",
                    "summary": writer.sentence(),
                    "order": n,
                    "articles": count,
                },
            )
            for locale in LANGUAGES
            for n, count in enumerate(counts)
            if count
        ],
    )


def _by_column(table: Any, row: dict[str, Any]) -> dict[str, Any]:
    """The row by names of columns: `order` is a word of SQL, so its column is called otherwise."""
    return {getattr(table, name).expression.name: value for name, value in row.items()}


def fill_tickets(app: Flask, amounts: Amounts) -> None:
    """Tickets of four messages with their full text; the newest are open, those before solved or closed."""
    with app.app_context():
        texts = _texts()
        made = _Tickets(amounts, texts).rows()
        bar = tqdm(desc=f"{amounts.tickets:,} tickets", total=amounts.tickets, disable=None, leave=False)
        while batch := list(islice(made, BATCH)):
            _put(Ticket, [ticket for ticket, _, _ in batch])
            _put(TicketEvent, [event for _, events, _ in batch for event in events])
            words = [{"id": ticket["id"], "public": folded} for ticket, _, folded in batch]
            sql = "INSERT INTO ticket_text (rowid, public, internal) VALUES (:id, :public, '')"
            db.session.execute(text(sql), words)
            db.session.commit()
            bar.update(len(batch))
        bar.close()
        _put(Counter, [{"name": "ticket", "value": FIRST_NUMBER + amounts.tickets}])
        db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _texts() -> list[Said]:
    writer = Writer(2)
    bodies = [writer.message() for _ in range(TEXTS)]
    return [Said(body, render_markdown(body), excerpt(body, 160), body.casefold()) for body in bodies]


class _Tickets:
    """Makes the rows of all tickets, the oldest first."""

    def __init__(self, amounts: Amounts, texts: list[Said]) -> None:
        self.amounts, self.texts = amounts, texts
        self.writer = Writer(3)
        self.dice = self.writer.dice
        self.now = clock.now()
        teams = db.session.execute(select(Team.id, Team.name).order_by(Team.id))
        self.teams = [(key, name) for key, name in teams]
        self.others = [n for n in range(1, amounts.people + 1) if n not in range(1, OUR_AGENT + AGENTS)]

    def rows(self) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]], str]]:
        """Each ticket with its events and its words for the full text."""
        for key in range(1, self.amounts.tickets + 1):
            yield self._one(key, self.amounts.tickets - key)

    def _one(self, key: int, age: int) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
        """The ticket `key`, after which `age` others came; half an hour lies between two."""
        ours = age % OUR_SHARE == 0 and age < OUR_SHARE * OUR_TICKETS
        requester = OUR_CUSTOMER if ours else self.others[key % len(self.others)]
        place = key % len(self.teams)
        team, team_name = self.teams[place]
        agents = range(OUR_AGENT + place, OUR_AGENT + AGENTS, len(self.teams))
        state = self._state(age)
        agent = None if state == "new" else agents[key % len(agents)]
        began = self.now - timedelta(minutes=30 * age + 25)
        said = self.dice.choices(self.texts, k=MESSAGES)
        events = [
            self._event(
                key, began + timedelta(minutes=5 * n), "message", by, body=one.body, html=one.html, data=data
            )
            for n, one in enumerate(said)
            for by, data in [(agent, {"team": team_name}) if agent and n % 2 else (requester, {})]
        ]
        ended = events[-1]["at"]
        if agent:
            taken = {"id": agent, "name": f"Person {agent}", "by": agent}
            events.insert(1, self._event(key, events[1]["at"], "assignee", agent, data=taken))
            events.append(self._event(key, ended, "state", agent, data={"from": "open", "to": state}))
        ticket = {
            "id": key,
            "number": FIRST_NUMBER + key,
            "subject": self.writer.title(),
            "state": state,
            "priority": self.dice.choice(("low", "normal", "normal", "normal", "high", "urgent")),
            "requester_id": requester,
            "organisation_id": requester % 50 + 1,
            "team_id": team,
            "assignee_id": agent,
            "created_at": began,
            "spoken_at": ended,
            "touched_at": ended,
            "solved_at": ended if state in ("solved", "closed") else None,
            "last_words": said[-1].brief,
            "last_by_id": agent or requester,
            "needed": "",
            **self._clock(state, age, ended),
        }
        words = "\n".join(
            [ticket["subject"].casefold(), str(ticket["number"]), *(one.folded for one in said)]
        )
        return ticket, events, words

    def _state(self, age: int) -> str:
        if age < self.amounts.open:
            return ("new", "open", "open", "waiting")[age // 4 % 4]
        # What was solved more than a week ago is closed already, else the worker would begin by closing it.
        solved = self.now - timedelta(minutes=30 * age) > self.now - timedelta(days=6)
        return "solved" if solved else "closed"

    def _clock(self, state: str, age: int, since: datetime) -> dict[str, Any]:
        """What is with us is due within a day, a twelfth of it is late; all others have no clock."""
        owed = {"new": "first", "open": "next"}.get(state)
        due = self.now + timedelta(minutes=30 * (age % 48) - 120) if owed else None
        begun = since if owed else None
        return {"owed_answer": owed, "owed_since": begun, "due_at": due, "paused_seconds": 0}

    def _event(self, ticket: int, at: datetime, kind: str, by: int | None, **more: Any) -> dict[str, Any]:
        values = {"ticket_id": ticket, "at": at, "kind": kind, "actor_id": by, "public": True}
        return values | {"body": None, "html": None, "data": {}} | more
