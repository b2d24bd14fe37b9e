"""What the worker does for search: index what changed, and build a missing or broken index anew."""

import logging
import threading
from collections.abc import Sequence
from typing import Any

from flask import Flask

from ..extensions import db
from ..kit.sqlite import reading
from ..outbox.actions import finish_too, waiting_behind
from .following import Wanted, follow, tell
from .index import Unusable, the_search

TOGETHER = 200  # jobs whose rows are indexed at once
log = logging.getLogger("portal.search")


def _rebuild() -> None:
    with reading():  # no write lock while documents are read
        count = the_search().rebuild()
        db.session.rollback()
    log.info("search index built", extra={"documents": count})


def index_rows(payload: dict[str, Any]) -> None:
    """Index rows anew: {"articles": [ids]} by kind, or "all"; rows that are gone are dropped.

    What waits behind is done along with it: to write ten documents takes no longer than to write one.
    """
    with reading():
        behind = waiting_behind(payload.get("job", 0), TOGETHER)
        wanted = _together([payload, *(row.payload for row in behind)])
        db.session.rollback()
    _take_in(wanted)
    tell(wanted)
    if behind:
        finish_too([row.id for row in behind])


def _take_in(wanted: Wanted) -> None:
    if None in wanted.values():
        _rebuild()
    else:
        for kind, ids in wanted.items():
            _index(kind, sorted(ids or ()))


def _together(payloads: Sequence[dict[str, Any]]) -> dict[str, set[int] | None]:
    """The rows by kind; None is all of them."""
    wanted: dict[str, set[int] | None] = {}
    for kind in the_search().sources:
        asked = [payload[kind] for payload in payloads if kind in payload]
        if "all" in asked:
            wanted[kind] = None
        elif asked:
            wanted[kind] = {key for ids in asked for key in ids}
    return wanted


def _index(kind: str, ids: Sequence[int]) -> None:
    search = the_search()
    with reading():
        documents = list(search.sources[kind].documents(ids))
        db.session.rollback()
    try:
        search.write(kind, ids, documents)
    except Unusable as error:
        log.warning("search index is built anew", extra={"error": str(error)})
        _rebuild()


def check(_payload: dict[str, Any]) -> None:
    """Build the index anew when it is damaged; while somebody else writes to it, another time."""
    try:
        trouble = the_search().trouble()
    except Unusable:
        return
    if trouble:
        if the_search().was_made():  # a new instance has none: that is no news for its log
            log.warning("search index is built anew", extra={"error": trouble})
        _rebuild()


def follow_others(app: Flask, ended: threading.Event) -> None:
    """What other machines on the same database index is indexed here as well."""
    follow(app, ended, _take_in, lambda: check({}))


HANDLERS = {"search.index": index_rows, "search.check": check}
PERIODIC = {"search.check": 60}
BESIDE = (follow_others,)
SLOW = set(HANDLERS)
