"""Several machines on one database: each has its own index, and hears what was indexed on another.

A job is done by one worker, on its machine. It publishes what it indexed, and the workers of the other machines follow.
On SQLite there is one machine, and nobody to hear it.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from flask import Flask

from ..extensions import db
from ..kit import clock
from ..kit.rows import undo
from ..live.actions import KEPT, publish
from ..live.news import News, newest
from .index import the_search

WORD, ALL = "index", "all"
LOOK = 1.0  # seconds between looks
CHECK = 60.0  # seconds between looks for damage; the periodic job looks on one machine alone
NOTED = 20.0  # seconds after which that is noted again, as a sign that this machine is there
NOTE = "followed"  # file with the id up to which this machine's index knows all
log = logging.getLogger("portal.search")
Wanted = Mapping[str, "set[int] | None"]
Act = Callable[[Wanted], None]


def is_shared() -> bool:
    """Whether other machines may use the same database."""
    return db.engine.dialect.name == "postgresql"


def tell(wanted: Wanted) -> None:
    """Tell other machines what was indexed here: rows by kind, None for all."""
    if not is_shared():
        return
    name = the_search().name
    if None in wanted.values():
        publish(f"{WORD} {name} {ALL} 0")
        return
    topics = [f"{WORD} {name} {kind} {key}" for kind, ids in wanted.items() for key in sorted(ids or ())]
    if topics:
        publish(*topics)


def heard(topics: Iterable[str], name: str) -> dict[str, set[int] | None]:
    """What others than the index called `name` indexed, as tell() takes it."""
    found: dict[str, set[int] | None] = defaultdict(set)
    for topic in topics:
        word, _, rest = topic.partition(" ")
        if word != WORD or rest.startswith(f"{name} "):
            continue
        _who, kind, key = rest.split(" ")
        if kind == ALL:
            return dict.fromkeys(the_search().sources)
        ids = found[kind]
        if ids is not None:
            ids.add(int(key))
    return dict(found)


def follow(app: Flask, ended: threading.Event, act: Act, check: Callable[[], None]) -> None:
    """Beside a worker's other work: index with `act` what was indexed elsewhere, and `check` the own index, until it is over."""
    news: News | None = None
    checked = time.monotonic()
    while not ended.is_set():
        with app.app_context():
            if not is_shared():
                return
            try:
                news = news or _begin(act)
                _look(news, act)
                if time.monotonic() > checked + CHECK:
                    checked = time.monotonic()
                    check()
            except Exception as error:  # noqa: BLE001 -- the database is away, or the disk full: begin from what was noted
                log.warning("the search index cannot follow other machines", extra={"error": repr(error)})
                undo()
                news = None
                ended.wait(LOOK)
        ended.wait(LOOK)


def _begin(act: Act) -> News:
    """Go on where this machine was; whoever was away longer than rows are kept builds anew."""
    note = the_search().root / NOTE
    try:
        known, away = int(note.read_text(encoding="ascii")), clock.now().timestamp() - note.stat().st_mtime
    except (OSError, ValueError):
        known, away = 0, KEPT.total_seconds()
    if 0 <= away < KEPT.total_seconds() * 0.8:
        return News(db.engine, known)
    known = newest(db.engine)
    act(dict.fromkeys(the_search().sources))
    return News(db.engine, known)


def _look(news: News, act: Act) -> None:
    wanted = heard((topic for _key, topic in news.look()), the_search().name)
    if wanted:
        act(wanted)
    note = the_search().root / NOTE
    if wanted or not note.exists() or clock.now().timestamp() - note.stat().st_mtime > NOTED:
        note.parent.mkdir(parents=True, exist_ok=True)
        draft = note.with_suffix(".new")
        draft.write_text(str(news.last), encoding="ascii")
        draft.replace(note)
