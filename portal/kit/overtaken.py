"""Of two people who change one thing, the second is shown what the first made of it before theirs stands."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from . import crypto
from .forms import Form
from .i18n import _

APART = ("seen", "once", "csrf_token", "logo")


def _called(field: SelectField, value: Any) -> str:
    """What the choices call a value."""
    for choice in field.choices or ():
        known, label = (choice.value, choice.label) if isinstance(choice, SelectChoice) else choice[:2]
        if str(known) == str(value):
            return str(label)
    return str(value or "–")


def in_words(field: Any) -> str:
    """What a field says, for people who compare two of them."""
    if isinstance(field, BooleanField):
        return _("yes") if field.data else _("no")
    if isinstance(field, SelectMultipleField):
        return ", ".join(_called(field, value) for value in field.data or ()) or "–"
    if isinstance(field, SelectField):
        return _called(field, field.data)
    return str(field.data or "–")


def differing(mine: Form, theirs: Form) -> Sequence[tuple[str, str, str]]:
    """Label, mine and theirs of each field that two people filled in otherwise."""
    pairs = [(field, theirs[field.name]) for field in mine if field.name not in APART]
    return [(str(a.label.text), in_words(a), in_words(b)) for a, b in pairs if in_words(a) != in_words(b)]


class SeenForm(Form):
    """A form over one thing; `seen` is how that stood when the form was made."""

    seen = HiddenField()

    @property
    def standing_digest(self) -> str:
        told = [(f.name, sorted(f.data) if isinstance(f.data, list) else f.data or "") for f in self]
        return crypto.digest(repr([one for one in told if one[0] not in APART]))[:32]

    def note_seen(self) -> None:
        """The form shows the thing as it stands."""
        self.seen.data = self.standing_digest

    def is_overtaken(self, stands: "SeenForm") -> bool:
        """Whether the thing is another one than the form was made of, and than the form says; from now on `stands` was seen."""
        seen, self.seen.data = self.seen.data, stands.standing_digest
        return bool(seen) and self.seen.data not in (seen, self.standing_digest)
