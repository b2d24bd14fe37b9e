"""Filling the community of a scratch instance: spaces, topics of a few posts each, one of very many, and what was read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from flask import Flask
from sqlalchemy import insert, text
from tqdm import tqdm

from portal.community.models import Post, Profile, Space, Topic
from portal.community.traces import Follow, TopicRead
from portal.extensions import db
from portal.kit import clock
from portal.kit.markdown import render_markdown

from .fill import BATCH, OUR_CUSTOMER, Amounts
from .text import Writer

SPACES, TEXTS = 10, 600
LONGEST = 1  # id of the topic with very many posts
LONGEST_SHARE = 20  # it has every 20th post
READ_SHARE, FOLLOWED = 2, 200  # our customer has read every second topic to its middle, and follows so many

Rows = dict[str, list[dict[str, Any]]]


def longest(amounts: Amounts) -> int:
    """How many posts the longest topic has."""
    return max(amounts.posts // LONGEST_SHARE, 1)


def fill_community(app: Flask, amounts: Amounts) -> None:
    """Rows straight into the tables; the index of search is not asked for them."""
    with app.app_context():
        _put(Space, [_space(n) for n in range(1, SPACES + 1)])
        _put(Profile, [_profile(key) for key in range(1, amounts.people + 1)])
        made = _topics(amounts)
        bar = tqdm(desc=f"{amounts.topics:,} topics", total=amounts.topics, disable=None, leave=False)
        while batch := list(islice(made, BATCH // 10)):
            _put(Topic, [topic for topic, _ in batch])
            _put(Post, [post for _, posts in batch for post in posts])
            db.session.commit()
            bar.update(len(batch))
        bar.close()
        _put(TopicRead, list(_read(amounts)))
        _put(Follow, list(_followed(amounts)))
        db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _put(table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table.__table__), rows)


def _space(key: int) -> dict[str, Any]:
    """The last space is for members alone, so that rights are asked as in earnest."""
    audience = "members" if key == SPACES else "public"
    return {
        "id": key,
        "slug": f"space-{key}",
        "name": f"Space {key}",
        "audience": audience,
        "kinds": ["question", "discussion"],
        "place": key,
    }


def _profile(key: int) -> dict[str, Any]:
    """Everybody was here a week ago."""
    name, week = f"member{key}", clock.now() - timedelta(days=7)
    known = {"person_id": key, "number": 10_000 + key, "name": name, "key": name, "standing": "known"}
    return known | {"seen_at": week, "seen_before": week}


def _counts(amounts: Amounts) -> Iterator[int]:
    """How many posts each topic has, the longest first."""
    rest, others = amounts.posts - longest(amounts), max(amounts.topics - 1, 1)
    yield longest(amounts)
    for n in range(amounts.topics - 1):
        yield max(rest // others + n % 5 - 2, 1)


def _topics(amounts: Amounts) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    writer = Writer(5)
    bodies = [writer.message() for _ in range(TEXTS)]
    texts = [(body, render_markdown(body)) for body in bodies]
    now, post = clock.now(), 0
    for key, count in enumerate(_counts(amounts), 1):
        last = now - timedelta(minutes=20 * (amounts.topics - key))
        people = [(key * 7 + place) % amounts.people + 1 for place in range(count)]
        posts = [
            _post(post + place + 1, key, place + 1, by, last - timedelta(minutes=count - place - 1), texts)
            for place, by in enumerate(people)
        ]
        post += count
        topic = {
            "id": key,
            "space_id": key % SPACES + 1,
            "kind": "question" if key % 3 else "discussion",
            "title": writer.title()[:150],
            "author_id": people[0],
            "tags": [],
            "created_at": posts[0]["at"],
            "posted_at": last,
            "last_by_id": people[-1],
            "posts": count,
            "last_place": count,
        }
        yield topic, posts


def _post(  # noqa: PLR0913, PLR0917 -- a row's columns
    key: int, topic: int, place: int, by: int, at: datetime, texts: list[tuple[str, str]]
) -> dict[str, Any]:
    body, html = texts[key % len(texts)]
    return {
        "id": key,
        "topic_id": topic,
        "place": place,
        "author_id": by,
        "body": body,
        "html": html,
        "at": at,
        "votes": key % 4,
        "reactions": {},
    }


def _read(amounts: Amounts) -> Iterator[dict[str, Any]]:
    for key, count in enumerate(_counts(amounts), 1):
        if key % READ_SHARE == 0:
            yield {"person_id": OUR_CUSTOMER, "topic_id": key, "place": max(count // 2, 1)}


def _followed(amounts: Amounts) -> Iterator[dict[str, Any]]:
    for key in range(max(amounts.topics - FOLLOWED, 0) + 1, amounts.topics + 1):
        yield {"person_id": OUR_CUSTOMER, "kind": "topic", "target": str(key)}
