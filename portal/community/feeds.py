"""What machines read of the community: feeds, the sitemap of its topics, and a topic as data. Public spaces alone, whoever asks.

Feeds are RFC 4287; the data of a topic is schema.org's QAPage, or DiscussionForumPosting where nothing is asked.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from flask import Blueprint, Response, make_response, render_template, stream_with_context
from sqlalchemy import select

from ..extensions import db
from ..kit.company import the_company
from ..kit.languages import base, tag_of
from ..kit.markdown import excerpt
from ..people.guards import public
from .access import get_space, listed_topics, visible_spaces
from .models import PUBLIC, Post, Profile, Space, Topic

blueprint = Blueprint("community_feeds", __name__)
MOST, PART = 30, 5_000  # entries of a feed, and topics of one part of the sitemap
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # when a feed without entries changed
MOMENT = "public, max-age=5"  # what is taken back is gone from every cache in five seconds
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)
_NO_XML = re.compile("[\\x00-\\x08\\x0b-\\x1f\\ufffe\\uffff]")  # what no document may hold (XML 1.0, 2.2)
OF_A_POST = 5_000  # letters that stand in data


def fit(text: str) -> str:
    """Words as an XML document may hold them."""
    return _NO_XML.sub("", text)


def answer(body: str | Iterator[str], kind: str) -> Response:
    """Something for machines, which caches may keep for a moment."""
    response = Response(body, content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = MOMENT
    return response


@blueprint.get("/community/feed.xml")
@public
def feed() -> Response:
    """The newest topics of all public spaces."""
    return _feed("/community/feed.xml", "/community", the_company().name, None)


@blueprint.get("/community/in/<slug>/feed.xml")
@public
def space_feed(slug: str) -> Response:
    """The newest topics of a public space; 404 for any other."""
    space = get_space(None, slug)
    return _feed(f"{space.address}/feed.xml", space.address, f"{space.name} · {the_company().name}", space)


def _feed(path: str, page: str, title: str, space: Space | None) -> Response:
    rows = listed_topics(None).where(Space.audience == PUBLIC)
    rows = rows.where(Topic.space_id == space.id) if space else rows
    topics = db.session.scalars(rows.order_by(Topic.id.desc()).limit(MOST)).all()
    first = select(Post).where(
        Post.topic_id.in_([topic.id for topic in topics]), Post.place == 1, Post.gate == ""
    )
    said = {post.topic_id: fit(excerpt(post.body or "", 400)) for post in db.session.scalars(first)}
    body = render_template(
        "community/feed.xml",
        title=title,
        base=base(),
        path=path,
        page=page,
        topics=topics,
        said=said,
        updated=topics[0].created_at if topics else LONG_AGO,
        tag_of=tag_of,
    )
    response = make_response(answer(body, "application/atom+xml"))
    response.vary.update(("Cookie", "Accept-Language"))
    return response


# The sitemap


def maps() -> list[str]:
    """The paths of the sitemap's parts that hold topics; each covers a range of numbers."""
    pages = ["/sitemap/community.xml"]
    last = db.session.scalar(
        listed_topics(None).with_only_columns(Topic.id).order_by(Topic.id.desc()).limit(1)
    )
    return pages + ([f"/sitemap/topics/{part}.xml" for part in range(last // PART + 1)] if last else [])


@blueprint.get("/sitemap/community.xml")
@public
def page_map() -> Response:
    """The community's first page and its public spaces."""
    spaces = db.session.scalars(visible_spaces(None).order_by(Space.id))
    rows = "".join(
        f"<url><loc>{escape(base() + path)}</loc></url>\n"
        for path in ("/community", *(one.address for one in spaces))
    )
    return answer(f"{HEAD}{rows}</urlset>\n", "application/xml")


@blueprint.get("/sitemap/topics/<int:part>.xml")
@public
def topic_map(part: int) -> Response:
    """The public topics of a range of numbers that somebody answered or that say something by themselves."""
    topics = listed_topics(None).where(Topic.id >= part * PART, Topic.id < (part + 1) * PART, _worth_it())
    rows = topics.order_by(Topic.id).with_only_columns(Topic.id, Topic.kind, Topic.posted_at)

    def made() -> Iterator[str]:
        yield HEAD
        for row in db.session.execute(rows):
            path = f"/ideas/{row.id}" if row.kind == "idea" else f"/community/{row.id}"
            day = row.posted_at.date().isoformat()
            yield f"<url><loc>{escape(base() + path)}</loc><lastmod>{day}</lastmod></url>\n"
        yield "</urlset>\n"

    return answer(stream_with_context(made()), "application/xml")


def _worth_it() -> Any:
    """A question without an answer is a thin page for who searches."""
    return (Topic.kind != "question") | (Topic.posts > 1)


def is_for_robots(topic: Topic) -> bool:
    """Whether search engines may keep a topic's page: public, shown, and more than a question without an answer."""
    return topic.space.audience == PUBLIC and not topic.gate and (topic.kind != "question" or topic.posts > 1)


# A topic as data


def data_of(topic: Topic, posts: Sequence[Post], accepted: Post | None) -> dict[str, Any] | None:
    """A topic and its shown posts as schema.org has it; None for one that is not public.

    Args:
        posts: those of the page's first places.
        accepted: the answer that helped, wherever it stands.
    """
    shown = [post for post in posts if not post.gate and post.body]
    first = next((post for post in shown if post.place == 1), None)
    if not is_for_robots(topic) or first is None:
        return None
    others = [post for post in shown if post.place > 1 and not (accepted and post.id == accepted.id)]
    if topic.kind != "question":
        return {
            "@context": "https://schema.org",
            "@type": "DiscussionForumPosting",
            "headline": topic.heading,
        } | {
            **_words(first),
            "commentCount": max(topic.posts - 1, 0),
            "comment": [{"@type": "Comment", **_words(post)} for post in others],
        }
    question = {
        "@type": "Question",
        "name": topic.heading,
        **_words(first),
        "answerCount": max(topic.posts - 1, 0),
    }
    if accepted and not accepted.gate and accepted.body:
        question["acceptedAnswer"] = {"@type": "Answer", **_words(accepted)}
    question["suggestedAnswer"] = [{"@type": "Answer", **_words(post)} for post in others]
    return {"@context": "https://schema.org", "@type": "QAPage", "mainEntity": question}


def _words(post: Post) -> dict[str, Any]:
    return {
        "text": excerpt(post.body or "", OF_A_POST),
        "dateCreated": post.at.isoformat(),
        "upvoteCount": post.votes,
        "url": base() + post.address,
        "author": _author(post.author),
    }


def _author(profile: Profile | None) -> dict[str, str]:
    if profile is None or profile.erased:
        return {"@type": "Person", "name": profile.shown if profile else "–"}
    return {"@type": "Person", "name": profile.shown, "url": base() + profile.address}
