"""Forms of what an owner changes: each shows what stands, and says in words what of it cannot be."""

import re
from abc import abstractmethod
from typing import Any, ClassVar

from flask_babel import LazyString
from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.widgets import FileInput

from .. import grammar
from ..kit.company import Company
from ..kit.forms import LONG_TEXT, AtMost, Filled, Form, MailAddress, OnceField, clean_line, clean_text
from ..kit.i18n import LANGUAGES, _, lazy
from ..kit.numbers import number_in
from ..kit.zones import ZONES
from ..mail.actions import on_the_wire
from ..mail.wording import TEXTS, unknown_places
from ..outbox.worker import Hopeless

LONGEST_NAME, LONGEST_SENDER = 60, 60
LONGEST_WORDS = 1000
PRIORITIES = {
    "urgent": lazy("Urgent"),
    "high": lazy("High"),
    "normal": lazy("Normal"),
    "low": lazy("Low"),
}
ANSWERS = {"first": lazy("to the first answer"), "next": lazy("to each further answer")}


class PartForm(Form):
    """A form over one part of what is kept; `seen` is the version that whoever fills it in had before them.

    Attributes:
        title: what the part is called.
        act: what the record says when it is saved.
        page: its template.
    """

    title: ClassVar[Any]
    act: ClassVar[str]
    page: ClassVar[str]

    seen = HiddenField()

    @property
    def seen_version(self) -> int:
        return number_in(self.seen.data) or 0


class ValuesForm(PartForm):
    """One whose fields are values of the company."""

    @staticmethod
    @abstractmethod
    def standing(company: Company) -> dict[str, Any]:
        """The fields as they stand now."""

    @abstractmethod
    def value(self) -> dict[str, Any]:
        """What is kept of a form that is right."""


class KnownColour:
    """A colour as six hexadecimal digits."""

    def __call__(self, form: Any, field: Any) -> None:
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", field.data or "", re.ASCII):
            raise ValidationError(_("Write a colour as # and six digits, like #0a6a7c"))


class LookForm(ValuesForm):
    title, act = lazy("Name and look"), "changed name, logo or colour"
    page = "company/look.html"

    name = StringField(
        lazy("Name of the company"),
        [Filled(lazy("Say what your company is called")), AtMost(LONGEST_NAME)],
        filters=[clean_line],
    )
    accent = StringField(lazy("Colour"), [KnownColour()], filters=[clean_line])
    logo = MultipleFileField(lazy("Logo"), widget=FileInput())  # of one: forms here know no other files
    no_logo = BooleanField(lazy("Show no logo"))

    @staticmethod
    def standing(company: Company) -> dict[str, Any]:
        return {"name": company.name, "accent": company.accent}

    def value(self) -> dict[str, Any]:
        return {"NAME": self.name.data, "ACCENT": (self.accent.data or "").lower()}


class LanguagesForm(ValuesForm):
    title, act = lazy("Languages and time zone"), "changed the languages or the time zone"
    page = "company/languages.html"

    languages = SelectMultipleField(
        lazy("Languages that are offered"), choices=[SelectChoice(*item) for item in LANGUAGES.items()]
    )
    language = SelectField(
        lazy("For those whose language is not offered or not known"),
        choices=[SelectChoice(*item) for item in LANGUAGES.items()],
    )
    zone = SelectField(lazy("Time zone"), choices=[SelectChoice(zone) for zone in ZONES])

    @staticmethod
    def standing(company: Company) -> dict[str, Any]:
        return {"languages": list(company.languages), "language": company.language, "zone": company.zone}

    def validate_languages(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_("Offer one language at least"))

    def validate_language(self, field: Any) -> None:
        if self.languages.data and field.data not in self.languages.data:
            raise ValidationError(_("Take one of those that are offered"))

    def value(self) -> dict[str, Any]:
        return {
            "LANGUAGES": list(self.languages.data or ()),
            "LANGUAGE": self.language.data,
            "ZONE": self.zone.data,
        }


class AnHour:
    """A number of hours that an answer may take."""

    def __call__(self, form: Any, field: Any) -> None:
        found = re.fullmatch(r"\d{1,3}", field.data or "", re.ASCII)
        if not found or not 1 <= int(found[0]) <= grammar.MOST_HOURS:
            raise ValidationError(_("Write a number of hours from 1 to %(most)d", most=grammar.MOST_HOURS))


