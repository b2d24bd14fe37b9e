"""Verbs of accounts: sign up, confirm, sign in and out, passwords, profile."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from ..audit.actions import record
from ..extensions import db
from ..kit import clock, crypto
from ..kit.devices import device_words
from ..kit.rows import insert_or_skip
from ..legal.actions import Agreement, agree
from ..live.actions import cut_streams
from ..notifications.actions import News, notify
from ..notifications.wording import Kind
from ..outbox.actions import drop_waiting, enqueue
from ..people.access import find_person, is_taken
from ..people.actions import give_role, know
from ..people.models import Person
from .models import Device, MailLink, SignIn
from .notices import NEW_SIGN_IN, PASSWORD, SIGNED_OUT, WELCOME
from .queries import may_come_back

SHORT, LONG = timedelta(hours=12), timedelta(days=30)  # a sign-in's life without and with "stay signed in"
CONFIRM_LIFE, RESET_LIFE = timedelta(hours=24), timedelta(hours=1)
SECURITY_PAGE = "/account/security"


@dataclass(frozen=True)
class Newcomer:
    """What somebody gives to sign up."""

    called: str
    email: str
    password: str
    language: str
    zone: str = ""
    browser: str = ""
    agreed: tuple[int, ...] = ()  # ids of the versions of our pages that were accepted with it


def lane_of(email: str) -> str:
    """The lane of the mails to an address; whoever reads the outbox does not read the address."""
    return f"account-{crypto.digest(email)[:32]}"


def leave_link(
    purpose: str, email: str, life: timedelta, values: dict[str, Any], person: Person | None = None
) -> None:
    """Leave a mail with a link; the token is made by the worker, so that the database never holds it."""
    enqueue(
        "accounts.link",
        {
            "purpose": purpose,
            "email": email,
            "person": person.id if person else None,
            "until": (clock.now() + life).isoformat(),
            "values": values,
        },
        lane=lane_of(email),
    )


def sign_up(newcomer: Newcomer, next_page: str = "") -> None:
    """Ask by mail whether the address is theirs; the account is made when they confirm.

    An address that has an account gets a letter that says so, and the same work is done for both. Somebody deactivated
    gets nothing: the address would lead to what was theirs.
    """
    email = newcomer.email.strip().lower()
    stored = crypto.hash_password(newcomer.password)
    person = find_person(email)
    if person and person.password_hash:
        enqueue("accounts.known", {"person": person.id}, lane=lane_of(email))
        return
    if is_taken(email) or may_come_back(email):
        enqueue("accounts.nobody", {}, lane=lane_of(email))
        return
    values: dict[str, Any] = {
        "called": newcomer.called,
        "password": stored,
        "language": newcomer.language,
        "zone": newcomer.zone,
        "browser": crypto.digest(newcomer.browser),
    }
    if newcomer.agreed:
        values["agreed"] = {
            "versions": newcomer.agreed,
            "language": newcomer.language,
            "at": clock.now().isoformat(),
        }
    leave_link("confirm", email, CONFIRM_LIFE, values | {"next": next_page})


def make_link(purpose: str, email: str, values: dict[str, Any], person_id: int | None, until: str) -> str:
    """Store a link of a mail and return its token; called by the worker as the mail is written."""
    token = crypto.new_token()
    ends = datetime.fromisoformat(until)
    db.session.add(
        MailLink(
            digest=crypto.digest(token),
            purpose=purpose,
            email=email,
            payload=values,
            person_id=person_id,
            ends=ends,
        )
    )
    db.session.flush()
    return token


def use_up(link: MailLink) -> bool:
    """Take a link away; False when another press of its button was quicker."""
    gone = delete(MailLink).where(MailLink.id == link.id).returning(MailLink.id)
    return db.session.scalar(gone.execution_options(synchronize_session=False)) is not None


def confirm(link: MailLink, password: str | None = None) -> Person | None:
    """Make the account that a confirmed link asks for; a second link of the same address finds it made.

    `password` replaces the one given at sign-up, which somebody else may know.

    None when the address belongs to somebody who was deactivated meanwhile, or may come back to who left it lately.
    """
    person = find_person(link.email)
    if person is None and (is_taken(link.email) or may_come_back(link.email)):
        return None
    if person is None or not person.password_hash:
        person = _make_account(link, password)
    db.session.execute(delete(MailLink).where(MailLink.email == link.email, MailLink.purpose == "confirm"))
    return person


def _make_account(link: MailLink, password: str | None) -> Person:
    """The account of an address; who wrote to us before without one finds all of it there."""
    payload = link.payload
    person = know(link.email, payload["called"], payload["language"])
    person.called, person.language, person.zone = payload["called"], payload["language"], payload["zone"]
    person.password_hash = crypto.hash_password(password) if password else payload["password"]
    take_in(person)
    if agreed := payload.get("agreed"):
        at = datetime.fromisoformat(agreed["at"])
        agree(Agreement(agreed["versions"], "sign-up", agreed["language"], at), person)
    record("signed up", person, f"person {person.id}")
    notify(person, WELCOME, News("", "/account"))
    enqueue("accounts.welcome", {"person": person.id}, lane=lane_of(link.email))
    return person


def take_in(person: Person) -> None:
    """The address is theirs, as a link to it shows: they are a customer with an account from now on."""
    person.confirmed_at = person.confirmed_at or clock.now()
    if not person.grants:
        give_role(person, "customer")


def check_sign_in(email: str, password: str) -> Person | None:
    """The person with this address and password, or None; both take the same work."""
    person = find_person(email)
    right = crypto.check_password(person.password_hash if person else None, password)
    if person is None or not right:
        return None
    if person.password_hash and crypto.is_old(person.password_hash):
        person.password_hash = crypto.hash_password(password)
    return person


def begin_sign_in(person: Person, device: str, place: str, *, stay: bool) -> SignIn:
    """A new row for a browser; the caller puts its token into the cookie."""
    token = crypto.new_token()
    row = SignIn(
        digest=crypto.digest(token),
        person=person,
        ends=clock.now() + (LONG if stay else SHORT),
        device=device[:200],
        place=place,
    )
    db.session.add(row)
    db.session.flush()
    row.token = token
    record("signed in", person, f"sign-in {row.id}")
    if _is_new_device(person, device):
        _warn(person, NEW_SIGN_IN, str(row.id), {"device": row.device, "place": place})
    return row


def _is_new_device(person: Person, device: str) -> bool:
    """Whether a person signs in with another kind of browser than ever; the first one of all is no news."""
    words = device_words(device)
    seen = update(Device).where(Device.person_id == person.id, Device.words == words).values(seen=clock.now())
    if db.session.execute(seen.returning(Device.words)).first():
        return False
    any_known = db.session.scalar(select(Device.words).where(Device.person_id == person.id).limit(1))
    values = {"person_id": person.id, "words": words, "seen": clock.now()}
    db.session.execute(insert_or_skip(Device).values(**values))
    return any_known is not None


def _warn(person: Person, kind: Kind, key: str, values: dict[str, str]) -> None:
    """Tell the owner of an account what happened to it: under the bell, and always by mail too."""
    notify(person, kind, News(key, SECURITY_PAGE, values))
    payload = {"person": person.id, "template": kind.name, "values": values, "at": clock.now().isoformat()}
    enqueue("accounts.warning", payload, lane=lane_of(person.email or ""))


def end_sign_in(person: Person, key: int, *, elsewhere: bool = False) -> bool:
    """End one of the person's own sign-ins; False when it is not theirs or gone. One `elsewhere` is told to them."""
    row = db.session.scalar(select(SignIn).where(SignIn.id == key, SignIn.person_id == person.id))
    if row is None:
        return False
    db.session.delete(row)
    cut_streams(person.id)
    record("signed out", person, f"sign-in {key}")
    if elsewhere:
        _warn(person, SIGNED_OUT, str(key), {"device": row.device})
    return True


