"""Mentions: `@name` in a post leads to the profile of who is called so, and tells them, once, if they may read it.

A name of several words is written with underscores, as the list does that opens while somebody types; who chose no name
is reached by any word with their number after it, as in "@Member_12345".
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape, unescape

from sqlalchemy import and_, or_, select

from ..extensions import db
from ..people.models import Person
from .models import Post, Profile, Topic
from .names import key_of

COUNTED, TOO_MANY = 10, 50  # names in a post that lead somewhere, and that nobody needs
LISTED = 8  # people that are offered while somebody types
CANDIDATES = 100
_NAME = re.compile(r"(?<![\w@/.+-])@(\w(?:[\w.'’-]{0,38}\w)?)")
_PIECE = re.compile(r'(<(?:[^>"]|"[^"]*")*>)')  # as the cleaner writes tags: values in double quotes
_QUIET = {"a", "code", "pre"}  # inside them an @ is no mention


def count_of(text: str) -> int:
    """How many mentions a text seems to hold; one more than TOO_MANY stands for all beyond it."""
    return sum(1 for _found, _number in zip(_NAME.finditer(text), range(TOO_MANY + 1), strict=False))


def _texts(html: str, skipped: Iterable[str], change: Callable[[str], str]) -> Iterator[str]:
    """The pieces of safe HTML; what stands in none of the skipped tags is changed."""
    depth, skipped = 0, set(skipped)
    for piece in _PIECE.split(html):
        if piece.startswith("<"):
            tag = piece.strip("</>").split(" ", 1)[0]
            depth += (-1 if piece.startswith("</") else 1) if tag in skipped else 0
            yield piece
        else:
            yield piece if depth else change(piece)


def _names_in(html: str, *, quoted: bool) -> list[str]:
    """The first names that a post mentions, each once."""
    names: dict[str, None] = {}

    def note(piece: str) -> str:
        names.update((name, None) for name in _NAME.findall(unescape(piece)) if len(names) < COUNTED * 2)
        return piece

    for _piece in _texts(html, _QUIET | (set() if quoted else {"blockquote"}), note):
        pass
    return list(names)[:COUNTED]


def _number_in(name: str) -> int | None:
    found = re.fullmatch(r"[^\W\d_]+_(\d{4,7})", name)
    return int(found[1]) if found else None


def _people_called(names: Sequence[str]) -> Mapping[str, Profile]:
    """The profiles of those who are called so, by the names as they were written."""
    if not names:
        return {}
    keys = [key for name in names if (key := key_of(name))]
    numbers = [number for name in names if (number := _number_in(name))]
    rows = select(Profile).where(
        Profile.erased == "",
        or_(Profile.key.in_(keys), and_(Profile.key.is_(None), Profile.number.in_(numbers))),
    )
    found = db.session.scalars(rows).all()
    by_key, by_number = (
        {one.key: one for one in found if one.key},
        {one.number: one for one in found if not one.key},
    )
    people = {name: by_key.get(key_of(name)) or by_number.get(_number_in(name) or 0) for name in names}
    return {name: one for name, one in people.items() if one}


def linked(html: str) -> str:
    """A rendered post in which each name that is somebody's leads to their profile; nothing else of it changes."""
    people = _people_called(_names_in(html, quoted=True)) if "@" in html else {}
    if not people:
        return html

    def link(found: re.Match[str]) -> str:
        one = people.get(unescape(found[1]))
        return (
            f'<a class="mention" href="{one.address}">@{escape(found[1], quote=False)}</a>'
            if one
            else found[0]
        )

    return "".join(_texts(html, _QUIET, lambda piece: _NAME.sub(link, piece)))


def named_in(html: str) -> list[int]:
    """Ids of the persons whom a post itself names, not what it quotes."""
    plain = re.sub(r'<a class="mention" href="/community/people/\d+">(@[^<]*)</a>', r"\1", html)
    return [one.person_id for one in _people_called(_names_in(plain, quoted=False)).values()]


def handle_of(profile: Profile) -> str:
    """How a person is written after an @."""
    return re.sub(r"\s+", "_", profile.shown)


def people_in(topic: Topic, beginning: str, but: Person) -> Sequence[Profile]:
    """Those who wrote in a topic and whose names begin so: all that anybody can be offered of people."""
    wrote = select(Post.author_id).where(Post.topic_id == topic.id, Post.gate == "")
    rows = select(Profile).where(
        Profile.person_id.in_(wrote), Profile.person_id != but.id, Profile.erased == ""
    )
    if key := key_of(beginning):
        rows = rows.where(or_(Profile.key.startswith(key, autoescape=True), Profile.key.is_(None)))
    found = db.session.scalars(rows.order_by(Profile.posts.desc(), Profile.number).limit(CANDIDATES)).all()
    return [one for one in found if key_of(one.shown).startswith(key)][:LISTED]


def quote_of(post: Post, words: str = "") -> str:
    """A post, or some of its words, as a quotation in markdown with the name of who wrote it."""
    said = (words.strip() or (post.body or "").strip())[:2000]
    # What the post itself quotes is not quoted again.
    lines = [line for line in said.splitlines() if words or not line.lstrip().startswith(">")]
    name = f"@{handle_of(post.author)}" if post.author else ""
    return "\n".join([f"> {name}:", *(f"> {line}".rstrip() for line in lines), "", ""])
