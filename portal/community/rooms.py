"""Verbs of spaces: make and change them, their order, their members, and what stands in them beside topics."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, select

from ..audit.actions import record
from ..extensions import db
from ..kit import clock
from ..kit.files import store
from ..kit.i18n import current_language
from ..kit.rows import insert_or_skip
from ..outbox.actions import enqueue, let_go
from ..people.actions import know
from ..people.models import Person
from ..tickets.actions import Words
from ..tickets.models import Ticket
from .models import ORGANISATION, Space, SpaceItem, SpaceMember

REINDEX = "community.reindex"
STEP = 10  # between the places of two spaces


@dataclass(frozen=True)
class Plan:
    """What a space is to be."""

    name: str
    about: str
    icon: str
    locale: str
    audience: str
    organisation_id: int | None
    kinds: Sequence[str]
    holds_first: bool
    open_to_all: bool


def _slug(name: str) -> str:
    """The part of an address for a name, free until now; of a name without Latin letters a plain one."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "space"
    taken = set(db.session.scalars(select(Space.slug).where(Space.slug.startswith(stem, autoescape=True))))
    return next(
        slug for n in range(1, len(taken) + 2) if (slug := stem if n == 1 else f"{stem}-{n}") not in taken
    )


def make_space(plan: Plan, by: Person) -> Space:
    """A new space, after all others."""
    last = db.session.scalar(select(func.max(Space.place))) or 0
    space = Space(slug=_slug(plan.name), place=last + STEP, topics=0, **_columns(plan))
    db.session.add(space)
    db.session.flush()
    record("made a space", by, f"space {space.id}", name=space.name, audience=space.audience)
    return space


def _columns(plan: Plan) -> dict[str, object]:
    home = plan.organisation_id if plan.audience == ORGANISATION else None
    return asdict(plan) | {"kinds": list(plan.kinds), "organisation_id": home}


def change_space(space: Space, plan: Plan, by: Person) -> None:
    """Change a space; when other people read it from now on, all that others have of its topics is made anew."""
    wanted = _columns(plan)
    changed = sorted(name for name, value in wanted.items() if getattr(space, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(space, name, wanted[name])
    record("changed a space", by, f"space {space.id}", changed=changed, audience=space.audience)
    if {"audience", "organisation_id"} & set(changed):
        reindex(space)


def reindex(space: Space) -> None:
    """Have the worker go through all topics of a space, since others read it now."""
    enqueue(REINDEX, {"space": space.id, "after": 0})


def move_space(space: Space, *, up: bool, by: Person) -> None:
    """Change places with the space before or after it."""
    order = list(
        db.session.scalars(select(Space).order_by(Space.place, Space.name, Space.id).with_for_update())
    )
    here = order.index(space)
    there = here + (-1 if up else 1)
    if not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    for number, one in enumerate(order, 1):
        one.place = number * STEP
    record("changed a space", by, f"space {space.id}", changed=["place"], audience=space.audience)


def add_member(space: Space, email: str, by: Person) -> None:
    """Whoever has this address, or will have, reads a space of members: nothing tells whether somebody has it now."""
    person = know(email, "", current_language())
    values = {"space_id": space.id, "person_id": person.id, "added_by_id": by.id, "at": clock.now()}
    added = db.session.execute(insert_or_skip(SpaceMember, SpaceMember.space_id), values).first()
    if added:
        record("added a member", by, f"space {space.id}", person=person.id)


def remove_member(space: Space, person_id: int, by: Person) -> None:
    """Somebody reads it no more."""
    theirs = SpaceMember.space_id == space.id, SpaceMember.person_id == person_id
    if db.session.scalar(delete(SpaceMember).where(*theirs).returning(SpaceMember.person_id)):
        record("removed a member", by, f"space {space.id}", person=person_id)


def put_files(space: Space, title: str, words: Words, by: Person) -> None:
    """Files for all who read a space; each under the title given, else under its own name."""
    for name, content in words.files:
        kept = store(name, content)
        about = {"name": kept.name, "type": kept.type, "size": kept.size}
        item = SpaceItem(space_id=space.id, by_id=by.id, title=title, key=kept.key, at=clock.now(), **about)
        db.session.add(item)
    db.session.flush()


def share_request(space: Space, ticket: Ticket, by: Person) -> None:
    """A requester lets all who read a space know of a request of theirs, and how it goes; once."""
    here = SpaceItem.space_id == space.id, SpaceItem.ticket_id == ticket.id
    db.session.execute(select(Space.id).where(Space.id == space.id).with_for_update())
    if db.session.scalar(select(SpaceItem.id).where(*here)) is None:
        db.session.add(
            SpaceItem(space_id=space.id, by_id=by.id, title="", ticket_id=ticket.id, at=clock.now())
        )
        db.session.flush()


def take_out(item: SpaceItem) -> None:
    """A file or a shared request stands there no more."""
    if item.key:
        let_go([item.key])
    db.session.delete(item)
    db.session.flush()
