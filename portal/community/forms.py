"""Forms of the community: shape and wording."""

import re
import unicodedata

from wtforms import RadioField, SelectField, StringField, TextAreaField, ValidationError

from ..kit.forms import LONG_TEXT, AtMost, Filled, clean_line, clean_text
from ..kit.i18n import lazy, ngettext
from ..tickets.forms import AnswerForm, BeganField

MOST_TAGS, LONGEST_TAG = 5, 30
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
    """Tags of a line, each once, in the order that they were typed."""
    return [tag for tag in dict.fromkeys(clean_tag(part) for part in re.split(r"[,;#]", value or "")) if tag]


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
    tags = StringField(lazy("Tags"), [AtMost(300), FewTags()], filters=[clean_line])
