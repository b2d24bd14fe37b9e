"""One line of JSON a request and a job: id, who, what, how long, how many statements."""

import json
import logging
import re
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

_asked: ContextVar[int] = ContextVar("asked", default=0)
KNOWN = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


# What JSON leaves as it is, and a terminal or another reader takes for a new line, a command or another direction.
_ACTS = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class JsonLines(logging.Formatter):
    """A record as one line of JSON; line breaks inside values are escaped, so nobody forges a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "what": record.getMessage(),
        }
        line |= {name: value for name, value in record.__dict__.items() if name not in KNOWN}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        written = json.dumps(line, ensure_ascii=False, default=str)
        return _ACTS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", written)


def needs_a_reader(record: logging.LogRecord) -> bool:
    """Whether somebody at a terminal wants it: work that was done as ever, a line each second, hides all else."""
    return record.levelno > logging.INFO or record.getMessage() != "job"


def count_anew() -> None:
    """A request begins: it asked the database nothing yet."""
    _asked.set(0)


def count(*_statement: Any) -> None:
    """Count a statement, as an engine tells of it."""
    _asked.set(_asked.get() + 1)


def counted() -> int:
    """How many statements there were since the request began."""
    return _asked.get()


def set_up() -> None:
    """Send the portal's log to standard error; a keeper of services gets every line, a person the telling ones."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    if sys.stderr.isatty():
        handler.addFilter(needs_a_reader)
    log = logging.getLogger("portal")
    log.handlers[:] = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


def milliseconds(since: float) -> float:
    """Milliseconds passed since a time.perf_counter()."""
    return round((time.perf_counter() - since) * 1000, 1)
