"""What higher features show on a topic's page: features.py hands their functions in, here their templates are drawn."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import current_app, render_template
from markupsafe import Markup

from ..kit.i18n import _
from ..people.models import Person
from ..tickets.wording import Look
from .access import may_edit, may_withdraw
from .models import Post, Topic

Drawing = tuple[str, dict[str, Any]]  # a template and its values
Panel = Callable[[Topic, Person | None], Drawing | None]


class Act(NamedTuple):
    """What can be done with a post: a page that a link leads to, or with `posts` an address that a button posts to.

    Attributes:
        given: name and value that the button sends along.
    """

    icon: str
    words: str
    address: str
    posts: bool = False
    given: tuple[str, str] = ("", "")


Acts = Callable[[Post, Person], Iterable[Act]]


@dataclass(frozen=True)
class Fact:
    """What a higher feature says of a topic in a list, in place of how often it was answered; `open` that votes count."""

    look: Look
    open: bool


Facts = Callable[[Sequence[Topic]], Mapping[int, Fact]]


def _drawn(drawings: Iterable[Drawing | None], **about: Any) -> list[Markup]:
    parts = (render_template(one[0], **{**about, **one[1]}) for one in drawings if one)
    return [Markup(part) for part in parts if part.strip()]  # noqa: S704 -- templates escape what they are given


def heads_of(topic: Topic, person: Person | None) -> list[Markup]:
    """What stands above the posts of a topic, in the order of TOPIC_HEADS."""
    heads: Sequence[Panel] = current_app.extensions["topic_heads"]
    return _drawn((head(topic, person) for head in heads), topic=topic, person=person)


def facts_of(topics: Sequence[Topic]) -> dict[int, Fact]:
    """What is said of topics in a list, by id: that of TOPIC_FACTS."""
    functions: Sequence[Facts] = current_app.extensions["topic_facts"]
    return {key: fact for function in functions for key, fact in function(topics).items()}


def panels_of(topic: Topic, person: Person | None) -> list[Markup]:
    """What stands beside a topic, in the order of TOPIC_PANELS."""
    panels: Sequence[Panel] = current_app.extensions["topic_panels"]
    return _drawn((panel(topic, person) for panel in panels), topic=topic, person=person)


def acts_on(post: Post, person: Person | None) -> list[Act]:
    """What can be done with a post: with one's own words, then what features hand in, in the order of POST_ACTS."""
    if person is None:
        return []
    acts: Sequence[Acts] = current_app.extensions["post_acts"]
    return [act for own_or_more in (_own_acts, *acts) for act in own_or_more(post, person)]


def _own_acts(post: Post, person: Person) -> Iterator[Act]:
    if may_edit(person, post):
        yield Act("edit", _("Change"), f"{post.path}/edit")
        if may_withdraw(person, post):
            yield Act("arrow-back-up", _("Take back"), f"{post.path}/withdraw", posts=True)
