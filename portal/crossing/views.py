"""A topic becomes a request; an answer is put before the editors."""

from flask import Blueprint, Response, abort, flash

from ..community.access import get_post, get_topic
from ..community.models import Post, Topic
from ..desk.queries import teams
from ..extensions import db
from ..kit.htmx import go, render
from ..kit.i18n import _, current_language
from ..kit.markdown import excerpt, render_markdown
from ..outbox.once import acted, led_to
from ..people.guards import needs, who
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.access import visible_tickets
from ..tickets.models import Ticket, TicketEvent
from . import models  # noqa: F401 -- its tables
from .access import get_event, is_crossable
from .actions import Overtaken, make_request, wish_for_answer, wish_for_post
from .cleaning import Cleaner
from .forms import MOST_WORDS, RequestOfTopicForm, WishForm
from .queries import answers_for, is_wished, known_of

blueprint = Blueprint("crossing", __name__)
SHOWN = 160  # characters of an answer to choose by


def _topic(person: Person, number: int) -> Topic:
    topic = get_topic(person, number)
    asker = db.session.get(Person, topic.author_id)
    return topic if asker and asker.active and is_crossable(topic) else abort(404)


def _form(topic: Topic, person: Person) -> tuple[RequestOfTopicForm, list[Post]]:
    """The form, begun with a team of the agent's own; and the answers to choose from."""
    own = next((team for team in teams() if person.may(Permission.ANSWER, team.id)), None)
    form = RequestOfTopicForm(team=str(own.id) if own else None)
    answers = answers_for(db.session.get_one(Person, topic.author_id), topic)
    form.team.choices = [(str(team.id), team.name) for team in teams()]
    form.answers.choices = [(str(post.place), excerpt(post.body or "", SHOWN)) for post in answers]
    return form, list(answers)


@blueprint.get("/community/<int:number>/to-ticket")
@needs(Permission.ANSWER)
def to_ticket(number: int) -> Response:
    person = who()
    topic = _topic(person, number)
    form, answers = _form(topic, person)
    return render("crossing/to_ticket.html", topic=topic, form=form, answers=answers)


@blueprint.post("/community/<int:number>/to-ticket")
@needs(Permission.ANSWER)
def to_ticket_post(number: int) -> Response:
    """Of two agents who press at once the second is led to what the first one made."""
    person = who()
    topic = _topic(person, number)
    form, answers = _form(topic, person)
    if not form.validate():
        return render("crossing/to_ticket.html", status=422, topic=topic, form=form, answers=answers)
    earlier = acted(form.once.data or "", person.id)
    if earlier:
        return go(earlier)
    team = next(team for team in teams() if str(team.id) == form.team.data)
    chosen = [post for post in answers if str(post.place) in (form.answers.data or ())]
    try:
        ticket = make_request(topic, chosen, team, person)
    except Overtaken as other:
        db.session.rollback()
        flash(_("Somebody has made a request of it already."), "wait")
        return go(_readable(person, other.address) or topic.address)
    address = _readable(person, f"/desk/tickets/{ticket.number}") or topic.address
    led_to(form.once.data or "", address)
    db.session.commit()
    flash(_("The request %(number)d is open, and who asked was told.", number=ticket.number), "good")
    return go(address)


def _readable(person: Person, address: str) -> str:
    """The address of a request at the desk, if the person reads it there."""
    number = int(address.rpartition("/")[2])
    found = db.session.scalar(visible_tickets(person).where(Ticket.number == number))
    return address if found and person.may(Permission.READ, found.team_id) else ""


# An article is wished for


def _post_page(post: Post, form: WishForm, status: int = 200) -> Response:
    return render(
        "crossing/to_article.html",
        status=status,
        form=form,
        html=render_markdown(post.body or ""),
        back=post.address,
        wished=is_wished(post_id=post.id),
        cleaned=False,
    )


def _shown_post(number: int, place: int) -> Post:
    """A post that its readers see; what is held, hidden or taken back makes no article."""
    post = get_post(who(), number, place)
    return abort(404) if post.gate or post.topic.gate or post.body is None else post


@blueprint.get("/community/<int:number>/posts/<int:place>/to-article")
@needs(Permission.ANSWER)
def post_to_article(number: int, place: int) -> Response:
    return _post_page(_shown_post(number, place), WishForm(formdata=None))


@blueprint.post("/community/<int:number>/posts/<int:place>/to-article")
@needs(Permission.ANSWER)
def post_to_article_post(number: int, place: int) -> Response:
    post, form = _shown_post(number, place), WishForm()
    if not form.validate():
        return _post_page(post, form, 422)
    return _wished(wish_for_post(post, form.words.data or "", who()), post.address)


def _wished(fresh: bool, address: str) -> Response:
    db.session.commit()
    if fresh:
        flash(_("It stands in the editors' list now."), "good")
    else:
        flash(_("Somebody has wished for it already: it stands in the editors' list."), "wait")
    return go(address)


def _answer_page(event: TicketEvent, form: WishForm, status: int = 200) -> Response:
    return render(
        "crossing/to_article.html",
        status=status,
        form=form,
        html=event.html or "",
        back=_place_of(event),
        wished=is_wished(event_id=event.id),
        cleaned=True,
    )


def _place_of(event: TicketEvent) -> str:
    return f"/desk/tickets/{event.ticket.number}#m{event.id}"


@blueprint.get("/desk/tickets/<int:number>/events/<int:key>/to-article")
@needs(Permission.ANSWER)
def answer_to_article(number: int, key: int) -> Response:
    """An answer as editors would read it, without those whom it tells of; the agent looks at it first."""
    event = get_event(who(), number, key)
    cleaned = Cleaner(known_of(event.ticket)).look((event.body or "")[:MOST_WORDS])
    return _answer_page(event, WishForm(formdata=None, text=cleaned.without(current_language())))


@blueprint.post("/desk/tickets/<int:number>/events/<int:key>/to-article")
@needs(Permission.ANSWER)
def answer_to_article_post(number: int, key: int) -> Response:
    event, form = get_event(who(), number, key), WishForm()
    if not form.validate():
        return _answer_page(event, form, 422)
    why, text = form.words.data or "", form.text.data or ""
    left = Cleaner(known_of(event.ticket)).look(f"{why}\n{text}").found
    if left and not form.sure.data:
        form.sure.errors = [
            _("This still looks as if it told of somebody: %(words)s", words=" · ".join(left))
        ]
        return _answer_page(event, form, 422)
    return _wished(wish_for_answer(event, why, text, who()), _place_of(event))
