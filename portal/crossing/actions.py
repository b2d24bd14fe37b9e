"""Verbs that turn one thing into another: each leaves links both ways, and tells whom it concerns."""

import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from ..community.actions import Opening, add_post, begin_topic, profile_of
from ..community.gate import Refused, Verdict, look_at
from ..community.marks import accept
from ..community.models import Post, Space, Topic
from ..extensions import db
from ..kb.models import Article
from ..kit import clock
from ..kit.files import path_of
from ..kit.forms import LONG_TEXT
from ..kit.i18n import _, in_language
from ..kit.markdown import escape_markdown
from ..kit.rows import insert_or_skip
from ..live.actions import publish
from ..outbox.actions import enqueue
from ..people.models import Person, Team
from ..tickets.access import hold
from ..tickets.actions import Words, add_event, mark_read, open_ticket
from ..tickets.actions import tell as tell_windows
from ..tickets.models import Ticket, TicketEvent
from .access import may_be_asked, spaces_for_words
from .models import ArticleTopic, ArticleWish, Crossing, Proposal
from .notices import AGREED, ASKED, DECLINED, MADE, tell

_LINK = re.compile(r"/help/([a-z0-9][a-z0-9-]{0,119})(?![\w/-])")
MOST_LINKS = 5  # articles that one topic is noted at


class Overtaken(Exception):
    """Somebody else settled it meanwhile; `address` is where it stands now."""

    def __init__(self, address: str = "") -> None:
        super().__init__("settled meanwhile")
        self.address = address


# A topic becomes a request


def make_request(topic: Topic, answers: Iterable[Post], team: Team, by: Person) -> Ticket:
    """A private request of a topic's asker with its words and files, and those of some answers; once for each topic.

    Raises:
        Overtaken: the topic became a request, or came from one.
    """
    db.session.execute(select(Topic.id).where(Topic.id == topic.id).with_for_update())
    earlier = db.session.scalar(select(Crossing).where(Crossing.topic_id == topic.id))
    if earlier:
        raise Overtaken(f"/desk/tickets/{earlier.ticket.number}")
    asker = db.session.get_one(Person, topic.author_id)
    first = db.session.scalars(select(Post).where(Post.topic_id == topic.id, Post.place == 1)).one()
    posts = [first, *answers]
    with ExitStack() as opened, in_language(asker.language):
        words = Words(_as_told(posts)[:LONG_TEXT], list(_copies(posts, opened)))
        ticket = open_ticket(topic.heading, words, asker, team=team, made_by=by)
    event = add_event(
        ticket, "from-topic", by, {"address": topic.address, "team": ticket.team.name}, public=True
    )
    ticket.tied = topic.tied = True
    db.session.add(Crossing(to="ticket", topic_id=topic.id, ticket_id=ticket.id, by_id=by.id))
    db.session.flush()
    mark_read(ticket, event.id)
    tell(asker, MADE, ticket, by, f"/tickets/{ticket.number}")
    publish(f"topic-{topic.id}")
    return ticket


def _as_told(posts: Sequence[Post]) -> str:
    """The topic's words, then answers as quotes, each under the public name of who wrote it."""
    parts = [posts[0].body or ""]
    for post in posts[1:]:
        name = escape_markdown(post.author.shown) if post.author else ""
        quoted = "\n".join(f"> {line}".rstrip() for line in (post.body or "").splitlines())
        parts.append(f"{_('%(name)s wrote in the community:', name=name)}\n\n{quoted}")
    return "\n\n".join(filter(None, parts))


def _copies(posts: Iterable[Post], opened: ExitStack) -> Iterable[tuple[str, FileStorage]]:
    """The files of posts, to be stored once more: what is taken from the topic later stays in the request."""
    for post in posts:
        for file in post.files:
            path: Path = path_of(file.key)
            if path.exists():
                yield file.name, FileStorage(opened.enter_context(path.open("rb")), file.name)


# A request's question becomes a topic


@dataclass(frozen=True)
class Wanted:
    """What others would read, and where."""

    space: Space
    title: str
    question: str
    answer: str
    taken_out: dict[str, int] = field(default_factory=dict)


def propose(ticket: Ticket, wanted: Wanted, by: Person) -> Proposal:
    """Ask the requester whether others may read this; what was asked before and not answered is asked no more.

    Raises:
        Overtaken: it is a topic already.
    """
    _check_uncrossed(ticket)
    for asked in _asked(ticket):
        asked.state, asked.settled_at = "dropped", clock.now()
    for shown in (ticket.requester, by):  # under the names that they have in the community
        profile_of(shown)
    ticket.tied = True
    proposal = Proposal(
        ticket_id=ticket.id,
        space_id=wanted.space.id,
        title=wanted.title,
        question=wanted.question,
        answer=wanted.answer,
        taken_out=wanted.taken_out,
        by_id=by.id,
        state="asked",
        at=clock.now(),
    )
    db.session.add(proposal)
    db.session.flush()
    _note(ticket, proposal, by, staff=True)
    tell(ticket.requester, ASKED, ticket, by, address_of(proposal, ticket))
    enqueue("crossing.letter", {"proposal": proposal.id}, lane=f"ticket-{ticket.id}")
    return proposal


def address_of(proposal: Proposal, ticket: Ticket) -> str:
    return f"/tickets/{ticket.number}/proposal/{proposal.id}"


