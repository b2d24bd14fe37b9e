"""Forms that act once, however often they arrive: a double click, two tabs, a replay."""

from sqlalchemy import bindparam, delete, select, update

from ..extensions import db
from ..kit import clock
from ..kit.rows import insert_or_skip, table_of
from .models import Once

_NOTED = update(table_of(Once)).where(
    table_of(Once).c.word == bindparam("form")
)  # its values are the other parameters


def acted(word: str, person_id: int) -> str | None:
    """None if a form acts for the first time, in this transaction; else the address of its result ("" if not theirs).

    A second one that arrives at the same instant waits in the database until the first is through.
    """
    values = {"word": word, "person_id": person_id, "address": "", "at": clock.now()}
    if db.session.execute(insert_or_skip(Once, Once.word), values).first():
        return None
    return result_of(word, person_id) or ""


def result_of(word: str, person_id: int) -> str | None:
    """Where the result of a person's form is ("" if nowhere); None if it did not act, or is not theirs."""
    return db.session.scalar(select(Once.address).where(Once.word == word, Once.person_id == person_id))


def led_to(word: str, address: str) -> None:
    """Note where the result of a form is."""
    db.session.execute(_NOTED, {"form": word, "address": address})


def take_back(word: str, person_id: int) -> None:
    """What a person's form did is undone, and it may act again."""
    db.session.execute(delete(Once).where(Once.word == word, Once.person_id == person_id))
