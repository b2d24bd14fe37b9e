"""Filling a demo instance through the same verbs that people use, with a clock set to the past."""

import re
import shutil
import struct
import zlib
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from flask import current_app
from sqlalchemy import select, update
from tqdm import tqdm
from werkzeug.datastructures import FileStorage

from ..accounts.notices import NEW_SIGN_IN
from ..canned.actions import Saying, add_canned
from ..company.actions import save_first
from ..config import ROOT
from ..drafts.actions import keep
from ..drafts.forms import Text
from ..extensions import db
from ..inbox.actions import take_in
from ..kb.actions import sync
from ..kit import clock, crypto
from ..kit.forms import new_once
from ..notifications.actions import News, notify
from ..notifications.models import Notice
from ..outbox.actions import drop_waiting, enqueue
from ..outbox.models import Job
from ..outbox.worker import Worker
from ..people.actions import give_role
from ..people.models import Membership, Organisation, Person, Team
from ..tickets.actions import CLOSES_AFTER, Words, assign, note, open_ticket, reply, set_state
from ..tickets.answers import solve
from ..tickets.models import Ticket, TicketEvent
from ..tickets.notices import tell
from .community import fill_community
from .crossings import fill_crossings
from .feedback import fill_feedback
from .ideas import fill_ideas
from .legal import fill_legal
from .others import fill_others
from .readership import fill_readership
from .remove import note_marks
from .staff import fill_staff

HERE = Path(__file__).parent
SETTINGS = 'demo = true\nname = "Lindwire"\nzone = "Europe/Lisbon"\n'
STEPS = {"d": "days", "h": "hours", "m": "minutes"}


def write_settings(instance: Path) -> None:
    """The demo's portal.toml and its copy of the articles; what is there already stays."""
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    (instance / "portal.toml").write_text(SETTINGS, encoding="utf-8")
    if not (instance / "kb_content").exists():
        shutil.copytree(ROOT / "kb_content", instance / "kb_content")


def _moment(ago: str, start: datetime) -> datetime:
    parts = {STEPS[unit]: int(number) for number, unit in re.findall(r"(\d+)([dhm])", ago)}
    return start - timedelta(**parts)


