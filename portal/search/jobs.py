"""What the worker does for search: index what changed, and build a missing or broken index anew."""

import logging
from typing import Any

from ..extensions import db
from ..kit.sqlite import reading
from .index import Unusable, the_search

log = logging.getLogger("portal.search")


def _rebuild() -> None:
    with reading():  # no write lock while documents are read
        count = the_search().rebuild()
        db.session.rollback()
    log.info("search index built", extra={"documents": count})


def index_rows(payload: dict[str, Any]) -> None:
    """Index rows anew: {"articles": [ids]} by kind, or "all"; rows that are gone are dropped."""
    search = the_search()
    for kind in search.sources.keys() & payload.keys():
        ids = payload[kind]
        if ids == "all":
            _rebuild()
            continue
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
        log.warning("search index is built anew", extra={"error": trouble})
        _rebuild()


HANDLERS = {"search.index": index_rows, "search.check": check}
PERIODIC = {"search.check": 60}
