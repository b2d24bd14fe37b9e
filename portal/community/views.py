"""The community's pages: spaces, topics, and writing in them."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, request
from wtforms import SelectChoice

from ..drafts.actions import end_with
from ..extensions import db
from ..kit.forms import clean_text
from ..kit.htmx import go, is_htmx, render
from ..kit.i18n import _, current_language
from ..kit.languages import base as site_base
from ..kit.numbers import number_in
from ..outbox.once import acted, led_to
from ..people.guards import me, needs, public, who
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.receive import words_of
from .access import (
    find_withdrawn,
    get_post,
    get_space,
    get_topic,
    kinds_for,
    may_accept,
    may_begin,
    may_post,
    may_put,
    may_share,
    moderates,
    spaces_to_begin_in,
)
from .actions import Opening, add_post, begin_topic, hold_topic
from .feeds import data_of, is_for_robots
from .following import SPACE, TOPIC, Followed, way_of
from .forms import PostForm, TopicForm, clean_tag, clean_tags
from .gate import Refused, suspended_words
from .like import Like, like
from .marks import marks_on
from .mentions import handle_of, quote_of
from .models import Post, Space, Topic
from .panels import acts_on, facts_of, heads_of, panels_of
from .queries import (
    MOST_ITEMS,
    SHOWS,
    Thread,
    items_of,
    last_place,
    new_page,
    page_of,
    pinned_in,
    place_of,
    recent_page,
    space_page,
    spaces_for,
    thread,
    waiting_for,
)
from .receive import verdict_on
from .unread import last_visit, news_of
from .wording import AUDIENCES, KINDS, REACTIONS

blueprint = Blueprint("community", __name__, url_prefix="/community")
PLACE = "topic-new"  # of the draft of a new topic
BEGUN = 2000  # characters that an address may bring for a topic's words


def _show() -> str:
    show = request.args.get("show", "recent")
    return show if show in SHOWS or (show == "new" and me()) else "recent"


@blueprint.get("")
@public
def home() -> Response:
    person, show = me(), _show()
    cursor = request.args.get("at", "")
    if show == "new" and person:
        page = new_page(person, last_visit(person), cursor)
    else:
        page = recent_page(person, show, cursor)
    waiting = waiting_for(person)
    return render(
        "community/home.html",
        spaces=spaces_for(person),
        page=page,
        waiting=waiting,
        show=show,
        news=news_of(person, page.rows),
        facts=facts_of([*waiting, *page.rows]),
        base="/community",
        kinds=KINDS,
        audiences=AUDIENCES,
    )


@blueprint.get("/in/<slug>")
@public
def space(slug: str) -> Response:
    person, show = me(), _show()
    room, cursor = get_space(person, slug), request.args.get("at", "")
    tag = clean_tag(request.args.get("tag", ""))
    first = not cursor and not tag and show == "recent"
    pinned = pinned_in(person, room) if first else ()
    page = space_page(person, room, show, tag, cursor)
    return render(
        "community/space.html",
        space=room,
        pinned=pinned,
        page=page,
        news=news_of(person, [*pinned, *page.rows]),
        facts=facts_of([*pinned, *page.rows]),
        thing=Followed(SPACE, str(room.id), room.name, room.address) if person else None,
        way=way_of(person, SPACE, str(room.id)),
        show=show,
        tag=tag,
        base=room.address,
        kinds=KINDS,
        audience=AUDIENCES[room.audience],
        undo=_taken_back(),
        items=items_of(room, more="items" in request.args),
        most_items=MOST_ITEMS,
        puts=may_put(person, room),
        shares=may_share(person, room),
        moderates=moderates(person),
        begins=person is None or may_begin(person, room),
    )


# A new topic


def _form(spaces: Sequence[Space], **given: Any) -> TopicForm:
    """The form with the spaces and kinds of whoever asks."""
    form = TopicForm(**given)
    form.space.choices = [SelectChoice(one.slug, one.name) for one in spaces]
    chosen = _chosen(form, spaces)
    kinds = kinds_for(me(), chosen) if chosen else []
    form.kind.choices = [SelectChoice(kind, KINDS[kind].word) for kind in kinds]
    if form.kind.data not in kinds and not form.is_submitted():
        form.kind.data = kinds[0] if kinds else None
    return form


def _chosen(form: TopicForm, spaces: Sequence[Space]) -> Space | None:
    found = next((one for one in spaces if one.slug == form.space.data), None)
    return found or (None if form.is_submitted() else next(iter(spaces), None))


def _open_spaces(person: Person | None) -> Sequence[Space]:
    """Where a topic may be begun; a visitor sees the public spaces of all, and is asked to sign in."""
    if person is None:
        return [one for one in spaces_for(None) if one.open_to_all]
    if not person.may(Permission.POST):
        abort(403)
    rows = spaces_to_begin_in(person).order_by(Space.place, Space.name, Space.id)
    return [one for one in db.session.scalars(rows) if kinds_for(person, one)]


@blueprint.get("/new")
@public
def new() -> Response:
    person, title = me(), request.args.get("title", "")[:150]
    found = like(person, title, current_language())
    if is_htmx():
        return render("community/_similar.html", like=found)
    begun = clean_text(request.args.get("body", ""))[:BEGUN]
    form = _form(_open_spaces(person), space=request.args.get("space"), title=title, body=begun)
    return render("community/new.html", form=form, like=found, suspended=suspended_words(person))


@blueprint.post("/new")
@public
def new_post() -> Response:
    person = me()
    spaces = _open_spaces(person)
    form = _form(spaces)
    if "look" in request.form:  # pressed without scripts: the form as it was filled in, with what is alike
        found = like(person, form.title.data or "", current_language())
        return render("community/new.html", form=form, like=found, looked=True)
    if person is None:
        return _refused(form, 422, stranger=True)
    words, room = words_of(form), _chosen(form, spaces)
    if words is None or room is None:
        return _refused(form, 422)
    earlier = acted(form.once.data or "", person.id)
    if earlier is not None:
        return go(earlier or "/community")
    title, tags = form.title.data or "", clean_tags(form.tags.data)
    try:
        verdict = verdict_on(form, person, room, f"{title}\n{words.body}", words.files)
    except Refused as refusal:
        db.session.rollback()
        return _refused(_form(_open_spaces(person)), 422, problem=str(refusal))
    opening = Opening(title, form.kind.data, tags, room.locale or current_language())
    topic = begin_topic(room, opening, words, person, verdict)
    led_to(form.once.data or "", topic.address)
    end_with(person, PLACE, form.once.data or "")
    db.session.commit()
    if not verdict.gate:
        flash(_("Your topic is open. You hear of every answer."), "good")
    return go(topic.address)


def _refused(form: TopicForm, status: int, *, problem: str = "", stranger: bool = False) -> Response:
    values = {"form": form, "like": Like(), "problem": problem, "stranger": stranger}
    return render("community/new.html", "community/_form.html", status=status, **values)


# A topic


def _taken_back() -> Post | None:
    """What the reader has just taken back, to undo it."""
    place, person = _number("withdrawn"), me()
    number = (request.view_args or {}).get("number")
    if not place or person is None:
        return None
    topic_id, place = (number, place) if number else (place, 1)
    return find_withdrawn(person, topic_id, place)


def _number(name: str) -> int:
    return number_in(request.args.get(name)) or 0


def _at(person: Person | None, topic: Topic) -> int:
    """The first place of the page that the address asks for."""
    if request.args.get("at") == "last":
        return page_of(last_place(person, topic))
    return page_of(_number("post") or _number("at"))


def _about(person: Person | None, topic: Topic, found: Thread) -> dict[str, Any]:
    """What the page of a topic knows."""
    known = _number("known") if "known" in request.args else topic.posts
    return {
        "topic": topic,
        "person": person,
        "thread": found,
        "known": known,
        "new": 0 if found.is_last else max(topic.posts - known, 0),
        "posts": may_post(person, topic),
        "writes": person is not None and person.may(Permission.POST),
        "acts_on": acts_on,
        "marks": marks_on(person, [*found.posts, *([found.accepted] if found.accepted else [])]),
        "accepts": may_accept(person, topic),
        "reactions": REACTIONS,
        "handle_of": handle_of,
        "kinds": KINDS,
    }


@blueprint.get("/<int:number>")
@public
def topic(number: int) -> Response:
    """A topic; one that has an address of its own, as an idea, is read there."""
    found = get_topic(me(), number)
    if not found.address.startswith(f"{blueprint.url_prefix}/") and not is_htmx():
        return go(found.address + (f"?{request.query_string.decode()}" if request.query_string else ""))
    return topic_page(found)


def topic_page(found: Topic) -> Response:
    """The page of a topic as the address at hand asks for it, or a fragment of it."""
    return _page(found, _quoting(me(), found.id))


def _empty_form() -> PostForm:
    return PostForm(formdata=None)


def _quoting(person: Person | None, number: int) -> PostForm:
    """The composer, with the post in it that the address asks to quote."""
    quoted = _number("quote")
    if not quoted or person is None:
        return _empty_form()
    return PostForm(formdata=None, answers=str(quoted), body=quote_of(get_post(person, number, quoted)))


def _page(found: Topic, form: PostForm, status: int = 200, problem: str = "") -> Response:
    person, whole = me(), not is_htmx()
    shown = thread(person, found, _at(person, found))
    about = _about(person, found, shown)
    told = suspended_words(person) if whole and status == 200 and about["posts"] else ""  # noqa: PLR2004 -- HTTP's "OK"
    fragment = "community/_thread.html" if status == 200 else "community/_composer.html"  # noqa: PLR2004 -- HTTP's "OK"
    return render(
        "community/topic.html",
        fragment,
        status=status,
        **about,
        suspended=told,
        undo=_taken_back() if whole else None,
        heads=heads_of(found, person) if whole else (),
        panels=panels_of(found, person) if whole else (),
        thing=Followed(TOPIC, str(found.id), found.heading, found.address) if whole and person else None,
        way=way_of(person, TOPIC, str(found.id)) if whole else "",
        robots=is_for_robots(found),
        data=data_of(found, shown.posts, shown.accepted) if whole and person is None else None,
        canonical=f"{site_base()}{found.address}" + (f"?at={shown.at}" if shown.at > 1 else ""),
        form=form,
        problem=problem,
    )


@blueprint.post("/<int:number>/answer")
@needs(Permission.POST)
def answer(number: int) -> Response:
    person, form = who(), PostForm()
    found = get_topic(person, number)
    words = words_of(form)
    if words is None:
        return _page(found, form, 422)
    earlier = acted(form.once.data or "", person.id)
    if earlier is not None:
        return go(earlier or found.address)
    if not may_post(person, hold_topic(found)):
        db.session.rollback()
        said = _("This topic was closed meanwhile. Your words are kept here.")
        return _page(get_topic(person, number), form, 409, said)
    try:
        verdict = verdict_on(form, person, found.space, words.body, words.files)
    except Refused as refusal:
        db.session.rollback()
        return _page(get_topic(who(), number), form, 422, str(refusal))
    post = add_post(found, words, person, verdict, answers=place_of(found, form.answers.data or ""))
    led_to(form.once.data or "", post.address)
    end_with(person, f"topic-{number}", form.once.data or "")
    db.session.commit()
    return _after(person, post)


def _after(person: Person, post: Post) -> Response:
    """After an answer: the emptied composer and the thread for htmx where the answer is on the page, else its page."""
    here = page_of(_number("at"))
    if not is_htmx() or page_of(post.place) != here:
        return go(post.address)
    about = _about(person, post.topic, thread(person, post.topic, here))
    return render("community/_done.html", **about, form=PostForm(formdata=None), problem="", sent=post.place)