def _read(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def _picture() -> bytes:
    """A small picture, drawn here: stripes from light to dark."""
    width, height = 320, 180
    rows = b"".join(
        b"\0" + bytes(90 + (x + y) % 120 for x in range(width) for _ in range(3)) for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def _words(message: dict[str, Any]) -> Words:
    files = []
    for file in message.get("files") or ():
        data = _picture() if file["type"] == "png" else file["text"].encode()
        files.append((file["name"], FileStorage(BytesIO(data), file["name"])))
    return Words(message["text"].strip(), files)


def _people() -> tuple[dict[str, Person], dict[str, Team]]:
    data = _read("people.yaml")
    teams: dict[str, Team] = {}
    for row in data["teams"]:
        known = db.session.scalar(select(Team).where(Team.name == row["name"]))
        teams[row["key"]] = known or Team(name=row["name"], is_default=bool(row.get("default")))
        db.session.add(teams[row["key"]])
    organisations = {row["key"]: Organisation(name=row["name"]) for row in data["organisations"]}
    db.session.add_all(organisations.values())
    db.session.flush()
    stored = crypto.hash_password(current_app.config["DEMO_PASSWORD"])
    people = {}
    for row in data["people"]:
        came = _moment(row.get("came", "400d"), clock.now())
        person = Person(
            email=row["email"],
            name=row["name"],
            called=row["called"] or "",
            language=row["language"],
            zone=row["zone"],
            password_hash=stored,
            created_at=came,
            confirmed_at=came,
        )
        if row.get("organisation"):
            person.memberships.append(Membership(organisation=organisations[row["organisation"]]))
        db.session.add(person)
        db.session.flush()
        for held in [{"role": "customer", "team": None}, *row["roles"]]:
            if held["role"] != "customer" or not any(g.role.key == "customer" for g in person.grants):
                give_role(person, held["role"], team=teams.get(held["team"] or "")).given_at = came
        people[row["email"]] = person
    return people, teams


def _act(ticket: Ticket, message: dict[str, Any], by: Person) -> None:
    if message["kind"] == "solved":
        set_state(ticket, "solved", by)
    elif message["kind"] == "note":
        note(ticket, _words(message), by)
    else:
        reply(ticket, _words(message), by, then=message.get("then"), needed=message.get("needed", ""))


def _conversation(
    row: dict[str, Any], people: dict[str, Person], teams: dict[str, Team], start: datetime
) -> None:
    first, *rest = row["messages"]
    with clock.at(_moment(first["ago"], start)):
        ticket = open_ticket(
            row["subject"],
            _words(first),
            people[row["by"]],
            team=teams[row["team"]],
            priority=row["priority"],
        )
    assignee = people.get(row["assignee"] or "")
    for message in rest:
        by = people[message["by"]]
        with clock.at(_moment(message["ago"], start)):
            if assignee and by.id != ticket.requester_id and ticket.assignee_id is None:
                assign(ticket, assignee, assignee)
            _act(ticket, message, by)
    if assignee and ticket.assignee_id is None:
        with clock.at(_moment(rest[-1]["ago"] if rest else first["ago"], start) + timedelta(minutes=3)):
            assign(ticket, assignee, assignee)
    if row["state"] == "closed" and ticket.solved_at:
        with clock.at(ticket.solved_at + CLOSES_AFTER):
            set_state(ticket, "closed", None)


def _asking(people: dict[str, Person], start: datetime) -> None:
    """Questions that articles answered, and drafts; after the articles are there."""
    data = _read("asking.yaml")
    for number, row in enumerate(data["solved"], 1):
        by = people[row["by"]] if row["by"] else None
        with clock.at(_moment(row["ago"], start)):
            solve(f"solved-by-an-article-{number}", row["question"], row["article"], by, row["language"])
    for row in data["drafts"]:
        with clock.at(_moment(row["ago"], start)):
            keep(people[row["by"]], row["place"], Text(row["fields"], new_once(), "demo", 0), 0)


def _canned(teams: dict[str, Team]) -> None:
    for row in _read("canned.yaml"):
        team = teams[row["team"]].id if row["team"] else None
        add_canned(Saying(row["title"], row["keyword"], row["body"].strip(), row["language"], team), None)


def _notices(people: dict[str, Person], start: datetime) -> None:
    """What stands under the bells from the weeks before; it was read, but for the last day."""
    yesterday = start - timedelta(days=1)
    words = select(TicketEvent).where(TicketEvent.public, TicketEvent.at > start - timedelta(days=30))
    for event in db.session.scalars(words.where(TicketEvent.kind == "message", TicketEvent.at < yesterday)):
        ticket = event.ticket
        if event.actor_id != ticket.requester_id:
            tell(ticket.requester, "answered", event)
        elif ticket.assignee:
            tell(ticket.assignee, "customer_wrote", event)
    customer = people["customer@example.com"]
    device = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Safari/605.1"
    news = News("demo", "/account/security", {"device": device}, at=start - timedelta(days=3))
    notify(customer, NEW_SIGN_IN, news)
    db.session.execute(update(Notice).where(Notice.made < yesterday).values(read=yesterday))


def _company() -> None:
    """What an owner would have said by now."""
    for row in _read("company.yaml"):
        save_first(row["part"], row["value"], row["act"])


def fill(worker: Worker) -> None:
    """People, requests and articles, indexed; mails of the past count as sent, those of the last day are delivered."""
    start = clock.now()
    people, teams = _people()
    for row in tqdm(_read("tickets.yaml"), desc="Requests", disable=None, leave=False):
        _conversation(row, people, teams, start)
    for row in _read("mails.yaml"):
        with clock.at(_moment(row["ago"], start)):
            take_in(row["mail"].encode())
    _canned(teams)
    _notices(people, start)
    fill_feedback(_read("feedback.yaml"), people, partial(_moment, start=start), _picture)
    past = (Job.kind == "tickets.mail") & (Job.created < start - timedelta(days=1))
    db.session.execute(update(Job).where(past).values(done=start, payload={}))
    sync(current_app.config["KB_CONTENT"])
    _asking(people, start)
    fill_others(_read("others.yaml"), people, teams, partial(_moment, start=start))
    fill_community(_read("community.yaml"), people, partial(_moment, start=start))
    fill_crossings(_read("crossings.yaml"), people, teams, partial(_moment, start=start))
    fill_ideas(_read("ideas.yaml"), people, partial(_moment, start=start))
    fill_legal(_read("legal.yaml"), people, partial(_moment, start=start))
    fill_readership(_read("readership.yaml"), start)
    fill_staff(_read("staff.yaml"), people, teams, partial(_moment, start=start))
    enqueue("kb.look-around", {})
    drop_waiting("search.index", "search")  # all at once instead of one by one
    enqueue("search.index", {"articles": "all"}, lane="search")
    _company()
    db.session.commit()
    worker.drain()
    note_marks()
    db.session.commit()