def end_all_sign_ins(person: Person, but: int | None = None, by: Person | None = None) -> None:
    """End every sign-in of a person, except the one with the id `but`; `by` somebody else, if not by themselves."""
    db.session.execute(delete(SignIn).where(SignIn.person_id == person.id, SignIn.id != (but or 0)))
    cut_streams(person.id)
    record("signed out everywhere", by or person, f"person {person.id}")


def close_doors(person: Person, by: Person) -> None:
    """No sign-in of a person lives on, and no link that was mailed opens the account."""
    end_all_sign_ins(person, by=by)
    theirs = (MailLink.person_id == person.id) | (MailLink.email == person.email)
    db.session.execute(delete(MailLink).where(theirs))
    drop_waiting("accounts.link", lane_of(person.email or ""))


def sign_out_others(person: Person, but: int) -> None:
    """End every sign-in but one, and tell the owner."""
    end_all_sign_ins(person, but=but)
    _warn(person, SIGNED_OUT, clock.now().isoformat(), {"device": ""})


def ask_reset(email: str) -> None:
    """Send a link for a new password, if the address has an account; else do the same work and send nothing."""
    email = email.strip().lower()
    person = find_person(email)
    if person:
        leave_link("reset", email, RESET_LIFE, {}, person)
    else:
        enqueue("accounts.nobody", {}, lane=lane_of(email))


def void_links(person: Person) -> None:
    """No link or code opens the account any more, be it in a mail or on its way.

    Links that ask whether a request or an invitation is theirs stay: they open no account. A change of address stays too:
    both addresses are still asked.
    """
    ours = MailLink.purpose.in_(("confirm", "reset", "sign_in_link", "spoken"))
    db.session.execute(delete(MailLink).where(MailLink.email == person.email, ours))
    drop_waiting("accounts.link", lane_of(person.email or ""))


def renew_sign_in(row: SignIn) -> None:
    """Give a sign-in a new token: a copy of its cookie that was taken before is worth nothing."""
    row.token = crypto.new_token()
    row.digest = crypto.digest(row.token)
    db.session.flush()


def set_password(person: Person, password: str, *, keep: SignIn | None = None) -> None:
    """Set a new password: every sign-in and every link to the account ends, and the owner is told by mail.

    The sign-in `keep` goes on with a new token, which the caller puts into the cookie.
    """
    person.password_hash = crypto.hash_password(password)
    take_in(person)
    end_all_sign_ins(person, but=keep.id if keep else None)
    if keep:
        renew_sign_in(keep)
    void_links(person)
    lane = lane_of(person.email or "")
    enqueue("accounts.password_changed", {"person": person.id}, lane=lane)
    notify(person, PASSWORD, News(clock.now().isoformat(), SECURITY_PAGE))
    record("changed the password", person, f"person {person.id}")


def change_profile(person: Person, *, called: str, name: str, language: str, zone: str) -> None:
    """Change how a person is addressed, and their language and zone."""
    person.called, person.name, person.language, person.zone = called, name, language, zone
    record("changed the profile", person, f"person {person.id}")
