"""From a posted form to words: the same for customers and for the desk."""

from typing import TYPE_CHECKING

from werkzeug.datastructures import FileStorage

from ..accounts import limits
from ..kit.files import BadFile, check
from ..kit.i18n import _
from ..people.models import Person
from .actions import Words

if TYPE_CHECKING:
    from .forms import AnswerForm, RequestForm


def words_of(form: "AnswerForm | RequestForm") -> Words | None:
    """What the form says, or None with the reasons at its fields."""
    good = form.validate()
    files: list[tuple[str, FileStorage]] = []
    try:
        files = check(form.files.data or ())
    except BadFile as error:
        form.files.errors = [*form.files.errors, str(error)]
        good = False
    return Words(form.body.data or "", files) if good else None


def too_fast(person: Person) -> str | None:
    """A sentence if a customer sent more than an hour's limit; else counts this one."""
    if limits.is_one_too_many(limits.REQUESTS, str(person.id)):
        return _("That was a lot in one hour. Your words are kept here: please send them a little later.")
    return None
