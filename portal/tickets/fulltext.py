"""Search in tickets inside the database: FTS5 on SQLite, tsvector on PostgreSQL, behind put and find.

One row a ticket. What the customer may read and what only the desk may read are kept in two columns, and a search
names the column, so a word that stands only in an internal note finds nothing for anybody else.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import combinations

from sqlalchemy import ColumnElement, bindparam, select, text
from sqlalchemy.sql import column

from ..extensions import db
from .models import Ticket, TicketEvent

MOST_WORDS, LONGEST_WORD = 8, 60
SQUEEZE = "tickets.squeeze"
MERGED = 2000  # pages of the index in one step; some tenths of a second
PUT_ON_POSTGRESQL = text(
    "INSERT INTO ticket_text (ticket_id, public, everything) VALUES (:id, to_tsvector('simple', :public),"
    " to_tsvector('simple', :public) || to_tsvector('simple', :internal)) ON CONFLICT (ticket_id)"
    " DO UPDATE SET public = excluded.public, everything = excluded.everything"
)
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
        db.session.execute(PUT_ON_POSTGRESQL, values)
    else:
        db.session.execute(text("DELETE FROM ticket_text WHERE rowid = :id"), values)
        db.session.execute(
            text("INSERT INTO ticket_text (rowid, public, internal) VALUES (:id, :public, :internal)"), values
        )


def drop(ticket_id: int) -> None:
    """Take a ticket's words out of the index, before the ticket goes."""
    named = "ticket_id" if _is_postgresql() else "rowid"
    db.session.execute(text(f"DELETE FROM ticket_text WHERE {named} = :id"), {"id": ticket_id})  # noqa: S608 -- a name of ours


def squeeze() -> bool:
    """One step of merging SQLite's index, which else keeps words of rows that are gone; whether there is more to merge."""
    if _is_postgresql():
        return False
    before = _changes()
    db.session.execute(text(f"INSERT INTO ticket_text (ticket_text, rank) VALUES ('merge', {-MERGED})"))  # noqa: S608 -- a number of ours
    return _changes() - before > 1  # SQLite's own sign that nothing is left (FTS5, 6.8)


def _changes() -> int:
    return int(db.session.scalar(text("SELECT total_changes()")) or 0)


def holds(asked: str, *, internal: bool) -> ColumnElement[bool] | None:
    """The condition that a ticket holds every word that is asked for (the last also as a beginning); None without words.

    Args:
        asked: what a person typed; any sign is harmless.
        internal: whether internal notes count.
    """
    return _match([_words(asked)], internal=internal)


def alike(words: Sequence[str]) -> ColumnElement[bool] | None:
    """The condition that the customer's side of a ticket holds most of these words; None for fewer than two.

    Args:
        words: telling ones alone, without words like "the"; endings are passed over.
    """
    stems = list(dict.fromkeys(stem for word in words for one in _words(word) if (stem := beginning(one))))
    stems = stems[:MOST_WORDS]
    least = max(2, (len(stems) + 1) // 2)
    return _match(list(combinations(stems, least)), internal=False) if len(stems) > 1 else None


def beginning(word: str) -> str:
    """A word without its ending, the same for "connects" and "connected" in the languages that we speak."""
    folded = fold(word)
    return folded[: max(4, len(folded) - 2)]


def _match(ways: Sequence[Sequence[str]], *, internal: bool) -> ColumnElement[bool] | None:
    """The condition that a ticket holds all words of one of the ways, each also as the beginning of a longer one."""
    if not any(ways):
        return None
    if _is_postgresql():
        asked = " | ".join("(" + " & ".join(f"{word}:*" for word in words) + ")" for words in ways)
        found = "everything" if internal else "public"
        rows = text(f"SELECT ticket_id FROM ticket_text WHERE {found} @@ to_tsquery('simple', :asked)")  # noqa: S608 -- a column's name, ours
    else:
        asked = " OR ".join("(" + " AND ".join(f'"{word}"*' for word in words) + ")" for words in ways)
        asked = asked if internal else f"{{public}} : ({asked})"
        rows = text("SELECT rowid FROM ticket_text WHERE ticket_text MATCH :asked")
    return Ticket.id.in_(rows.bindparams(bindparam("asked", asked)).columns(column("id")))
