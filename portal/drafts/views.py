"""What a page with a composer asks and tells of its drafts; the only pages of the portal that speak JSON."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from ..extensions import db
from ..kit.forms import new_once
from ..outbox.once import result_of
from ..people.guards import signed_in, who
from . import forms
from .access import get_draft
from .actions import end_with, keep
from .models import Draft

blueprint = Blueprint("drafts", __name__, url_prefix="/drafts")


def _said(draft: Draft | None, sent: str | None) -> Response:
    """A draft as the page knows it; `sent` is where the form that was asked for led, `fresh` a word for the next one."""
    values: dict[str, Any] = {"version": 0, "kept": {}, "other": {}}
    if draft:
        values = {"version": draft.version, "kept": draft.kept, "other": draft.other}
    if sent is not None:
        values |= {"sent": sent or "/tickets", "fresh": new_once()}
    response = jsonify(values)
    response.headers["Cache-Control"] = "no-store"
    return response


def _place() -> str:
    try:
        return forms.place_of(request.values)
    except forms.BadDraft:
        abort(400)


@blueprint.get("")
@signed_in
def show() -> Response:
    """The person's draft at a place, and whether the form with this word was sent."""
    person, place, once = who(), _place(), request.args.get("once", "")
    sent = result_of(once, person.id) if forms.WORD.fullmatch(once) else None
    return _said(get_draft(person, place), sent)


@blueprint.post("/keep")
@signed_in
def keep_post() -> Response:
    person, place = who(), _place()
    try:
        text, base = forms.text_of(request.form), forms.number_of(request.form.get("base", "0"))
    except forms.LongDraft:
        abort(413)
    except forms.BadDraft:
        abort(400)
    draft = keep(person, place, text, base)
    db.session.commit()
    return _said(draft or get_draft(person, place), None if draft else result_of(text.once, person.id))


@blueprint.post("/drop")
@signed_in
def drop_post() -> Response:
    """Throw a draft away."""
    person, place = who(), _place()
    end_with(person, place, request.form.get("once", ""))
    db.session.commit()
    return _said(get_draft(person, place), None)
