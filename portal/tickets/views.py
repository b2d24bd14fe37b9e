"""The customer's pages: my requests, a new one, one of them."""

from flask import Blueprint, Response, abort, flash, request

from ..drafts.actions import end_with
from ..extensions import db
from ..kit.htmx import go, is_htmx, render
from ..kit.i18n import _, current_language
from ..kit.markdown import render_markdown
from ..outbox.once import acted, led_to
from ..people.guards import needs, signed_in, who
from ..people.models import Person
from ..people.permissions import Permission
from .access import get_own, own_tickets, public_events, visible_tickets
from .actions import open_ticket, reply, set_state
from .answers import PLACE, Answers, answers_to, sent_anyway
from .forms import AnswerForm, PreviewForm, RequestForm
from .models import Ticket
from .queries import SHOWS, own_counts, own_page
from .receive import too_fast, words_of
from .story import story

blueprint = Blueprint("tickets", __name__, url_prefix="/tickets")


def address_of(ticket: Ticket) -> str:
    return f"/tickets/{ticket.number}"


@blueprint.get("")
@signed_in
def index() -> Response:
    person = who()
    show = request.args.get("show", "open")
    show = show if show in SHOWS else "open"
    asked = request.args.get("q", "").strip()[:500]
    page = own_page(
        person, "all" if asked and "show" not in request.args else show, asked, request.args.get("at", "")
    )
    if asked and "show" not in request.args:
        show = "all"
    return render(
        "tickets/index.html",
        "tickets/_list.html",
        page=page,
        counts=own_counts(person),
        show=show,
        asked=asked,
        person=person,
    )


@blueprint.get("/new")
@needs(Permission.ASK)
def new() -> Response:
    subject = request.args.get("subject", "")[:255]
    answers = answers_to(who(), subject, current_language())
    form = RequestForm(subject=subject)
    return render("tickets/new.html", "tickets/_answers.html", form=form, answers=answers)


@blueprint.post("/new")
@needs(Permission.ASK)
def new_post() -> Response:
    person, form = who(), RequestForm()
    if (
        "look" in request.form
    ):  # the button for browsers without scripts: the form as it was filled in, with answers
        found = answers_to(person, form.subject.data or "", current_language())
        return render("tickets/new.html", form=form, answers=found, looked=True)
    words = words_of(form)
    if words is None:
        return render("tickets/new.html", "tickets/_form.html", status=422, form=form, answers=Answers())
    sent_anyway(form.once.data or "", person)
    earlier = acted(form.once.data or "", person.id)
    if earlier is not None:
        return go(earlier or "/tickets")
    problem = too_fast(person)
    if problem:
        db.session.rollback()
        values = {"form": form, "answers": Answers(), "problem": problem}
        return render("tickets/new.html", "tickets/_form.html", status=429, **values)
    ticket = open_ticket(form.subject.data or "", words, person)
    led_to(form.once.data or "", address_of(ticket))
    end_with(person, PLACE, form.once.data or "")
    db.session.commit()
    flash(
        _(
            "Sent. Your request has the number %(number)d, and a mail is on its way to you.",
            number=ticket.number,
        ),
        "good",
    )
    return go(address_of(ticket))


def _page(
    person: Person, ticket: Ticket, form: AnswerForm, status: int = 200, problem: str | None = None
) -> Response:
    return render(
        "tickets/show.html",
        "tickets/_composer.html" if status != 200 else "tickets/_live.html",  # noqa: PLR2004 -- HTTP's "OK"
        status=status,
        ticket=ticket,
        events=story(public_events(ticket), person.id, person),
        form=form,
        person=person,
        problem=problem,
    )


@blueprint.get("/<int:number>")
@signed_in
def show(number: int) -> Response:
    person = who()
    if not _is_own(person, number):
        return go(f"/desk/tickets/{number}")
    return _page(person, get_own(person, number), AnswerForm())


def _is_own(person: Person, number: int) -> bool:
    """Whether the person sent it; an agent who may read it is led to the desk; for anybody else it does not exist."""
    if not person.is_staff or db.session.scalar(own_tickets(person).where(Ticket.number == number)):
        return True
    return db.session.scalar(visible_tickets(person).where(Ticket.number == number)) is None


@blueprint.post("/<int:number>/answer")
@needs(Permission.ASK)
def answer(number: int) -> Response:
    person, form = who(), AnswerForm()
    ticket = get_own(person, number, change=True)
    words = words_of(form)
    if words is None:
        return _page(person, ticket, form, 422)
    if acted(form.once.data or "", person.id) is None:
        problem = too_fast(person)
        if problem:
            db.session.rollback()
            return _page(person, get_own(person, number), form, 429, problem)
        reply(ticket, words, person)
        led_to(form.once.data or "", address_of(ticket))
        end_with(person, f"ticket-{number}", form.once.data or "")
        db.session.commit()
    return _after(person, ticket)


def _after(person: Person, ticket: Ticket) -> Response:
    """After words or a change of state: the emptied composer and the thread for htmx, else the page."""
    if not is_htmx():
        return go(address_of(ticket) + "#newest")
    events = story(public_events(ticket), person.id, person)
    form = AnswerForm(formdata=None)
    return render("tickets/_done.html", ticket=ticket, events=events, form=form, person=person)


@blueprint.post("/<int:number>/state")
@needs(Permission.ASK)
def state(number: int) -> Response:
    """The customer says that it is solved, or opens it again."""
    person = who()
    ticket = get_own(person, number, change=True)
    wanted = request.form.get("state")
    if wanted not in ("solved", "open"):
        abort(400)
    if (wanted == "solved") == ticket.is_open:
        problem = too_fast(person)
        if problem:
            db.session.rollback()
            return _page(person, get_own(person, number), AnswerForm(formdata=None), 429, problem)
        set_state(ticket, wanted, person)
        db.session.commit()
    return _after(person, ticket)


@blueprint.post("/preview")
@signed_in
def preview() -> Response:
    """Markdown as it will be shown."""
    form = PreviewForm()
    if not form.validate():
        return render(
            "tickets/_preview.html",
            status=422,
            html="",
            problem=form.body.errors[0] if form.body.errors else "",
        )
    return render("tickets/_preview.html", html=render_markdown(form.body.data or ""), problem="")
