"""What is still missing until an instance is ready for customers: lines that turn green when it really happened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import exists, func, select

from ..audit.models import AuditEntry
from ..config import SETTINGS
from ..extensions import db
from ..kb.models import PUBLISHED, Article
from ..kit.company import the_company
from ..kit.i18n import lazy
from ..legal.queries import privacy_page_is_written
from ..people.models import Grant, Person, Role
from ..people.permissions import Permission
from .models import CompanyValue
from .queries import mail_arrived

PAGE = "/admin/ready"
ARTICLE = f"{PAGE}/article"
FIRST = {setting.name: setting.default for setting in SETTINGS}


@dataclass(frozen=True)
class Line:
    """One thing that a new instance needs.

    Attributes:
        key: names it.
        title: what is to be there; translated when shown.
        why: what customers have of it, in one sentence.
        address: where it is done.
        done: whether it happened, looked up each time: nobody ticks it.
    """

    key: str
    title: Any
    why: Any
    address: str
    done: Callable[[], bool]


def _said(part: str, *names: str) -> Callable[[], bool]:
    """Whether somebody saved a part, or gave one of its settings when the server was set up."""

    def done() -> bool:
        given = any(str(current_app.config[name]) != FIRST[name] for name in names)
        return given or bool(db.session.scalar(select(exists().where(CompanyValue.part == part))))

    return done


def _colleague_is_there() -> bool:
    """Whether somebody beside the first administrator looks after requests."""
    staff = (
        select(func.count(Grant.person_id.distinct()))
        .join(Person, Person.id == Grant.person_id)
        .join(Role)
        .where(Person.active, Role.key != "customer")
    )
    return (db.session.scalar(staff) or 0) > 1


def _article_is_there() -> bool:
    return bool(db.session.scalar(select(exists().where(Article.status == PUBLISHED))))


LINES = (
    Line("name", lazy("The name of your company"), lazy("It stands on every page and in every mail."), "/admin/company/look?from=ready", _said("look", "NAME")),
    Line("logo", lazy("Your logo"), lazy("Customers see at once that they are in the right place."), "/admin/company/look?from=ready", lambda: the_company().logo is not None),
    Line("accent", lazy("Your colour"), lazy("Buttons and links have it, in tones that can be read."), "/admin/company/look?from=ready", _said("look", "ACCENT")),
    Line("languages", lazy("The languages you offer"), lazy("Pages and mails come in the language of whoever reads them."), "/admin/company/languages?from=ready", _said("languages", "LANGUAGE")),
    Line("zone", lazy("Your time zone"), lazy("Opening hours and times are told in it."), "/admin/company/languages?from=ready", _said("languages", "ZONE")),
    Line("hours", lazy("Your opening hours"), lazy("Each request says by when you answer, counted in these hours."), "/admin/company/hours?from=ready", _said("hours", "HOURS")),
    Line("mail", lazy("Mail that arrives"), lazy("Answers reach customers only if other servers believe your sender."), "/admin/ready#mail", mail_arrived),
    Line("colleague", lazy("A first colleague"), lazy("Two people see more than one, and somebody is there when you are not."), "/admin/people/invite", _colleague_is_there),
    Line("article", lazy("A first article"), lazy("The question that you answer most often; then it answers itself."), ARTICLE, _article_is_there),
    Line("privacy", lazy("Your privacy policy"), lazy("Customers learn what becomes of what they tell you; the law wants it."), "/admin/pages/privacy", privacy_page_is_written),
)  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """The lines, each with whether it is done."""

    lines: Sequence[tuple[Line, bool]]

    @property
    def done(self) -> int:
        return sum(done for _line, done in self.lines)

    @property
    def all(self) -> int:
        return len(self.lines)

    @property
    def next(self) -> str:
        """The key of the first line that is not done; "" when none is left."""
        return next((line.key for line, done in self.lines if not done), "")

    @property
    def is_ready(self) -> bool:
        return self.done == self.all


def progress() -> Progress:
    """How far the instance is, asked of everything now."""
    return Progress([(line, line.done()) for line in current_app.extensions["readiness"]])


def first_page(person: Person) -> str | None:
    """The list, for an administrator who signs in for the first time ever while the instance is not ready."""
    if not person.may(Permission.COMPANY) or current_app.config["DEMO"]:
        return None
    came = select(func.count()).select_from(AuditEntry)
    came = came.where(AuditEntry.actor_id == person.id, AuditEntry.act == "signed in")
    if (db.session.scalar(came) or 0) > 1 or progress().is_ready:
        return None
    return PAGE
