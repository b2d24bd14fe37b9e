"""What is kept of a person is handed out whole, and erased whole, and nobody else loses a word."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import cast, select, text, true
from sqlalchemy.types import Text

from portal.extensions import db
from portal.kit import clock
from portal.kit.files import path_of
from portal.outbox.models import Job
from portal.people.models import Person
from portal.privacy.actions import UNDER_WAY
from portal.privacy.cli import user
from portal.tickets.actions import Words, assign, open_ticket
from portal.tickets.following import follow
from portal.tickets.models import Attachment, TicketEvent

from ..client import PortalClient
from ..conftest import Cast
from ..inbox.mails import REPLY
from ..make import make_answer, make_note, make_ticket, take
from .story import EMAIL, WORD, Told, everything, live, personal_tables, word_columns

BROWSER = Callable[[Person], PortalClient]
WORK = Callable[[], int]
# What the desk says to itself, what is not proven to be theirs, and what others carry.
NOT_HANDED_OUT = {
    "qvxznote",
    "qvxzagentdraft",
    "qvxzunproven",
    "qvxzunprovenbody",
    "qvxzvisitor",
    "qvxzpending",
    "qvxzbytes",
    "qvxzwish",
    "qvxzwished",
}


@pytest.fixture(autouse=True)
def early_in_the_hour() -> Iterator[None]:
    with clock.at(clock.now().replace(minute=1)):
        yield


@pytest.fixture
def told(app: Flask, people: Cast, browser_of: BROWSER, work: WORK, monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setitem(app.config, "MAIL_REPLY", REPLY)
    return live(app, people, browser_of, work)


def command(*words: str, **more: Any) -> Result:
    return CliRunner().invoke(user, words, **more)


def kept_words() -> set[str]:
    """The person's words that stand in tables; an index holds them cut into pieces."""
    rows = [row for table, row in everything() if table in db.metadata.tables]
    return {word for row in rows for word in WORD.findall(row)}


def stored(app: Flask) -> list[Path]:
    return [path for path in (app.config["INSTANCE"] / "files").rglob("*") if path.is_file()]


def _word_places() -> list[tuple[str, str]]:
    return [(name, column) for name, table in personal_tables().items() for column in word_columns(table)]


def _is_filled(place: tuple[str, str]) -> bool:
    table, column = place
    rows = db.session.scalars(select(cast(db.metadata.tables[table].c[column], Text)))
    return any(WORD.search((row or "").lower()) for row in rows)


def test_all_of_a_person_is_handed_out_ends_in_time_and_is_erased(
    app: Flask, told: Told, people: Cast, browser_of: BROWSER, work: WORK
) -> None:
    key, numbers = told.person.id, (told.open.number, told.solved.number, told.unconfirmed.number)
    assert [place for place in _word_places() if not _is_filled(place)] == [], (
        "the story leaves no word there"
    )
    before = kept_words()
    assert sum(b"qvxzbytes" in path.read_bytes() for path in stored(app)) == 8
    _let_time_pass(app)

    exported = command("export", EMAIL.upper())

    assert exported.exit_code == 0, exported.output
    assert set(json.loads(exported.stdout)) == {
        "made",
        *(p.__name__.split(".")[1] for p in app.extensions["privacy_parts"]),
    }
    assert set(WORD.findall(exported.stdout.lower())) == before - NOT_HANDED_OUT
    assert not [
        word
        for word in ("wkx", "agent@", "customer@", "friend@", "argon2", "token")
        if word in exported.stdout.lower()
    ]

    erased = command("erase", EMAIL, "--yes", "--json")
    assert (erased.exit_code, json.loads(erased.stdout)) == (0, {"person": key, "erased": True})
    work()
    with clock.at(clock.now() + UNDER_WAY + timedelta(minutes=1)):
        work()
    db.session.expire_all()

    left = [(table, row) for table, row in everything() if WORD.search(row)]
    assert left == []
    assert [path for path in stored(app) if b"qvxz" in path.read_bytes()] == []
    assert db.session.query(Job).where(Job.dead.is_not(None)).count() == 0
    shell = db.session.get_one(Person, key)
    assert (shell.active, shell.email, shell.password_hash, shell.grants, shell.shown) == (
        False,
        None,
        None,
        [],
        "Former customer",
    )
    _look_at_what_is_left(told, people, browser_of, numbers)


