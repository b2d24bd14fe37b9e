"""Small acts on posts and topics: votes, signs, the accepted answer, following, how far one has read, whom to name."""

from flask import Blueprint, Response, abort, flash, request

from ..accounts import limits
from ..extensions import db
from ..kit.htmx import go, is_htmx, render
from ..kit.i18n import _
from ..kit.numbers import number_in
from ..people.guards import needs, signed_in, who
from ..people.models import Person
from ..people.permissions import Permission
from .access import get_post, get_space, get_topic, may_accept
from .following import MENTION, PERSON, SPACE, TAG, TOPIC, WAYS, Followed, choose, get_followed, way_of
from .gate import suspension_of
from .marks import accept, marks_on, react, vote
from .mentions import handle_of, people_in, quote_of
from .models import Post
from .people import get_profile
from .unread import read_up_to, visit
from .wording import REACTIONS

blueprint = Blueprint("community_acts", __name__, url_prefix="/community")


def _mark_one(person: Person) -> None:
    """A mark on a post: 403 for who may not write now."""
    if suspension_of(person):
        abort(403)
    _count_one(person)


def _count_one(person: Person) -> None:
    """Nobody acts by the hundred: 429 beyond the limit."""
    _count(limits.MARKS, person)


def _count(limit: limits.Limit, person: Person) -> None:
    if limits.is_one_too_many(limit, str(person.id)):
        abort(429)


def _is_yes(name: str) -> bool:
    said = request.form.get(name, "")
    return said == "yes" if said in ("yes", "no") else abort(400)


def _marks(person: Person, post: Post, fragment: str) -> Response:
    """The part of the post that changed, or the way back to it."""
    db.session.commit()
    if not is_htmx():
        return go(post.address)
    marks = marks_on(person, [post])
    return render(fragment, post=post, topic=post.topic, person=person, marks=marks, reactions=REACTIONS)


@blueprint.post("/<int:number>/posts/<int:place>/vote")
@needs(Permission.POST)
def vote_post(number: int, place: int) -> Response:
    person = who()
    post = get_post(person, number, place)
    is_idea = post.place == 1 and post.topic.kind == "idea"  # which has votes of its own
    if post.gate or post.topic.gate or post.author_id == person.id or is_idea:
        abort(403)
    helpful = _is_yes("helpful")
    _mark_one(person)
    vote(post, person, helpful=helpful)
    return _marks(person, post, "community/_ballot.html")


@blueprint.post("/<int:number>/posts/<int:place>/react")
@needs(Permission.POST)
def react_post(number: int, place: int) -> Response:
    person = who()
    post = get_post(person, number, place)
    if post.gate or post.topic.gate:
        abort(403)
    put, taken = request.form.get("put", ""), request.form.get("take", "")
    if (put or taken) not in REACTIONS:
        abort(400)
    _mark_one(person)
    react(post, person, put or taken, put=bool(put))
    return _marks(person, post, "community/_reactions.html")


@blueprint.post("/<int:number>/posts/<int:place>/accept")
@needs(Permission.POST)
def accept_post(number: int, place: int) -> Response:
    """The accepted answer moves to the top, so that this is a page and no fragment."""
    person = who()
    post = get_post(person, number, place)
    if not may_accept(person, post.topic) or post.gate or post.topic.gate or place == 1:
        abort(403)
    taken = _is_yes("taken")
    _mark_one(person)
    accept(post.topic, post if taken else None, person)
    db.session.commit()
    said = _("Thank you. Others see now what helped.") if taken else _("No answer is accepted now.")
    flash(said, "good")
    return go(f"{post.topic.address}#post-{place}" if taken else post.address)


# Following


def _follow(thing: Followed, back: str) -> Response:
    person, way = who(), request.form.get("way", "")
    if way not in WAYS:
        abort(400)
    _count_one(person)
    choose(person, thing.kind, thing.target, way)
    db.session.commit()
    if request.form.get("list") == "yes":
        return go("/community/mine")
    if not is_htmx():
        return go(back)
    return render("community/_follow.html", thing=thing, way=way_of(person, thing.kind, thing.target))


@blueprint.post("/<int:number>/follow")
@signed_in
def follow_topic(number: int) -> Response:
    thing = get_followed(who(), TOPIC, str(get_topic(who(), number).id))
    return _follow(thing, thing.address)


@blueprint.post("/in/<slug>/follow")
@signed_in
def follow_space(slug: str) -> Response:
    thing = get_followed(who(), SPACE, str(get_space(who(), slug).id))
    return _follow(thing, thing.address)


@blueprint.post("/people/<int:number>/follow")
@signed_in
def follow_person(number: int) -> Response:
    thing = get_followed(who(), PERSON, str(get_profile(who(), number).person_id))
    return _follow(thing, thing.address)


@blueprint.post("/tagged/<tag>/follow")
@signed_in
def follow_tag(tag: str) -> Response:
    thing = get_followed(who(), TAG, tag)
    return _follow(thing, thing.address)


@blueprint.post("/mentions/follow")
@signed_in
def follow_mentions() -> Response:
    """Whether who is mentioned hears of it by mail as well; the bell tells of it in any case."""
    return _follow(Followed(MENTION, "", "", "/community/mine"), "/community/mine")


# What was read


@blueprint.post("/<int:number>/read")
@signed_in
def read(number: int) -> Response:
    """A page of a topic was on the screen up to a place; the visit is noted as well."""
    person, topic = who(), get_topic(who(), number)
    place = number_in(request.form.get("place"))
    if place is None:
        abort(400)
    read_up_to(person, topic.id, min(place, topic.last_place))
    visit(person)
    db.session.commit()
    return Response(status=204) if request.form.get("quiet") == "yes" else go(topic.address)


@blueprint.post("/seen")
@signed_in
def seen() -> Response:
    """Somebody is in the community: what came before is no longer new at the next visit."""
    visit(who())
    db.session.commit()
    return Response(status=204)


# Whom to name, and what to quote


@blueprint.post("/<int:number>/people")
@signed_in
def people(number: int) -> Response:
    """A few of those who wrote in this topic, for who types an @; nobody can list people otherwise.

    A form and no address, since each look is counted: else a script could collect names letter by letter.
    """
    person = who()
    topic = get_topic(person, number)
    _count(limits.NAMES, person)
    db.session.commit()
    found = people_in(topic, request.form.get("q", "")[:40], person)
    return render("community/_people.html", people=[(handle_of(one), one) for one in found])


@blueprint.get("/<int:number>/posts/<int:place>/quote")
@signed_in
def quote(number: int, place: int) -> Response:
    """A post as a quotation, for the composer."""
    post = get_post(who(), number, place)
    return Response(quote_of(post), content_type="text/plain; charset=utf-8")
