"""Which notices a person may read: their own, as long as they may know of what these speak of."""

from flask import abort, current_app
from sqlalchemy import ColumnElement, Select, or_, select

from ..extensions import db
from ..people.models import Person
from ..people.readers import Reader, built_once
from .models import Notice


def may_still_know(reader: Reader) -> ColumnElement[bool]:
    """The condition on a notice that its reader may still see what it is about, as the features say (features.py)."""
    rights = current_app.extensions["notice_rights"]
    known = ((Notice.about == about) & may_see(reader, Notice.about_id) for about, may_see in rights.items())
    return or_(Notice.about == "", *known)


@built_once
def visible_notices(reader: Reader) -> Select[Notice]:
    """The person's notices, without those about what they may no longer see."""
    return select(Notice).where(Notice.person_id == reader.id, may_still_know(reader))


def get_notice(person: Person, key: int) -> Notice:
    """One of them or 404."""
    return db.session.scalar(visible_notices(person).where(Notice.id == key)) or abort(404)
