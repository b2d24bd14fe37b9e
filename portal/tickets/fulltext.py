"""Search in tickets inside the database: FTS5 on SQLite, tsvector on PostgreSQL, behind put and find.

One row a ticket. What the customer may read and what only the desk may read are kept in two columns, and a search
names the column, so a word that stands only in an internal note finds nothing for anybody else.
"""

import re
import unicodedata

from sqlalchemy import ColumnElement, bindparam, select, text
from sqlalchemy.sql import column

from ..extensions import db
from .models import Ticket, TicketEvent

MOST_WORDS, LONGEST_WORD = 8, 60
MOST_BYTES = 300_000  # of each column: a tsvector of PostgreSQL holds 1 MB with its positions


def fold(words: str) -> str:
    """Lower case without accents, the same for what is stored and what is asked."""
    plain = unicodedata.normalize("NFKD", words.replace("\0", " ")).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c))


def _words(asked: str) -> list[str]:
    return [word[:LONGEST_WORD] for word in re.findall(r"\w+", fold(asked[:500]))[:MOST_WORDS]]


def _kept(words: str) -> str:
    return fold(words).encode()[:MOST_BYTES].decode(errors="ignore")


def _is_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


def put(ticket_id: int) -> None:
    """Take a ticket's words into the index, in place of what it held of that ticket."""
    ticket = db.session.get(Ticket, ticket_id)
    if ticket is None:
        return
    rows = db.session.execute(
        select(TicketEvent.public, TicketEvent.body).where(
            TicketEvent.ticket_id == ticket_id, TicketEvent.body.is_not(None)
        )
    ).all()
    public = "\n".join([ticket.subject, str(ticket.number), *(body or "" for shown, body in rows if shown)])
    internal = "\n".join(body or "" for shown, body in rows if not shown)
    values = {"id": ticket_id, "public": _kept(public), "internal": _kept(internal)}
    if _is_postgresql():
        db.session.execute(
            text(
                "INSERT INTO ticket_text (ticket_id, public, everything) VALUES (:id, to_tsvector('simple', :public),"
                " to_tsvector('simple', :public) || to_tsvector('simple', :internal)) ON CONFLICT (ticket_id)"
                " DO UPDATE SET public = excluded.public, everything = excluded.everything"
            ),
            values,
        )
    else:
        db.session.execute(text("DELETE FROM ticket_text WHERE rowid = :id"), values)
        db.session.execute(
            text("INSERT INTO ticket_text (rowid, public, internal) VALUES (:id, :public, :internal)"), values
        )


def holds(asked: str, *, internal: bool) -> ColumnElement[bool] | None:
    """The condition that a ticket holds every word that is asked for (the last also as a beginning); None without words.

    Args:
        asked: what a person typed; any sign is harmless.
        internal: whether internal notes count.
    """
    words = _words(asked)
    if not words:
        return None
    if _is_postgresql():
        asked = " & ".join(f"{word}:*" for word in words)
        found = "everything" if internal else "public"
        rows = text(f"SELECT ticket_id FROM ticket_text WHERE {found} @@ to_tsquery('simple', :asked)")  # noqa: S608 -- a column's name, ours
    else:
        asked = " AND ".join(f'"{word}"*' for word in words)
        asked = asked if internal else f"{{public}} : ({asked})"
        rows = text("SELECT rowid FROM ticket_text WHERE ticket_text MATCH :asked")
    return Ticket.id.in_(rows.bindparams(bindparam("asked", asked)).columns(column("id")))
