"""The customer's page: what would stand in the community, under which names, and the yes or no to it."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, request

from ..community.actions import profile_of
from ..community.gate import Refused
from ..community.models import Profile
from ..community.wording import AUDIENCES
from ..extensions import db
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..kit.markdown import render_markdown
from ..people.guards import invited
from ..tickets.access import Reading, reading
from .access import get_proposal, may_agree
from .actions import Overtaken, agree, decline
from .cleaning import Cleaner
from .forms import AgreeForm
from .models import Proposal
from .queries import known_of

blueprint = Blueprint("proposals", __name__, url_prefix="/tickets")


@dataclass(frozen=True)
class Shown:
    """Words as they would stand, and under which name."""

    html: str
    profile: Profile | None


def _page(found: Reading, proposal: Proposal, form: AgreeForm, status: int = 200, **more: Any) -> Response:
    asker, agent = db.session.get(Profile, found.person.id), db.session.get(Profile, proposal.by_id)
    return render(
        "crossing/proposal.html",
        status=status,
        ticket=found.ticket,
        guest=found.guest,
        proposal=proposal,
        form=form,
        question=Shown(render_markdown(form.question.data or ""), asker),
        answer=Shown(render_markdown(proposal.answer), agent),
        audience=AUDIENCES[proposal.space.audience],
        may=may_agree(found),
        **more,
    )


@blueprint.get("/<int:number>/proposal/<int:key>")
@invited
def show(number: int, key: int) -> Response:
    found = reading(number)
    proposal = get_proposal(found, key)
    if proposal.state != "asked":
        return _settled(number)
    form = AgreeForm(formdata=None, title=proposal.title, question=proposal.question)
    return _page(found, proposal, form)


def _settled(number: int) -> Response:
    flash(_("This is asked no more. What became of it stands here."), "wait")
    return go(f"/tickets/{number}#newest")


@blueprint.post("/<int:number>/proposal/<int:key>")
@invited
def settle(number: int, key: int) -> Response:
    """Yes or no; words that were changed are looked at once more before others read them."""
    found = reading(number, change=True)
    proposal, said = get_proposal(found, key), request.form.get("say", "")
    if said not in ("yes", "no"):
        abort(400)
    if proposal.state != "asked":
        return _settled(number)
    if said == "no":
        decline(proposal, found.person)
        db.session.commit()
        flash(_("All right: nobody else reads it."), "good")
        return go(f"/tickets/{number}")
    return _agree(found, proposal) if may_agree(found) else abort(403)


def _agree(found: Reading, proposal: Proposal) -> Response:
    form, number = AgreeForm(), found.ticket.number
    if not form.validate():
        return _page(found, proposal, form, 422)
    title, question = form.title.data or "", form.question.data or ""
    if (title, question) != (proposal.title, proposal.question) and not form.sure.data:
        left = Cleaner(known_of(found.ticket)).look(f"{title}\n{question}").found
        if left:
            return _page(found, proposal, form, 422, left=left)
    profile_of(found.person)
    try:
        topic = agree(proposal, title, question, found.person)
    except Overtaken:
        db.session.rollback()
        return _settled(number)
    except Refused as refused:
        db.session.rollback()
        found = reading(number)
        return _page(found, get_proposal(found, proposal.id), form, 422, problem=str(refused))
    db.session.commit()
    if topic.gate:
        flash(_("Thank you. A moderator looks at your words, then others can read them."), "good")
    else:
        flash(_("Thank you. It stands in the community now, and others can find it."), "good")
    return go(f"/tickets/{number}#newest")
