"""The stream: names of topics that changed, never content; rights are asked at each connect."""

import queue
import re
import time
from collections.abc import Iterator

from flask import Blueprint, Response, abort, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from ..extensions import db
from ..kit.addresses import is_from_here
from ..kit.numbers import BIGINT, number_in
from ..people.guards import invited, me
from .actions import rights_of
from .hub import Hub, Window

blueprint = Blueprint("live", __name__)
HEARTBEAT = 5.0  # seconds; a dead window is noticed at the next one
LIFE = 55.0  # seconds; then the browser connects again and rights are asked anew
MOST_TOPICS = 50


def _number(name: str) -> int | None:
    value = request.args.get(name, "") or (request.headers.get("Last-Event-ID", "") if name == "last" else "")
    return number_in(value, BIGINT)


def _allowed(topics: list[str]) -> bool:
    rights = current_app.extensions["live_rights"]
    for topic in topics:
        kind, _, key = topic.rpartition("-")
        if kind not in rights or not re.fullmatch(r"[0-9]{1,18}", key) or not rights[kind](me(), int(key)):
            return False
    return True


@blueprint.get("/live")
@invited
def stream() -> Response:
    """Server-sent events named after the topics asked for; 404 when one of them is not the reader's to hear."""
    topics = list(dict.fromkeys(request.args.getlist("topic")))
    if not is_from_here(otherwise=True):  # a window on another site holds a place, though it may read nothing
        abort(404)
    if not topics or len(topics) > MOST_TOPICS or not _allowed(topics):
        abort(404)
    hub: Hub = current_app.extensions["live_hub"]
    person = me()
    rights = rights_of(person.id) if person else None
    # Somebody without an account hears of one request alone; that stands for who they are.
    window = hub.open([*topics, rights] if rights else topics, rights or topics[0])
    if window is None:
        return Response("", 503, {"Retry-After": "60"})
    # A stream must not hold a database connection; nor wait for a second one while it does, as many do at once.
    db.session.remove()
    last, since = _number("last"), _number("since")
    seconds = None if since is None else max(time.time() - since / 1000, 0)
    try:
        missed = hub.since(topics, last, seconds) if last is not None or since is not None else []
        newest = hub.newest()
    except SQLAlchemyError:  # the database is away: a window that nobody holds must not count for ever
        hub.close(window)
        raise
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Content-Type": "text/event-stream"}
    response = Response(
        _events(hub, window, newest, missed, rights), headers=headers, direct_passthrough=True
    )
    response.call_on_close(lambda: hub.close(window))  # also when the browser left before the first line
    return response


def _events(
    hub: Hub, window: Window, newest: int, missed: list[tuple[int, str]], rights: str | None
) -> Iterator[bytes]:
    """Until its life is over, or the rights of who listens change: the browser comes back, and they are asked anew."""
    try:
        yield f"retry: 500\nid: {newest}\n\n".encode()
        for topic in {topic for _, topic in missed}:
            yield f"event: {topic}\ndata: \n\n".encode()
        ends = time.monotonic() + LIFE
        while time.monotonic() < ends and window in hub.windows:
            try:
                key, topic = window.waiting.get(timeout=HEARTBEAT)
            except queue.Empty:
                yield b": still here\n\n"
                continue
            if not topic or topic == rights:  # the process ends, or other rights hold
                return
            yield f"id: {key}\nevent: {topic}\ndata: \n\n".encode()
    finally:
        hub.close(window)
