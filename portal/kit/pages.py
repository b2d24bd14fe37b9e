"""Paging by key: a list goes on after the last row that was shown, never by counting rows."""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from ..extensions import db

Row = TypeVar("Row")
KEPT = 200  # statements of first pages that a process remembers


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page in their order, and the cursors of its neighbours: the one before and the one after."""

    rows: Sequence[Row]
    newer: str | None
    older: str | None


def _encode(way: str, moment: datetime, key: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([way, moment.isoformat(), key]).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[str, datetime, int] | None:
    """A cursor's content, or None: a cursor that somebody changed shows the first page."""
    try:
        way, moment, key = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=="))
        when = datetime.fromisoformat(moment).astimezone(UTC)
        if way not in ("older", "newer") or not isinstance(key, int) or abs(key) >= 2**62:
            return None
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    return way, when, key


def _ordered(rows: Select[Row], moment: Any, key: Any, size: int, up: bool) -> Select[Row]:
    order = (moment.asc(), key.asc()) if up else (moment.desc(), key.desc())
    return rows.order_by(*order).limit(size + 1)


_first = lru_cache(KEPT)(_ordered)


def page_by(  # noqa: PLR0913 -- what to page, by what, and where it stands
    rows: Select[Row],
    moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    key: InstrumentedAttribute[int],
    cursor: str,
    size: int,
    *,
    rising: bool = False,
    kept: bool = False,
    given: Mapping[str, Any] | None = None,
) -> Page[Row]:
    """One page of `rows` by (moment, key), the newest first or, rising, the earliest.

    `cursor` comes from Page.newer (back) or Page.older (on), or is empty. Every row has its moment. `kept` says that
    `rows` is a statement that is built once, so that its first page is too; `given` are its parameters.
    """
    place = _decode(cursor) if cursor else None
    back = place is not None and place[0] == "newer"
    if place:
        here = tuple_(moment, key)
        rows = rows.where(here > place[1:] if back != rising else here < place[1:])
    build = _first if kept and not place else _ordered
    found = list(db.session.scalars(build(rows, moment, key, size, back != rising), given))
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    return _page(
        found, more, place, lambda way, row: _encode(way, getattr(row, moment.key), getattr(row, key.key))
    )


def _page(found: list[Row], more: bool, place: Any, encode: Callable[[str, Row], str]) -> Page[Row]:
    if not found:
        return Page(found, None, None)
    back = place is not None and place[0] == "newer"
    newer = encode("newer", found[0]) if (more if back else place) else None
    older = encode("older", found[-1]) if (back or more) else None
    return Page(found, newer, older)


def page_in_order(
    rows: Select[Row], order: ColumnElement[str], key: InstrumentedAttribute[int], cursor: str, size: int
) -> Page[Row]:
    """One page of `rows` by (order, key), rising. A cursor names the row at the edge by its key alone; where that row
    stands now is looked up, and when it is gone the first page is shown.
    """
    found = re.fullmatch(r"(older|newer)-(\d{1,18})", cursor, re.ASCII)
    edge = db.session.execute(select(order, key).where(key == int(found[2]))).first() if found else None
    back = bool(found and edge and found[1] == "newer")
    here = tuple_(order, key)
    if edge:
        rows = rows.where(here < tuple(edge) if back else here > tuple(edge))
    sides = (order.desc(), key.desc()) if back else (order.asc(), key.asc())
    some = list(db.session.scalars(rows.order_by(*sides).limit(size + 1)))
    more, some = len(some) > size, some[:size]
    if back:
        some.reverse()
    place = ("newer" if back else "older",) if edge else None
    return _page(some, more, place, lambda way, row: f"{way}-{getattr(row, key.key)}")
