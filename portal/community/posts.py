"""What is done with one's own words in a topic: change them, see how they were, take them back, bring them again."""

from flask import Blueprint, Response, abort, flash, request

from ..extensions import db
from ..kit.compare import differences
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..kit.numbers import BIGINT, number_in
from ..people.guards import me, needs, public, who
from ..people.permissions import Permission
from .access import get_post, get_withdrawn, may_edit, may_withdraw
from .actions import profile_of
from .changes import Better, edit, restore, withdraw
from .forms import EditForm, EditTopicForm, clean_tags
from .gate import Refused, look_at, suspended_words
from .models import Post
from .queries import version_with_next, versions_of

blueprint = Blueprint("posts", __name__, url_prefix="/community/<int:number>/posts/<int:place>")


def _own(number: int, place: int) -> Post:
    post = get_post(me(), number, place)
    if not may_edit(me(), post):
        abort(403)
    return post


def _form(post: Post) -> EditForm:
    if post.place > 1:
        return EditForm(body=post.body)
    topic = post.topic
    return EditTopicForm(body=post.body, title=topic.title, tags=", ".join(topic.tags))


@blueprint.get("/edit")
@needs(Permission.POST)
def edit_page(number: int, place: int) -> Response:
    post = _own(number, place)
    told = suspended_words(who())
    return render("community/edit.html", post=post, topic=post.topic, form=_form(post), problem=told)


@blueprint.post("/edit")
@needs(Permission.POST)
def edit_post(number: int, place: int) -> Response:
    post, person = _own(number, place), who()
    form = _form(post)
    if not form.validate():
        return render("community/edit.html", status=422, post=post, topic=post.topic, form=form)
    better = Better(form.body.data or "")
    if isinstance(form, EditTopicForm):
        better = Better(better.body, form.title.data or "", clean_tags(form.tags.data))
    try:
        verdict = look_at(
            person, profile_of(person), post.topic.space, f"{better.title}\n{better.body}".strip()
        )
        edit(post, better, person, verdict)
    except Refused as refusal:
        db.session.rollback()
        post = get_post(who(), number, place)
        values = {"post": post, "topic": post.topic, "form": form, "problem": str(refusal)}
        return render("community/edit.html", status=422, **values)
    address = post.address
    db.session.commit()
    return go(address)


@blueprint.get("/history")
@public
def history(number: int, place: int) -> Response:
    """How words were before; whoever reads them may know that, and how, they were changed."""
    post = get_post(me(), number, place)
    key = number_in(request.args.get("version"), BIGINT)
    versions = versions_of(post)
    if not versions:
        abort(404)
    old, new = version_with_next(post, key or versions[0].id)
    return render(
        "community/history.html",
        post=post,
        topic=post.topic,
        versions=versions,
        chosen=old,
        title=differences(old.title, new.title) if old.title != new.title else [],
        pieces=differences(old.body, new.body),
    )


@blueprint.post("/withdraw")
@needs(Permission.POST)
def withdraw_post(number: int, place: int) -> Response:
    post = get_post(me(), number, place)
    if not may_withdraw(who(), post):
        abort(403)
    if not withdraw(post):
        db.session.rollback()
        flash(_("Somebody answered or decided meanwhile, so that it stays as it is."), "wait")
        return go(post.address)
    db.session.commit()
    return go(_where_it_was(post))


def _where_it_was(post: Post) -> str:
    """The page that something was on, with the way to bring it back."""
    if post.place == 1:
        return f"{post.topic.space.address}?withdrawn={post.topic_id}#undo"
    return f"{post.topic.address}?post={post.place}&withdrawn={post.place}#undo"


@blueprint.post("/restore")
@needs(Permission.POST)
def restore_post(number: int, place: int) -> Response:
    person = who()
    post = get_withdrawn(person, number, place)
    said = f"{post.topic.title if place == 1 else ''}\n{post.body}".strip()
    try:
        restore(post, look_at(person, profile_of(person), post.topic.space, said))
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "wait")
        return go("/community/mine/acts")
    db.session.commit()
    return go(post.address)
