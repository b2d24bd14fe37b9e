"""What people are told under the bell of what moderators did with their words, and of what they reported."""

from typing import Any

from markupsafe import Markup, escape

from ..extensions import db
from ..kit.i18n import _
from ..notifications.actions import News, notify
from ..notifications.wording import COMMUNITY, Kind, filled
from ..people.models import Person
from .models import ModeratorAct, Report
from .wording import OUTCOMES, TOLD, reason_words

OWN_ACTS = "/community/mine/acts"


def _act(data: dict[str, Any]) -> Markup:
    told = str(TOLD[data["act"]])
    if not data["because"]:
        return escape(told)
    return filled(
        _("%(told)s The reason: %(reason)s"), told=told, reason=reason_words(data["because"], data["words"])
    )


def _settled(data: dict[str, Any]) -> Markup:
    return filled(_("Thank you for your report. %(outcome)s."), outcome=str(OUTCOMES[data["outcome"]]))


MODERATED = Kind("moderated", COMMUNITY, "shield-lock", _act)
SETTLED = Kind("report", COMMUNITY, "flag", _settled)
KINDS = (MODERATED, SETTLED)


def tell_of(act: ModeratorAct, because: str) -> None:
    """Tell whom an act concerns, by nobody's name; nothing of what they did themselves."""
    person = db.session.get(Person, act.person_id) if act.person_id else None
    if person is None or person.erased or act.person_id == act.by_id:
        return
    data = {"act": act.act, "because": because, "words": act.reason}
    notify(person, MODERATED, News(str(act.id), OWN_ACTS, data, at=act.at))


def tell_settled(report: Report) -> None:
    """Tell who reported what came of it."""
    person = db.session.get(Person, report.person_id)
    if person and not person.erased and report.person_id != report.settled_by_id:
        data = {"outcome": report.outcome}
        notify(person, SETTLED, News(str(report.id), OWN_ACTS, data, at=report.settled_at))
