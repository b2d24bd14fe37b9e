"""What stands beside topics and requests about what became of them, for whoever reads; features.py hands it in."""

from collections.abc import Iterator
from typing import Any

from ..community.models import Post, Profile, Topic
from ..community.panels import Act, Drawing
from ..kit.i18n import _, lazy
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.models import Ticket
from .access import answers, is_crossable, may_be_asked
from .queries import Standing, articles_of, beside, count_wishes, standing_of


def of_topic(topic: Topic, person: Person | None) -> Drawing | None:
    """The line of the request that a topic became, the article made of it, and for agents the way to make a request."""
    standing = standing_of(topic, person) if topic.tied else Standing()
    offered = not standing.to and answers(person) and is_crossable(topic) and _asks_still(topic.author)
    if not (standing.to == "ticket" or standing.number or standing.article or offered):
        return None
    return "crossing/_of_topic.html", {"standing": standing, "offered": offered}


def _asks_still(author: Profile | None) -> bool:
    return author is not None and not author.erased


def on_post(post: Post, person: Person) -> Iterator[Act]:
    """For agents: an article could begin with this."""
    if answers(person) and not post.gate and post.body is not None:
        yield Act("file-text", _("Make an article of this"), f"{post.path}/to-article")


def of_ticket(ticket: Ticket, person: Person) -> Drawing | None:
    """For the customer's side: the topic, and for who asked what we ask of them."""
    found = beside(ticket, person)
    proposal = found.proposal
    asks = bool(proposal and proposal.state == "asked" and ticket.requester_id == person.id)
    if not (found.topic or asks):
        return None
    return "crossing/_of_ticket.html", {"topic": found.topic, "proposal": proposal if asks else None}


def at_desk(ticket: Ticket, person: Person) -> Drawing | None:
    """For the desk: the topic, how a question to the customer stands, articles made of answers."""
    found = beside(ticket, person)
    may = person.may(Permission.ANSWER, ticket.team_id)
    offered = may and found.crossing is None and may_be_asked(ticket)
    made = articles_of(ticket, person)
    if not (found.crossing or found.proposal or offered or made):
        return None
    return "crossing/_at_desk.html", {"found": found, "offered": offered, "made": made}


def editors_link(person: Person) -> dict[str, Any] | None:
    """The entry in the editors' list."""
    if not person.may(Permission.READERSHIP):
        return None
    return {"url": "/editors/wishes", "words": lazy("Articles that are wished for"), "count": count_wishes()}
