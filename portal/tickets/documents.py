"""What search holds of requests, for those on their customers' side; what the desk alone may read never enters."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select

from ..extensions import db
from ..kit.i18n import ago
from ..people.models import Person
from ..search.documents import Document, Shown, Source
from ..search.words import ANY
from .access import as_customer
from .models import Follower, Ticket, TicketEvent

BATCH = 200
MOST = 20_000  # letters of what was said


def _held() -> ColumnElement[bool]:
    """Confirmed ones; withdrawn ones are over for those who asked."""
    return and_(Ticket.gate == "", or_(Ticket.state != "closed", Ticket.solved_at.is_not(None)))


def _count() -> int:
    return db.session.scalar(select(func.count(Ticket.id)).where(_held())) or 0


def _readers(ticket: Ticket, followers: Sequence[int]) -> tuple[str, ...]:
    """Tokens of _tokens(): the requester, who follows, the organisation's managers, and all of it when it is shared."""
    readers = [f"person-{number}" for number in (ticket.requester_id, *followers)]
    if ticket.organisation_id:
        readers.append(f"manager-{ticket.organisation_id}")
        if ticket.shared:
            readers.append(f"org-{ticket.organisation_id}")
    return tuple(readers)


def _tokens(person: Person | None) -> frozenset[str]:
    """A visitor has none: requests are not for everybody."""
    if person is None:
        return frozenset()
    homes = {f"org-{organisation}" for organisation, _manages in person.homes}
    managed = {f"manager-{organisation}" for organisation, manages in person.homes if manages}
    return frozenset({f"person-{person.id}"} | homes | managed)


def _documents(ids: Sequence[int] | None) -> Iterator[Document]:
    last = 0
    while True:
        rows = select(Ticket).where(Ticket.id > last, _held()).order_by(Ticket.id).limit(BATCH)
        if ids is not None:
            rows = rows.where(Ticket.id.in_(ids))
        found = db.session.scalars(rows.execution_options(populate_existing=True)).all()
        if found:
            yield from _made(found)
            last = found[-1].id
        if len(found) < BATCH:
            return


def _made(tickets: Sequence[Ticket]) -> Iterator[Document]:
    ids = [ticket.id for ticket in tickets]
    said: dict[int, list[str]] = {}
    words = select(TicketEvent.ticket_id, TicketEvent.body).where(
        TicketEvent.ticket_id.in_(ids), TicketEvent.public, TicketEvent.body.is_not(None)
    )
    for key, body in db.session.execute(words.order_by(TicketEvent.id)):
        said.setdefault(key, []).append(body or "")
    followers: dict[int, list[int]] = {}
    rows = select(Follower.ticket_id, Follower.person_id).where(Follower.ticket_id.in_(ids))
    for key, person_id in db.session.execute(rows):
        followers.setdefault(key, []).append(person_id)
    for ticket in tickets:
        yield Document(
            kind="tickets",
            id=ticket.id,
            locale=ANY,
            title=ticket.subject,
            tags=(str(ticket.number),),
            text="\n".join(said.get(ticket.id, ()))[:MOST],
            url=f"/tickets/{ticket.number}",
            who=_readers(ticket, followers.get(ticket.id, ())),
        )


def _shown(person: Person | None, ids: Collection[int]) -> Mapping[int, Shown]:
    if person is None:
        return {}
    rows = as_customer(person).where(Ticket.id.in_(ids), _held())
    return {
        ticket.id: Shown(f"#{ticket.number} · {ticket.look.word} · {ago(ticket.spoken_at)}", ticket.look.icon)
        for ticket in db.session.scalars(rows)
    }


SOURCE = Source(_count, _documents, _tokens, _shown)
