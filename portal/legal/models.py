"""Tables of the company's pages: versions that never change, the drafts of the next ones, and who accepted which."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, UtcDateTime

PRIVACY, TERMS, COMPANY = "privacy", "terms", "company"
KINDS = (PRIVACY, TERMS, COMPANY)
# Those that people accept, or are told of, before they give us anything; company details are only there to be read.
AGREED = (PRIVACY, TERMS)


class LegalVersion(Model):
    """One published version of a page, in force until the next one. The database refuses to change or drop it."""

    __tablename__ = "legal_version"
    __table_args__ = (UniqueConstraint("kind", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # one of KINDS
    number: Mapped[int] = mapped_column()  # of the page's versions, from 1 on
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)  # since when it is in force
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    anew: Mapped[bool] = mapped_column(default=False)  # whether people with an account are asked to accept it

    texts: Mapped[list["LegalText"]] = relationship(order_by="LegalText.language")

    @property
    def address(self) -> str:
        return f"/{self.kind}/versions/{self.number}"


class LegalText(Model):
    """What a version says in one language; as unchangeable as the version.

    `html` was rendered when it was published: another renderer must not change what was accepted.
    """

    __tablename__ = "legal_text"

    version_id: Mapped[int] = mapped_column(ForeignKey("legal_version.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    title: Mapped[str] = mapped_column(String(150))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")  # what is different from the version before


class LegalDraft(Model):
    """What the next version of a page is to say in one language; both words empty: it is not in that language."""

    __tablename__ = "legal_draft"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    title: Mapped[str] = mapped_column(String(150), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class LegalAcceptance(Model):
    """Somebody accepted the terms, or was shown the privacy policy: which version, when, in which language, and how.

    What comes with a visitor's request belongs to the request alone until its address is confirmed. `way` is one of
    WAYS in wording.py.
    """

    __tablename__ = "legal_acceptance"
    __table_args__ = (Index(None, "person_id", "version_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("legal_version.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    language: Mapped[str] = mapped_column(String(5))
    way: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    version: Mapped[LegalVersion] = relationship()


class LegalContact(Model):
    """How the company can be reached beside the portal; one row at most."""

    __tablename__ = "legal_contact"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    name: Mapped[str] = mapped_column(String(200), default="")  # as letters are addressed
    address: Mapped[str] = mapped_column(Text, default="")  # its lines
    phone: Mapped[str] = mapped_column(String(40), default="")
    hours: Mapped[str] = mapped_column(String(200), default="")  # of the phone; empty: the opening hours
