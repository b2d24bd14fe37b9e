"""The parts that a page shows most often, as functions: a list has hundreds of them, and a macro costs ten times as much."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from ..kit.i18n import ago, exact

KEPT = 4096
ICON = Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}" /></svg>')
FACE = Markup('<span class="{}" aria-hidden="true">{}</span>')


def _classes(*names: str) -> str:
    return " ".join(name for name in names if name)


@lru_cache(KEPT)
def face(initials: str, us: bool = False, size: str = "") -> Markup:
    """The round mark of a person; `us` for staff, size "s", "" or "l". The name stands beside it."""
    return FACE.format(_classes("face", f"face-{size}" if size else "", "us" if us else ""), initials)


def when(moment: datetime) -> Markup:
    """A moment as people say it, the exact one on hover."""
    words = f'<time datetime="{moment.isoformat()}" title="{exact(moment)}">{ago(moment)}</time>'
    return Markup(words)  # noqa: S704 - figures and names of months, from Babel


def make_icon(file: str) -> Callable[..., Markup]:
    """The function icon(name, small=False, more="") over the sprite at the address `file`; `more` names classes."""

    @lru_cache(KEPT)
    def icon(name: str, small: bool = False, more: str = "") -> Markup:
        return ICON.format(_classes("icon", "icon-s" if small else "", more), file, name)

    return icon


def make_status(icon: Callable[..., Markup]) -> Callable[..., Markup]:
    """The function status(look, bare=False): a word with its tone and icon, always all three."""

    def status(look: Any, bare: bool = False) -> Markup:
        bareness = " bare" if bare else ""
        words = f'<span class="status {look.tone}{bareness}">{icon(look.icon)}{escape(str(look.word))}</span>'
        return Markup(words)  # noqa: S704 - the word is escaped, the rest is ours

    return status
