"""What people are told of the community: of a post each person once, for the strongest reason that there is."""

from typing import Any

from markupsafe import Markup

from ..kit.i18n import _
from ..notifications.actions import News, notify
from ..notifications.wording import COMMUNITY, Kind, filled, strong
from ..outbox.actions import enqueue
from ..people.models import Person, former
from .models import Post

# Why somebody hears of a post, the strongest reason first.
MENTIONED, ASKED, ANSWERED, FOLLOWED, BEGAN = "mentioned", "asked", "answered", "followed", "began"


def sentence(why: str) -> str:
    """What a notice or a mail says, with places for `who` and `subject`."""
    if why == MENTIONED:
        return _("%(who)s mentioned you in “%(subject)s”")
    if why == ASKED:
        return _("%(who)s answered your question “%(subject)s”")
    if why == ANSWERED:
        return _("%(who)s answered you in “%(subject)s”")
    if why == BEGAN:
        return _("%(who)s began “%(subject)s”")
    return _("%(who)s wrote in “%(subject)s”")


def who_in(data: dict[str, Any]) -> str:
    """The public name that a notice holds; who was erased since then is called after what they were."""
    return str(data["who"]) or former(data.get("erased", "")) or _("Member %(number)d", number=data["number"])


def _posted(data: dict[str, Any]) -> Markup:
    return filled(sentence(data["why"]), who=strong(who_in(data)), subject=data["subject"])


def _accepted(data: dict[str, Any]) -> Markup:
    return filled(_("Your answer in “%(subject)s” was accepted"), subject=data["subject"])


POSTED = Kind("posted", COMMUNITY, "messages", _posted)
ACCEPTED = Kind("accepted", COMMUNITY, "circle-check", _accepted)
KINDS = (POSTED, ACCEPTED)


def tell_of(post: Post) -> None:
    """Leave the telling of a post that is shown to the worker; a second time nothing happens."""
    enqueue(
        "community.post", {"post": post.id}, key=f"community.post:{post.id}", lane=f"topic-{post.topic_id}"
    )


def tell_named(post: Post) -> None:
    """Leave the telling of those to the worker whose names a post did not have when it was told of."""
    if "@" in (post.body or ""):
        enqueue("community.named", {"post": post.id}, lane=f"topic-{post.topic_id}")


def tell(person: Person, post: Post, why: str) -> bool:
    """Tell a person of a post; False if they were told before. The words of the post are never in it."""
    author = post.author
    data = {
        "why": why,
        "who": author.name if author else "",
        "number": author.number if author else 0,
        "erased": author.erased if author else "customer",
        "initials": author.initials if author else "",
        "us": post.by_staff,
        "subject": post.topic.heading,
        "place": _place(post),
    }
    return notify(person, POSTED, News(str(post.id), post.topic.address, data, ("post", post.id), post.at))


def tell_accepted(person: Person, post: Post) -> bool:
    """Tell who wrote the answer that helped."""
    data = {"subject": post.topic.heading, "place": _place(post)}
    return notify(person, ACCEPTED, News(str(post.id), post.topic.address, data, ("post", post.id)))


def _place(post: Post) -> str:
    return f"?post={post.place}#post-{post.place}"
