"""What was acknowledged against what is there: rows, files, search, mails."""

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text

from portal.extensions import db
from portal.kit.files import path_of
from portal.outbox.models import Job, Once
from portal.tickets.fulltext import holds
from portal.tickets.models import Attachment, Ticket, TicketEvent
from portal.tickets.models import Counter as TicketCounter

from ..servers import Letter
from .load import Ledger, Said
from .place import AGENTS, Place

TOKEN = re.compile(r"kq[0-9a-f]{16}")


@dataclass(frozen=True)
class Mails:
    """Mails that arrived: how many different ones, and how many came a second time."""

    different: int
    again: int


def check_rows(place: Place, ledger: Ledger) -> None:
    """Nothing acknowledged is lost, nothing is doubled, nothing is half there."""
    with place.look():
        rows = db.session.execute(
            select(TicketEvent.body, TicketEvent.kind, TicketEvent.public, Ticket.number)
            .join(TicketEvent.ticket)
            .where(TicketEvent.body.is_not(None))
        ).all()
        _check_words(rows, ledger)
        _check_tickets(ledger)
        if db.engine.dialect.name == "sqlite":
            assert db.session.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []


def _check_words(rows: Any, ledger: Ledger) -> None:
    stored = Counter(TOKEN.findall(row.body)[0] for row in rows)
    assert [token for token, count in stored.items() if count > 1] == [], "doubled"
    assert {said.token for said in ledger.said} - stored.keys() == set(), "acknowledged and lost"
    assert stored.keys() - ledger.asked == set(), "nobody wrote this"
    at = {TOKEN.findall(row.body)[0]: row for row in rows}
    for said in ledger.said:
        row = at[said.token]
        assert row.number == said.number
        assert (row.kind, row.public) == (("note", False) if said.kind == "note" else ("message", True))


def _check_tickets(ledger: Ledger) -> None:
    numbers = db.session.scalars(select(Ticket.number)).all()
    assert len(numbers) == len(set(numbers)) == sum(said.kind == "request" for said in ledger.said)
    assert db.session.scalar(select(TicketCounter.value)) == max(numbers), "a number was passed over"
    assert db.session.scalar(select(func.count()).select_from(Once).where(Once.address == "")) == 0
    empty = select(func.count()).select_from(Ticket).where(~Ticket.id.in_(select(TicketEvent.ticket_id)))
    assert db.session.scalar(empty) == 0, "tickets without words"


def check_files(place: Place, ledger: Ledger) -> int:
    """Every file that was acknowledged is whole, and every row has its file; returns how many there are."""
    with place.look():
        kept = {row.name: row for row in db.session.scalars(select(Attachment))}
        for row in kept.values():
            assert path_of(row.key).stat().st_size == row.size
        for said in ledger.said:
            if said.size:
                content = path_of(kept[f"{said.token}.log"].key).read_bytes()
                assert (len(content), hashlib.sha256(content).hexdigest()) == (said.size, said.sha256)
        return len(kept)


def check_search(place: Place, ledger: Ledger) -> None:
    """All that was acknowledged is found at the desk, and all but notes by the customer."""
    with place.look():
        for said in ledger.said:
            for internal in (True, False):
                found = holds(said.token, internal=internal)
                assert found is not None
                numbers = db.session.scalars(select(Ticket.number).where(found)).all()
                expected = [said.number] if internal or said.kind != "note" else []
                assert list(numbers) == expected, f"{said.token}: search finds {numbers}"


def check_mails(place: Place, ledger: Ledger, letters: list[Letter], kills: int) -> Mails:
    """All mails arrived, in order, a second time at most once a kill and then under the same Message-ID."""
    with place.look():
        failed = db.session.scalars(select(Job.error).where(Job.dead.is_not(None))).all()
        assert not failed, failed
        words = select(TicketEvent.id, TicketEvent.body, Ticket.number).join(TicketEvent.ticket)
        rows = db.session.execute(words.where(TicketEvent.body.is_not(None))).all()
    events = {TOKEN.findall(row.body)[0]: row.id for row in rows}
    order = {row.id: row.number for row in rows}
    copies: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for letter in letters:
        copies[str(letter.message["Message-ID"])].append(_told(letter))
    first = [group[0] for group in copies.values()]
    assert all(len(set(group)) == 1 for group in copies.values()), "one Message-ID, two mails"
    assert len(first) == len(set(first)), "a second mail under another Message-ID"
    again = len(letters) - len(first)
    assert again <= kills, f"{again} mails twice with {kills} kills of the worker"
    _check_readers(ledger, set(first))
    _check_order(first, events, order)
    return Mails(len(first), again)


def _told(letter: Letter) -> tuple[str, str]:
    """Whom a mail told of which words."""
    body = letter.message.get_body(("plain",))
    assert body is not None
    return letter.recipients[0], TOKEN.findall(body.get_content().partition("My word is ")[2])[0]


def _check_readers(ledger: Ledger, told: set[tuple[str, str]]) -> None:
    owner = {said.number: said.by for said in ledger.said if said.kind == "request"}
    for said in ledger.said:
        readers = {email for email, token in told if token == said.token}
        assert _missing(said, owner[said.number], readers) == set(), f"{said} was not mailed"
        assert said.kind != "note" or not readers, f"the note {said} was mailed"


def _missing(said: Said, owner: str, readers: set[str]) -> set[str]:
    """Who should have had a mail about these words and had none; more words go to whoever looks after the ticket."""
    if said.kind == "note":
        return set()
    if said.kind == "answer":
        return {owner} - readers
    if said.kind == "request":
        return {owner} - readers or (set() if readers & set(AGENTS) else set(AGENTS))
    return set() if readers & set(AGENTS) else set(AGENTS)


def _check_order(first: list[tuple[str, str]], events: dict[str, int], number: dict[int, int]) -> None:
    latest: dict[tuple[str, int], int] = defaultdict(int)
    for email, token in first:
        lane = email, number[events[token]]
        assert events[token] > latest[lane], f"{email} read {token} before what was said earlier"
        latest[lane] = events[token]