class AnswersForm(ValuesForm):
    title, act = lazy("Hours to an answer"), "changed the hours to an answer"
    page = "company/answers.html"

    @staticmethod
    def standing(company: Company) -> dict[str, Any]:
        meant = company.answer_hours.meaning
        return {
            f"{name}_{which}": str(getattr(meant[name], which)) for name in PRIORITIES for which in ANSWERS
        }

    def hours(self, priority: str) -> list[Any]:
        """The two fields of a priority."""
        return [self[f"{priority}_{which}"] for which in ANSWERS]

    def value(self) -> dict[str, Any]:
        rows = (
            " ".join([name, *(str(int(field.data)) for field in self.hours(name))]) for name in PRIORITIES
        )
        return {"ANSWER_HOURS": ", ".join(rows)}


def _hours_label(priority: str, which: str) -> str:
    return f"{PRIORITIES[priority]}, {ANSWERS[which]}"


for _name in PRIORITIES:
    for _which in ANSWERS:
        setattr(
            AnswersForm,
            f"{_name}_{_which}",
            StringField(LazyString(_hours_label, _name, _which), [AnHour()], filters=[clean_line]),
        )


class PlainAddress:
    """An address that every mail server takes; its domain is kept in plain letters, as mails name it."""

    def __call__(self, form: Any, field: Any) -> None:
        try:
            field.data = on_the_wire(field.data)
        except (Hopeless, UnicodeError) as error:
            raise ValidationError(_("This address cannot be right; look at it once more")) from error


class SenderForm(ValuesForm):
    title, act = lazy("Sender of mails"), "changed the sender of mails"
    page = "company/sender.html"

    called = StringField(lazy("Name that mails come from"), [AtMost(LONGEST_SENDER)], filters=[clean_line])
    address = StringField(
        lazy("Address that mails come from"),
        [MailAddress(), PlainAddress(), AtMost(254)],
        filters=[clean_line],
    )

    @staticmethod
    def standing(company: Company) -> dict[str, Any]:
        called = company.sender_name
        return {"called": "" if called == company.name else called, "address": company.sender}

    def value(self) -> dict[str, Any]:
        return {"SENDER_NAME": self.called.data or "", "MAIL_FROM": self.address.data}


class KnownPlaces:
    """The words name only places that can be filled there."""

    def __call__(self, form: Any, field: Any) -> None:
        unknown = unknown_places(field.name, field.data or "")
        if unknown:
            known = ", ".join(f"{{{name}}}" for name in TEXTS[field.name].places)
            raise ValidationError(
                _(
                    "Nothing is known for %(place)s. These can be filled: %(known)s",
                    place=unknown[0],
                    known=known,
                )
            )


class MailsForm(PartForm):
    title, act = lazy("Words of mails"), "changed the words of mails"
    page = "company/mails.html"

    def words(self) -> list[Any]:
        """The fields of words, in the order of a mail."""
        return [self[key] for key in TEXTS]

    def value(self) -> dict[str, Any]:
        """Only what is said otherwise than by us: our words may be mended with the next version."""
        said = {key: self[key].data or "" for key in TEXTS}
        return {key: words for key, words in said.items() if words and words != TEXTS[key].original}


for _key, _said in TEXTS.items():
    setattr(
        MailsForm,
        _key,
        TextAreaField(_said.label, [AtMost(LONGEST_WORDS), KnownPlaces()], filters=[clean_text]),
    )


def _check_text(_form: Form, field: Any) -> None:
    if "{{" in (field.data or ""):
        raise ValidationError(
            _("Put a space between two { signs: together they stand for a value in articles")
        )


class ArticlePreviewForm(Form):
    body = TextAreaField(validators=[AtMost(LONG_TEXT), _check_text], filters=[clean_text])


class ArticleForm(Form):
    """The languages are those that are offered; views put them in."""

    once = OnceField()
    title = StringField(
        lazy("Question or title"), [Filled(lazy("Say what it answers")), AtMost(150)], filters=[clean_line]
    )
    section = StringField(
        lazy("Section"), [Filled(lazy("Say under which heading it stands")), AtMost(80)], filters=[clean_line]
    )
    language = SelectField(lazy("Language"), choices=[])
    body = TextAreaField(
        lazy("Text"), [Filled(lazy("Write the answer")), AtMost(LONG_TEXT), _check_text], filters=[clean_text]
    )


class TestMailForm(Form):
    __test__ = False  # its name is no word to pytest

    email = StringField(lazy("Your address"), [MailAddress(), AtMost(254)])
