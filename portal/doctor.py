"""What `portal doctor` looks at: all parts, now, in English."""

from flask_babel import force_locale

from .health.looks import PARTS, Finding
from .health.looks import examine as look

__all__ = ["PARTS", "Finding", "examine"]


def examine() -> list[Finding]:
    """All findings, each looked at now; the same ones that administrators see at /admin."""
    with force_locale("en"):
        return look(now=True)
