"""What people are told of their account under the bell."""

from typing import Any

from markupsafe import Markup, escape

from ..kit.devices import device_words
from ..kit.i18n import _
from ..notifications.wording import ACCOUNT, SECURITY, Kind, filled, strong


def _new_sign_in(data: dict[str, Any]) -> Markup:
    return filled(_("New sign-in: %(device)s. Was that you?"), device=strong(device_words(data["device"])))


def _signed_out(data: dict[str, Any]) -> Markup:
    if not data["device"]:
        return escape(_("All your other devices were signed out"))
    return filled(_("A device was signed out: %(device)s"), device=strong(device_words(data["device"])))


WELCOME = Kind("welcome", ACCOUNT, "circle-check", lambda _data: escape(_("Your account is ready. Welcome!")))
PASSWORD = Kind("password", SECURITY, "shield-lock", lambda _data: escape(_("Your password was changed")))
RESET = Kind(
    "reset",
    SECURITY,
    "shield-lock",
    lambda _data: escape(_("A mail to set a new password went to your address")),
)
NEW_SIGN_IN = Kind("sign_in", SECURITY, "shield-lock", _new_sign_in)
SIGNED_OUT = Kind("signed_out", SECURITY, "logout", _signed_out)
ADDRESS_ASKED = Kind(
    "address_asked",
    SECURITY,
    "mail",
    lambda _data: escape(_("Another address was asked for; both addresses got a mail")),
)
ADDRESS_CHANGED = Kind(
    "address_changed", SECURITY, "mail", lambda _data: escape(_("The address of your account was changed"))
)
ADDRESS_STOPPED = Kind(
    "address_stopped",
    SECURITY,
    "mail",
    lambda _data: escape(_("A change of your address was stopped from the old address")),
)
KINDS = (WELCOME, PASSWORD, RESET, NEW_SIGN_IN, SIGNED_OUT, ADDRESS_ASKED, ADDRESS_CHANGED, ADDRESS_STOPPED)
