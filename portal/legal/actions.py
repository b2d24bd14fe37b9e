"""Verbs of the company's pages: write a draft, publish a version, note who accepted it, say how to reach us."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, text, update

from ..audit.actions import record
from ..extensions import db
from ..kit import clock
from ..kit.languages import markup_words
from ..kit.markdown import Parts, render_article
from ..kit.rows import insert_or_hold, table_of
from ..people.models import Person
from .models import LegalAcceptance, LegalContact, LegalDraft, LegalText, LegalVersion
from .queries import PageWords, Plan, Reach, plan_of


@contextmanager
def unlocked() -> Iterator[None]:
    """Inside, what was published can be taken away, in the session at hand: only for a demo that goes as a whole."""
    tables = [table_of(model).name for model in (LegalVersion, LegalText)]
    if db.engine.dialect.name == "sqlite":
        fixed = text(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (:first, :second)"
        )
        found = db.session.execute(fixed, dict(zip(("first", "second"), tables, strict=True))).all()
        loosen, fasten = [f"DROP TRIGGER {name}" for name, _sql in found], [sql for _name, sql in found]
    else:
        loosen, fasten = (
            [f"ALTER TABLE {table} {act} TRIGGER {table}_stays" for table in tables]
            for act in ("DISABLE", "ENABLE")
        )
    for statement in loosen:
        db.session.execute(text(statement))
    yield
    db.session.flush()
    for statement in fasten:
        db.session.execute(text(statement))


class Overtaken(Exception):
    """Somebody else changed it since it was shown.

    Attributes:
        stands: what is there now.
    """

    def __init__(self, stands: PageWords | Reach | Plan) -> None:
        super().__init__("changed meanwhile")
        self.stands = stands


class NotReady(Exception):
    """A page cannot be published; the sentences say why."""


def keep_draft(kind: str, language: str, saying: PageWords, shown: str, by: Person) -> None:
    """Write what the next version of a page is to say in a language; what is as published is no draft.

    Args:
        kind, language: of the page.
        saying: the words.
        shown: the digest of what stood there as the writer began.
        by: who writes.

    Raises:
        Overtaken: it is not what stands there now.
    """
    key = {"kind": kind, "language": language}
    published = plan_of(kind).published.get(language, PageWords())
    values = key | vars(published) | {"at": clock.now(), "by_id": by.id}
    columns = (LegalDraft.title, LegalDraft.body, LegalDraft.note)
    row = db.session.execute(insert_or_hold(LegalDraft, ("kind", "language"), *columns), values).one()
    stands = PageWords(*row)
    if stands.digest != shown:
        raise Overtaken(stands)
    rows = (LegalDraft.kind == kind, LegalDraft.language == language)
    if saying == published:
        db.session.execute(delete(LegalDraft).where(*rows))
    else:
        words = vars(saying) | {"at": clock.now(), "by_id": by.id}
        db.session.execute(update(LegalDraft).where(*rows).values(**words))


def publish(kind: str, shown: str, *, anew: bool, by: Person | None) -> LegalVersion:
    """The drafts of a page become its next version, in force from now on, which nobody can change any more.

    Args:
        kind: of the page.
        shown: the digest of the plan that was looked at.
        anew: whether people who have an account are asked to accept it.
        by: who publishes.

    Raises:
        Overtaken: the plan is another one by now.
        NotReady: something is missing.
    """
    plan = plan_of(kind, hold=True)
    if plan.digest != shown:
        raise Overtaken(plan)
    if plan.faults:
        raise NotReady(plan.faults)
    number = plan.version.number + 1 if plan.version else 1
    version = LegalVersion(kind=kind, number=number, anew=anew, by_id=by.id if by else None, at=clock.now())
    version.texts = [look_of(code, saying) for code, saying in plan.next.items()]
    db.session.add(version)
    for draft in plan.drafts.values():
        db.session.delete(draft)
    db.session.flush()
    record("published a page", by, f"company page {kind}-{number}")
    return version


def look_of(language: str, saying: PageWords) -> LegalText:
    """What a version would hold of it, rendered; it is stored nowhere."""
    html = render_article(saying.body, Parts(markup_words(language))).html
    return LegalText(language=language, html=html, **vars(saying))


@dataclass(frozen=True)
class Agreement:
    """What somebody accepted, or was shown, with a form.

    Attributes:
        versions: ids of the versions.
        way: one of WAYS.
        language: of the page that the form stood on.
        at: when it was sent.
    """

    versions: Collection[int]
    way: str
    language: str
    at: datetime = field(default_factory=clock.now)


def agree(agreement: Agreement, person: Person | None, ticket_id: int | None = None) -> None:
    """Note it: of a person, or with a request whose sender has proven nothing yet."""
    db.session.add_all(
        LegalAcceptance(
            version_id=version,
            person_id=person.id if person else None,
            ticket_id=ticket_id,
            language=agreement.language,
            way=agreement.way,
            at=agreement.at,
        )
        for version in agreement.versions
    )
    db.session.flush()


def agreed_by(ticket_id: int, person: Person) -> None:
    """A request is confirmed: what was accepted with it, its sender has accepted."""
    theirs = update(LegalAcceptance).where(LegalAcceptance.ticket_id == ticket_id)
    db.session.execute(theirs.values(person_id=person.id))


def change_reach(reach: Reach, shown: str, by: Person) -> None:
    """Say how the company can be reached.

    Raises:
        Overtaken: `shown` is not the digest of what stands there now.
    """
    columns = (LegalContact.name, LegalContact.address, LegalContact.phone, LegalContact.hours)
    row = db.session.execute(
        insert_or_hold(LegalContact, ("id",), *columns), {"id": 1, **vars(Reach())}
    ).one()
    stands = Reach(*row)
    if stands.digest != shown:
        raise Overtaken(stands)
    db.session.execute(update(LegalContact).where(LegalContact.id == 1).values(**vars(reach)))
    record("changed how we are reached", by, "company page contact")
