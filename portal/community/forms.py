"""Forms of the community: shape and wording."""

import re
import unicodedata

from wtforms import (
    BooleanField,
    MultipleFileField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired

from ..kit.forms import LONG_TEXT, AtMost, Filled, Form, MailAddress, OnceField, clean_line, clean_text
from ..kit.i18n import LANGUAGES, lazy, ngettext
from ..kit.overtaken import SeenForm
from ..tickets.forms import AnswerForm, BeganField
from .wording import AUDIENCES, ICONS, KINDS

MOST_TAGS, LONGEST_TAG, LONGEST_LINE = 5, 30, 300
# Nothing to see in any font: fillers of Hangul, the empty braille pattern, the joiner of graphemes.
_FILLERS = {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u2800", "\u3164", "\uffa0"}
_JOINERS = {"\u200c", "\u200d"}  # Persian, Indic scripts and emoji need them between two signs


def _is_seen(sign: str) -> bool:
    return sign not in _FILLERS and unicodedata.category(sign) not in ("Cf", "Co", "Cn")


def clean_title(value: str | None) -> str:
    """One line without signs that nobody sees; what joins two signs stays, once."""
    line = clean_line(value)
    kept = [
        sign
        for before, sign, after in zip(" " + line, line, line[1:] + " ", strict=False)
        if _is_seen(sign) or (sign in _JOINERS and _is_seen(before) and _is_seen(after) and before != " ")
    ]
    return " ".join("".join(kept).split())


def clean_tag(value: str) -> str:
    """A tag as it is kept: small letters, digits and single hyphens; "" when nothing of it is left."""
    plain = unicodedata.normalize("NFKC", clean_title(value)).casefold()
    return re.sub(r"[^\w]+", "-", plain).replace("_", "-").strip("-")[:LONGEST_TAG].rstrip("-")


def clean_tags(value: str | None) -> list[str]:
    """Tags of a line, each once, in the order that they were typed; what is beyond all bounds is not even read."""
    parts = re.split(r"[,;#]", (value or "")[:LONGEST_LINE])
    return [tag for tag in dict.fromkeys(clean_tag(part) for part in parts) if tag]


class FewTags:
    """At most MOST_TAGS; keeps them as they will be read."""

    def __call__(self, form: object, field: StringField) -> None:
        tags = clean_tags(field.data)
        field.data = ", ".join(tags)
        over = len(tags) - MOST_TAGS
        if over > 0:
            raise ValidationError(ngettext("%(num)d tag too many", "%(num)d tags too many", over))


class PostForm(AnswerForm):
    """Words in a topic. People never see `homepage`; machines fill it in."""

    body = TextAreaField(
        lazy("Your answer"), [Filled(lazy("Write a word first")), AtMost(LONG_TEXT)], filters=[clean_text]
    )
    answers = StringField(filters=[clean_line])  # the place of the post that it speaks to; an odd one is none
    homepage = StringField(filters=[clean_line])
    began = BeganField()


class EditForm(Form):
    """Own words, said better."""

    body = TextAreaField(
        lazy("Your words"), [Filled(lazy("Write a word first")), AtMost(LONG_TEXT)], filters=[clean_text]
    )


class EditTopicForm(EditForm):
    """The same of a topic's own words, which have a title and tags."""

    title = StringField(
        lazy("In one line"),
        [Filled(lazy("Say in a few words what it is about")), AtMost(150)],
        filters=[clean_title],
    )
    tags = StringField(lazy("Tags"), [AtMost(LONGEST_LINE), FewTags()], filters=[clean_line])


class TopicForm(PostForm):
    """A new topic; `space` and `kind` get their choices from who asks."""

    space = SelectField(lazy("Where does it belong?"))
    kind = RadioField(lazy("What is it?"))
    title = StringField(
        lazy("In one line"),
        [Filled(lazy("Say in a few words what it is about")), AtMost(150)],
        filters=[clean_title],
    )
    body = TextAreaField(
        lazy("Tell more"),
        [Filled(lazy("Write what others need to know")), AtMost(LONG_TEXT)],
        filters=[clean_text],
    )
    tags = StringField(lazy("Tags"), [AtMost(LONGEST_LINE), FewTags()], filters=[clean_line])


class SpaceForm(SeenForm):
    once = OnceField()
    name = StringField(
        lazy("Name of the space"),
        [Filled(lazy("Say in a few words what belongs here")), AtMost(100)],
        filters=[clean_title],
    )
    about = StringField(lazy("What it is for"), [AtMost(300)], filters=[clean_line])
    icon = RadioField(
        lazy("Sign"), choices=[SelectChoice(key, word) for key, word in ICONS.items()], default="messages"
    )
    locale = SelectField(
        lazy("Language that is spoken here"),
        choices=[
            SelectChoice("", lazy("any language")),
            *(SelectChoice(*item) for item in LANGUAGES.items()),
        ],
    )
    audience = RadioField(
        lazy("Who reads it?"),
        choices=[SelectChoice(key, look.word) for key, look in AUDIENCES.items()],
        default="public",
    )
    organisation = StringField(lazy("Organisation"), [AtMost(200)], filters=[clean_line])
    kinds = SelectMultipleField(
        lazy("What may begin here?"),
        choices=[SelectChoice(key, look.word) for key, look in KINDS.items()],
        validators=[InputRequired(lazy("Choose at least one"))],
    )
    holds_first = BooleanField(lazy("Hold the first posts of new people until a moderator has looked"))
    staff_only = BooleanField(lazy("Only our staff begins topics; all who read it may answer"))


class MemberForm(Form):
    email = StringField(lazy("E-mail"), [MailAddress(), AtMost(254)])


class FilesForm(Form):
    """Files for a space."""

    once = OnceField()
    title = StringField(lazy("What is it?"), [AtMost(150)], filters=[clean_title])
    files = MultipleFileField(lazy("Files"))


class ShareForm(Form):
    number = StringField(
        lazy("Number of your request"),
        [Filled(lazy("Write the number of the request"))],
        filters=[clean_line],
    )


class ProfileForm(SeenForm):
    """How somebody wants to be known; names.py says what a name may be, since odd signs must be told and not dropped."""

    name = StringField(lazy("Public name"), [AtMost(100)], filters=[lambda value: (value or "").strip(" ")])
    real = BooleanField(lazy("Use my real name"))
    about = TextAreaField(lazy("About you"), [AtMost(500)], filters=[clean_text])
