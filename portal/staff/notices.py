"""What people are told of their roles under the bell."""

from typing import Any

from markupsafe import Markup

from ..kit.i18n import _
from ..notifications.wording import ACCOUNT, Kind, filled, strong
from ..people.permissions import ROLE_NAMES


def _values(data: dict[str, Any]) -> dict[str, str]:
    role = str(ROLE_NAMES.get(data["role"], data["role"]))
    return {"who": strong(data["who"]), "role": f"{role} ({data['team']})" if data.get("team") else role}


def _given(data: dict[str, Any]) -> Markup:
    return filled(_("%(who)s gave you the role %(role)s"), **_values(data))


def _taken(data: dict[str, Any]) -> Markup:
    return filled(_("%(who)s took the role %(role)s from you"), **_values(data))


GIVEN = Kind("role_given", ACCOUNT, "user-check", _given)
TAKEN = Kind("role_taken", ACCOUNT, "user", _taken)
KINDS = (GIVEN, TAKEN)