def _let_time_pass(app: Flask) -> None:
    """What is kept for a time is gone after it, and what is kept for good is not; then all is as it was."""
    ends: dict[str, timedelta] = {}
    for part in app.extensions["privacy_parts"]:
        ends |= {name: after for name, after in part.KEPT.items() if after != clock.UNTIL_ERASED}
    good = {"ticket", "ticket_event", "attachment", "person", "audit_entry"}
    assert {name for name in [*ends, *good] if not _held(name)} <= {"attempt"}
    before = db.session.begin_nested()
    db.session.execute(text("UPDATE incoming_mail SET state = 'aside'"))
    with clock.at(clock.now() + max(ends.values()) + timedelta(days=1)):
        for part in app.extensions["privacy_parts"]:
            if hasattr(part, "sweep"):
                part.sweep()
    assert [name for name in ends if _held(name)] == []
    assert {name for name in good if _held(name)} == good
    before.rollback()


def _look_at_what_is_left(told: Told, people: Cast, browser_of: BROWSER, numbers: tuple[int, ...]) -> None:
    """Pages of others work, and hold their words; the skeleton tells when, by whom and what came of it."""
    desk, owner = browser_of(people.manager), browser_of(people.customer)
    for number in numbers:
        page = desk.page(f"/desk/tickets/{number}").text
        assert "Erased request" in page
        assert "The person who asked was erased" in page
        assert "Former customer" in page
        assert "No address" not in page
    states = [ticket.state for ticket in (told.open, told.solved, told.unconfirmed)]
    assert states == ["closed", "solved", "closed"]
    assert told.solved.rating
    assert told.solved.rating.score == 5
    assert told.solved.solved_at
    assert not told.open.solved_at
    followed = told.followed.number
    for page in (owner.page(f"/tickets/{followed}").text, desk.page(f"/desk/tickets/{followed}").text):
        assert all(word in page for word in ("Wkxsubject", "Wkxbody", "Wkxanswer"))
        assert "Former customer wrote here; the words were erased" in page
    assert "Wkxanswer" in owner.page("/tickets?show=all").text
    for path in ("/desk", "/desk?view=all", "/desk?view=solved", "/desk/mail?show=done", "/account/notices"):
        assert desk.get(path, follow_redirects=True).status_code == 200, path
    assert owner.page("/tickets?show=all&q=wkxbody").select(".req")
    topic = owner.page(told.topic.address).text
    assert "Erased topic" in topic
    assert "Erased with the account of who wrote it." in topic
    assert "Wkxanswer for @…" in topic
    assert "erased a person" in browser_of(people.admin).page("/admin/record").text
    assert browser_of(people.agent).page("/account/notices").select("li")


def test_what_a_colleague_who_left_wrote_for_customers_stays_without_the_name(
    people: Cast, browser_of: BROWSER, work: WORK
) -> None:
    agent, ticket = people.agent, make_ticket(people.customer)
    agent.called = "Jorvikname"
    take(ticket, agent)
    make_answer(ticket, agent, "Press it for ten seconds.", then="open")
    make_note(ticket, agent, "Known fault")
    follow(ticket, people.colleague, agent)
    called = open_ticket("By telephone", Words("It rings"), people.stranger, told_to=agent)
    assign(ticket, people.agent2, agent)
    assign(ticket, agent, people.manager)
    db.session.commit()
    work()

    assert command("erase", "agent@example.com", "--yes").exit_code == 0
    work()

    assert [row for _table, row in everything() if "jorvikname" in row or "agent@example.com" in row] == []
    db.session.expire_all()
    assert (ticket.assignee, ticket.state) == (None, "open")
    page = browser_of(people.customer).page(f"/tickets/{ticket.number}").text
    assert "Press it for ten seconds." in page
    assert "Former colleague" in page
    desk = browser_of(people.manager)
    said = desk.page(f"/desk/tickets/{ticket.number}?lang=pt_BR").text
    assert "Known fault" in said
    assert "Ex-colega" in said
    assert "on the phone to Former colleague" in desk.page(f"/desk/tickets/{called.number}?lang=en").text
    assert "Former colleague" in browser_of(people.customer).page("/account/notices").text


