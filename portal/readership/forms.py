"""Shape of what readers tell: whether an article helped, and what became of a search."""

import re

from wtforms import HiddenField, IntegerField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import AnyOf, NumberRange, Optional, Regexp

from ..config import LANGUAGES
from ..kit.forms import AtMost, Form, clean_line, clean_text
from ..kit.i18n import lazy
from .models import LONGEST, REASON
from .wording import REASONS

TOKEN = r"[\w-]{16,64}\Z"  # noqa: S105 -- the shape of a random word
SLUG = r"[a-z0-9][a-z0-9-]{0,79}\Z"
MOST_RESULTS = 1000


def as_token(value: str | None) -> str:
    """The random word of a page; an odd one is none."""
    return value if value and re.match(TOKEN, value, re.ASCII) else ""


class Untold(Form):
    """A form of a page that all visitors share, so it holds no token: the view asks where it comes from."""

    class Meta(Form.Meta):  # noqa: D106 -- WTForms' own word
        csrf = False


class VoteForm(Untold):
    answer = RadioField(choices=["yes", "no"], validators=[AnyOf(["yes", "no"])])
    locale = HiddenField(validators=[AnyOf([*LANGUAGES])])
    reason = RadioField(
        lazy("What was it?"),
        choices=[SelectChoice(key, words) for key, words in REASONS.items()],
        validators=[Optional()],
        validate_choice=False,
    )
    words = TextAreaField(
        lazy("What should it say?"), [AtMost(REASON)], filters=[clean_text], render_kw={"dir": "auto"}
    )

    def validate_reason(self, field: RadioField) -> None:
        """An unknown reason is none."""
        field.data = field.data if field.data in REASONS else ""


class SearchedForm(Untold):
    """What a script tells of a search when the page is left or an article is opened."""

    token = StringField(validators=[Regexp(TOKEN)])
    words = StringField(validators=[AtMost(LONGEST)], filters=[clean_line])
    results = IntegerField(validators=[Optional(), NumberRange(0, MOST_RESULTS)])
    language = StringField(validators=[AnyOf(["", *LANGUAGES])], filters=[clean_line])
    opened = StringField(validators=[Optional(), Regexp(SLUG)])