def _asked(ticket: Ticket) -> Sequence[Proposal]:
    return db.session.scalars(
        select(Proposal).where(Proposal.ticket_id == ticket.id, Proposal.state == "asked")
    ).all()


def _check_uncrossed(ticket: Ticket) -> None:
    crossing = db.session.scalar(select(Crossing).where(Crossing.ticket_id == ticket.id))
    if crossing:
        raise Overtaken(crossing.topic.address)


def _note(ticket: Ticket, proposal: Proposal, by: Person, *, staff: bool) -> None:
    """A line in the story about what is asked, and what was said to it."""
    data = {"is": proposal.state, "proposal": proposal.id} | ({"team": ticket.team.name} if staff else {})
    add_event(ticket, "proposal", by, data, public=True)
    db.session.flush()
    tell_windows(ticket, public=True)


def drop(ticket: Ticket, by: Person) -> bool:
    """Ask no more; False when nothing was asked."""
    asked = _asked(ticket)
    for proposal in asked:
        proposal.state, proposal.settled_at = "dropped", clock.now()
        _note(ticket, proposal, by, staff=True)
    return bool(asked)


def decline(proposal: Proposal, by: Person) -> None:
    """The requester says no: nothing happens, and whoever asked hears of it.

    Raises:
        Overtaken: it is asked no more.
    """
    ticket = _still_asked(proposal)
    proposal.state, proposal.settled_at = "declined", clock.now()
    _note(ticket, proposal, by, staff=False)
    if proposal.by:
        tell(proposal.by, DECLINED, ticket, by, f"/desk/tickets/{ticket.number}")


def _still_asked(proposal: Proposal) -> Ticket:
    ticket = hold(proposal.ticket)
    db.session.refresh(proposal)
    if proposal.state != "asked":
        raise Overtaken
    return ticket


def agree(proposal: Proposal, title: str, question: str, by: Person) -> Topic:
    """The requester says yes: their words become a topic with the desk's answer, accepted.

    Args:
        proposal: what they were asked.
        title, question: their words as they want them to stand.
        by: the requester.

    Raises:
        Overtaken: it is asked no more.
        Refused: it cannot stand there, says why.
    """
    ticket = _still_asked(proposal)
    _check_uncrossed(ticket)
    agent, space = proposal.by, proposal.space
    if agent is None or not may_be_asked(ticket) or space not in spaces_for_words(by, agent):
        raise Refused(_("This can no longer stand there. We will ask you again, if it can stand elsewhere."))
    profile = profile_of(by)
    verdict = look_at(by, profile, space, f"{title}\n{question}")
    if (title, question) == (proposal.title, proposal.question):
        verdict = Verdict()  # somebody of ours has looked at every word of it
    opening = Opening(title, "question", (), by.language)
    topic = begin_topic(space, opening, Words(question), by, verdict)
    if proposal.answer:
        accept(topic, add_post(topic, Words(proposal.answer), agent, Verdict()), by)
    proposal.state, proposal.settled_at = "agreed", clock.now()
    topic.tied = True
    db.session.add(Crossing(to="topic", topic_id=topic.id, ticket_id=ticket.id, by_id=agent.id))
    add_event(ticket, "to-topic", by, {"address": topic.address}, public=True)
    tell(agent, AGREED, ticket, by, f"/desk/tickets/{ticket.number}")
    db.session.flush()
    tell_windows(ticket, public=True)
    return topic


# An answer becomes an article's beginning


def wish_for_post(post: Post, why: str, by: Person) -> bool:
    """Ask the editors for an article of a post; False when somebody did before."""
    post.topic.tied = True
    return _wish(by, why, post_id=post.id)


def wish_for_answer(event: TicketEvent, why: str, text: str, by: Person) -> bool:
    """The same of an answer in a request; `text` are its words without those whom they tell of."""
    event.ticket.tied = True
    return _wish(by, why, event_id=event.id, text=text)


def _wish(by: Person, why: str, **of: object) -> bool:
    blank = {"at": clock.now(), "article": "", "text": ""}
    fresh = db.session.execute(
        insert_or_skip(ArticleWish, ArticleWish.id), {**blank, "by_id": by.id, "words": why, **of}
    )
    return fresh.first() is not None


def settle(wish: ArticleWish, by: Person, article: str = "") -> None:
    """An editor made an article of it, or says that now is not the time; said again, the last word counts."""
    wish.article, wish.settled_at, wish.settled_by_id = article, clock.now(), by.id
    if wish.post:
        publish(f"topic-{wish.post.topic_id}")


def take_up_again(wish: ArticleWish) -> None:
    """It waits for an editor once more."""
    wish.article, wish.settled_at, wish.settled_by_id = "", None, None
    if wish.post:
        publish(f"topic-{wish.post.topic_id}")


# An article is talked about


def note_articles(post: Post) -> None:
    """Articles that a topic's first words lead to show the topic to whoever may read it."""
    if post.place != 1:
        return
    named = list(dict.fromkeys(_LINK.findall(post.body or "")))[:MOST_LINKS]
    for slug in db.session.scalars(select(Article.slug).where(Article.slug.in_(named)).distinct()):
        values = {"article": slug, "topic_id": post.topic_id}
        db.session.execute(insert_or_skip(ArticleTopic), values)
