"""What the desk reads of feedback beside its ticket."""

from sqlalchemy.orm import joinedload

from ..config import LANGUAGES
from ..kit.i18n import _
from ..people.permissions import ROLE_NAMES
from ..tickets.models import Ticket
from .models import Feedback

WITH_FEEDBACK = joinedload(Ticket.feedback)  # type: ignore[attr-defined]  # added by models.py


def facts_of(ticket: Ticket) -> list[tuple[str, str]]:
    """What a page was seen with by who told us of it, as pairs of a name and words; nothing for what is no feedback."""
    row: Feedback | None = ticket.feedback if ticket.kind == "feedback" else None  # type: ignore[attr-defined]  # as above
    situation = row.situation if row else {}
    if not situation:  # or erased
        return []
    roles = [str(ROLE_NAMES.get(key, key)) for key in situation.get("roles", ())]
    themes = {"light": _("light"), "dark": _("dark")}
    known = [
        (_("Language"), LANGUAGES.get(situation.get("language", ""), "")),
        (_("Time zone"), situation.get("zone", "")),
        (_("Window"), situation.get("window", "")),
        (_("Browser"), situation.get("browser", "")),
        (_("Theme"), themes.get(situation.get("theme", ""), "")),
        (_("Signed in"), ", ".join(roles) or _("yes") if situation.get("signed_in") else _("no")),
    ]
    return [(name, words) for name, words in known if words]
