"""From a posted form to words: the same for customers and for the desk."""

import re
from typing import TYPE_CHECKING

from flask import session
from werkzeug.datastructures import FileStorage

from ..accounts import limits
from ..kit.files import BadFile, check
from ..kit.i18n import _, current_language
from ..legal.actions import Agreement, agree
from ..people.models import Person
from .actions import Words
from .from_article import came_from
from .visitors import Visitor, ask_as_visitor

if TYPE_CHECKING:
    from .forms import AnswerForm, RequestForm, VisitorForm


def words_of(form: "AnswerForm | RequestForm") -> Words | None:
    """What the form says, or None with the reasons at its fields."""
    good = form.validate()
    files: list[tuple[str, FileStorage]] = []
    try:
        files = check(form.files.data or ())
    except BadFile as error:
        form.files.errors = [*form.files.errors, *error.args]
        good = False
    return Words(form.body.data or "", files) if good else None


MOST_LINKS, QUICK = 5, 3  # addresses in the words; seconds that nobody takes to write a request


def is_odd(homepage: str | None, seconds: float | None, words: str) -> bool:
    """Whether a machine may have filled a visitor's form in: a field that people do not see, in no time, full of addresses, or one of very many."""
    many = limits.is_one_too_many(limits.VISITOR_ALL, "")
    links = len(re.findall(r"https?://|www\.", words, re.IGNORECASE))
    return bool(homepage) or seconds is None or seconds < QUICK or links > MOST_LINKS or many


def too_many(email: str | None) -> str | None:
    """A sentence if one source or address sent more than an hour's limit without an account; else counts this one."""
    if limits.is_one_too_many(limits.VISITOR_SOURCE, limits.source()) or (
        email and limits.is_one_too_many(limits.VISITOR_ADDRESS, limits.plain_address(email))
    ):
        return _("That was a lot in one hour. Your words are kept here: please send them a little later.")
    return None


def send_as_visitor(form: "VisitorForm", words: Words) -> str:
    """Take a visitor's request; returns the page that says what comes now, the same for odd ones."""
    visitor = Visitor(form.name.data or "", form.email.data or "", current_language())
    odd = is_odd(form.homepage.data, form.began.seconds(), f"{form.subject.data} {form.body.data}")
    ticket = ask_as_visitor(form.subject.data or "", words, visitor, form.kind.data, odd=odd)
    agree(Agreement(form.agreed, "request", visitor.language), None, ticket.id)
    came_from(ticket, form, None)
    session["sent"] = [ticket.number, form.email.data]
    return "/tickets/sent"


def too_fast(person: Person) -> str | None:
    """A sentence if a customer sent more than an hour's limit; else counts this one."""
    if limits.is_one_too_many(limits.REQUESTS, str(person.id)):
        return _("That was a lot in one hour. Your words are kept here: please send them a little later.")
    return None
