"""The customer's pages: my requests, a new one, one of them."""

from typing import Any

from flask import Blueprint, Response, abort, flash, request

from ..drafts.actions import end_with
from ..extensions import db
from ..kb.models import Article
from ..kit.htmx import go, is_htmx, render
from ..kit.i18n import _, current_language
from ..kit.markdown import render_markdown
from ..outbox.once import acted, led_to
from ..people.guards import invited, me, public, signed_in, who
from ..people.models import Person
from ..people.permissions import Permission
from ..readership.forms import as_token
from .access import PUBLIC_EVENTS, Reading, as_customer, decides, reading, visible_tickets
from .actions import open_ticket, reply, set_state
from .answers import PLACE, Answers, acted_anyway, answers_to
from .forms import AnswerForm, PreviewForm, RequestForm, VisitorForm
from .from_article import article_of, came_from, tell_of_search
from .guests import let_in_too
from .models import Ticket
from .panels import panels_of
from .queries import SHOWS, own_counts, own_page
from .receive import send_as_visitor, too_fast, too_many, words_of
from .second_thoughts import follow_up, is_over
from .story import story
from .wording import FACES, KINDS

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
    counts, bell = own_counts(person, request.path)
    return render(
        "tickets/index.html",
        "tickets/_list.html",
        page=page,
        counts=counts,
        bell=bell,
        show=show,
        asked=asked,
        person=person,
    )


def _form(**given: str) -> RequestForm:
    """The form of whoever asks; somebody without an account says name and address as well."""
    person = me()
    if person and not person.may(Permission.ASK):
        abort(403)
    return RequestForm(**given) if person else VisitorForm(**given)


@blueprint.get("/new")
@public
def new() -> Response:
    subject = request.args.get("subject", "")[:255]
    read = request.args.get("from", "")
    answers = answers_to(me(), subject, current_language(), read)
    about = None if is_htmx() else article_of(me(), read)
    form = _form(
        subject=subject,
        article=about.slug if about else "",
        searched=as_token(request.args.get("searched")),
    )
    return render("tickets/new.html", "tickets/_answers.html", form=form, answers=answers, about=about)


@blueprint.post("/new")
@public
def new_post() -> Response:
    person, form = me(), _form()
    if person is None and "began" not in request.form:
        abort(401)  # the form of somebody who was signed in when it was opened
    if "look" in request.form:  # pressed without scripts: the form as it was filled in, with answers
        asked, read = form.subject.data or "", form.article.data or ""
        found = answers_to(person, asked, current_language(), read)
        return render("tickets/new.html", form=form, answers=found, looked=True, about=_about_article(form))
    words = words_of(form)
    if words is None:
        return _refused(form, 422)
    earlier = acted_anyway(form.once.data or "", person)
    if earlier is not None:
        return go(earlier or "/tickets")
    problem = too_fast(person) if person else too_many(form.email.data)
    if problem:
        db.session.rollback()
        return _refused(form, 429, problem)
    if person:
        ticket = open_ticket(form.subject.data or "", words, person, kind=form.kind.data)
        came_from(ticket, form, person)
        end_with(person, PLACE, form.once.data or "")
        address = address_of(ticket)
        said = _(
            "Sent. Your request has the number %(number)d, and a mail is on its way to you.",
            number=ticket.number,
        )
        flash(said, "good")
    else:
        address = send_as_visitor(form, words)
    led_to(form.once.data or "", address)
    db.session.commit()
    tell_of_search(form)
    return go(address)


def _about_article(form: RequestForm) -> Article | None:
    return article_of(me(), form.article.data or "")


def _refused(form: RequestForm, status: int, problem: str | None = None) -> Response:
    values = {"form": form, "answers": Answers(), "problem": problem, "about": _about_article(form)}
    return render("tickets/new.html", "tickets/_form.html", status=status, **values)


def _page(
    found: Reading, form: AnswerForm, status: int = 200, problem: str | None = None, **more: Any
) -> Response:
    ticket, person = found.ticket, found.person
    return render(
        "tickets/show.html",
        "tickets/_composer.html" if status != 200 else "tickets/_live.html",  # noqa: PLR2004 -- HTTP's "OK"
        status=status,
        form=form,
        problem=problem,
        **_about(found),
        events=story(PUBLIC_EVENTS, ticket, person),
        **more,
    )


def _about(found: Reading) -> dict[str, Any]:
    """What a request's page knows beside its conversation."""
    ticket, person = found.ticket, found.person
    return {
        "ticket": ticket,
        "person": person,
        "guest": found.guest,
        "followers": ticket.followers,
        "decides": found.guest is None and decides(person, ticket),
        "rating": None if ticket.is_open else ticket.rating,
        "over": is_over(ticket),
        "faces": FACES,
        "kinds": KINDS,
        "panels": panels_of("ticket_panels", ticket, person, guest=found.guest),
    }


@blueprint.get("/<int:number>")
@invited
def show(number: int) -> Response:
    person = me()
    if person and person.is_staff and _leads_to_desk(person, number):
        return go(f"/desk/tickets/{number}")
    return _page(reading(number), AnswerForm())


def _leads_to_desk(person: Person, number: int) -> bool:
    """Whether an agent reads it at the desk alone; for anybody else it does not exist."""
    if db.session.scalar(as_customer(person).where(Ticket.number == number)):
        return False
    return db.session.scalar(visible_tickets(person).where(Ticket.number == number)) is not None


@blueprint.post("/<int:number>/answer")
@invited
def answer(number: int) -> Response:
    found, form = reading(number, change=True), AnswerForm()
    ticket, person = found.ticket, found.person
    then = request.form.get("then", "")
    if then not in ("", "solved", "open"):
        abort(400)
    if then and form.is_empty:
        return _turn(found, then)
    words = words_of(form)
    if words is None:
        return _page(found, form, 422)
    earlier = acted(form.once.data or "", person.id)
    if earlier is None:
        problem = too_fast(person)
        if problem:
            db.session.rollback()
            return _page(reading(number), form, 429, problem)
        if is_over(ticket):
            later = follow_up(ticket, words, person)
            let_in_too(found.guest, later)
            earlier = address_of(later)
        else:
            reply(ticket, words, person, staff=False)
            if then == "solved":
                set_state(ticket, "solved", person, staff=False)
        led_to(form.once.data or "", earlier or address_of(ticket))
        end_with(person, f"ticket-{number}", form.once.data or "")
        db.session.commit()
    return go(earlier) if earlier and earlier != address_of(ticket) else _after(found)


def _after(found: Reading) -> Response:
    """After words or a change of state: the emptied composer and the thread for htmx, else the page."""
    ticket = found.ticket
    if not is_htmx():
        return go(address_of(ticket) + "#newest")
    events = story(PUBLIC_EVENTS, ticket, found.person)
    return render("tickets/_done.html", **_about(found), events=events, form=AnswerForm(formdata=None))


def _turn(found: Reading, wanted: str) -> Response:
    """The customer says without a word that it is solved, or opens it again."""
    ticket, person = found.ticket, found.person
    if (wanted == "solved") == ticket.is_open and not is_over(ticket):
        problem = too_fast(person)
        if problem:
            db.session.rollback()
            return _page(reading(ticket.number), AnswerForm(formdata=None), 429, problem)
        set_state(ticket, wanted, person, staff=False)
        db.session.commit()
    return _after(found)


@blueprint.post("/preview")
@public
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
