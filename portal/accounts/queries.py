"""Selects about sign-ins and links."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from ..extensions import db
from ..kit import clock, codes, crypto
from ..people.models import Grant, Membership, Person, Role
from .models import AddressChange, MailLink, SignIn


@cache  # every page of a signed-in person asks for it, and building it takes longer than running it
def _sign_in() -> Select[SignIn, Person, int | None, list[str], int | None, bool]:
    """A row for each role held in each organisation; loading them as rows of their own costs as much again for each."""
    home = (Membership.organisation_id, Membership.is_manager)
    return (
        select(SignIn, Person, Grant.team_id, Role.permissions, *home)
        .join(SignIn.person)
        .outerjoin(Grant, Grant.person_id == Person.id)
        .outerjoin(Role, Role.id == Grant.role_id)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .where(SignIn.digest == bindparam("sign_in"), SignIn.ends > bindparam("moment"), Person.active)
        .execution_options(populate_existing=True)
    )


def load_sign_in(token: str) -> SignIn | None:
    """The living sign-in of an active person, with roles and organisations, in one statement."""
    rows = db.session.execute(_sign_in(), {"sign_in": crypto.digest(token), "moment": clock.now()}).all()
    if not rows:
        return None
    found, person = rows[0][:2]
    set_committed_value(found, "person", person)
    person.known_held = frozenset((name, row[2]) for row in rows for name in row[3] or ())
    person.known_homes = frozenset((row[4], bool(row[5])) for row in rows if row[4] is not None)
    found.token = token
    return found


def sign_ins_of(person: Person) -> Sequence[SignIn]:
    """The person's living sign-ins, the latest first."""
    return db.session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person.id, SignIn.ends > clock.now())
        .order_by(SignIn.seen.desc(), SignIn.id)
    ).all()


def change_of(person: Person) -> AddressChange | None:
    """What was asked about the person's address and is neither made nor over."""
    rows = select(AddressChange).where(AddressChange.person_id == person.id, AddressChange.ends > clock.now())
    return db.session.scalar(rows.where(AddressChange.done.is_(None)))


def may_be_taken_back(person: Person) -> bool:
    """Whether the person's address was changed so lately that the old one can object; until then it changes no further."""
    rows = select(AddressChange.id).where(
        AddressChange.person_id == person.id, AddressChange.done.is_not(None)
    )
    return db.session.scalar(rows.where(AddressChange.ends > clock.now())) is not None


def hold_change(link: MailLink) -> AddressChange | None:
    """The change that a link asks about, held until the commit, if its person is still with us."""
    rows = select(AddressChange).where(AddressChange.id == link.payload["change"]).with_for_update()
    change = db.session.scalar(rows.execution_options(populate_existing=True))
    return change if change and change.person.active else None


def may_come_back(email: str) -> bool:
    """Whether an address was lately left by a change that its mailbox can still object to; nobody else gets it meanwhile."""
    rows = select(AddressChange.id).where(AddressChange.old == email, AddressChange.done.is_not(None))
    return db.session.scalar(rows.where(AddressChange.ends > clock.now())) is not None


def is_spoken_code(person: Person, code: str) -> bool:
    """Whether a code is the one that the person's own account page shows now."""
    digest = codes.digest_of(f"spoken|{person.id}", code)
    return db.session.scalar(_living(digest, "spoken")) is not None


def _living(digest: str, purpose: str) -> Select[MailLink]:
    return select(MailLink).where(
        MailLink.digest == digest, MailLink.purpose == purpose, MailLink.ends > clock.now()
    )


def find_link(token: str, purpose: str) -> MailLink | None:
    """The living link for a token and purpose; None for anything else, also for blank, cut or changed ones."""
    if not token:
        return None
    return db.session.scalar(_living(crypto.digest(token), purpose))