def test_the_last_administrator_stays_and_a_wrong_address_erases_nobody(app: Flask, people: Cast) -> None:
    assert "last administrator" in command("erase", "admin@example.com", "--yes").output
    people.admin.active = False
    people.customer.active = False
    db.session.commit()
    for words, typed in (
        (["erase", "nobody@example.com"], ""),
        (["erase", "customer@example.com"], "colleague@example.com"),
    ):
        refused = command(*words, input=f"{typed}\n")
        assert refused.exit_code == 1, refused.output
        assert people.customer.email
    assert command("erase", "customer@example.com", input="Customer@example.com\n").exit_code == 0
    assert not db.session.query(Person).filter_by(email="customer@example.com").count()
    assert command("export", "customer@example.com").exit_code == 1


def test_an_export_goes_into_a_file_for_its_owner_alone(people: Cast, tmp_path: Path) -> None:
    path = tmp_path / "customer.json"
    assert command("export", "customer@example.com", "--output", str(path)).exit_code == 0
    assert json.loads(path.read_text())["people"]["called"] == "Customer"
    assert path.stat().st_mode & 0o077 == 0
    assert (
        "cannot be written"
        in command("export", "customer@example.com", "--output", str(tmp_path / "no" / "x")).output
    )


def test_two_are_erased_in_any_order_and_an_address_begins_anew(
    people: Cast, client: PortalClient, work: WORK
) -> None:
    ticket = make_ticket(people.customer)
    follow(ticket, people.colleague, people.customer)
    make_answer(ticket, people.colleague, "Mine too")
    db.session.commit()
    for name in ("customer", "colleague"):
        assert command("erase", f"{name}@example.com", "--yes").exit_code == 0
    work()
    client.send(
        "/sign-up", {"name": "New", "email": "customer@example.com", "password": "a sentence only I say"}
    )
    work()
    assert db.session.query(Job).where(Job.error.is_not(None)).count() == 0
    assert db.session.query(TicketEvent).filter_by(ticket_id=ticket.id, kind="erased").count() == 1


def test_the_bytes_of_a_message_that_was_taken_back_leave_the_disk(
    app: Flask, people: Cast, browser_of: BROWSER, work: WORK
) -> None:
    customer, ticket = browser_of(people.customer), make_ticket(people.customer)
    place = f"/tickets/{ticket.number}"
    form = {"body": "See here", "files": [(BytesIO(b"too early"), "early.txt")]}
    customer.send(f"{place}/answer", form, content_type="multipart/form-data")
    file = db.session.query(Attachment).one()
    path = path_of(file.key)
    assert path.exists()

    customer.send(f"{place}/messages/{file.event_id}/take-back")
    assert path.exists()
    work()

    assert not path.exists()
    assert db.session.query(Attachment).count() == 0


def _held(name: str) -> bool:
    """Whether a table has rows that are not under way, or a column of it values."""
    table, _, column = name.partition(".")
    of = db.metadata.tables[table]
    which = (
        of.c[column] != ""
        if column
        else of.c.done.is_not(None) | of.c.dead.is_not(None)
        if table == "job"
        else true()
    )
    return db.session.execute(select(of).where(which).limit(1)).first() is not None
