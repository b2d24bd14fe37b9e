"""What search holds of topics: one document each, with the words that its readers see and no others."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..kit.i18n import _, ago, ngettext
from ..people.models import Person
from ..search.documents import PUBLIC as EVERYBODY
from ..search.documents import Document, Shown, Source
from ..search.words import ANY
from .access import moderates, visible_topics
from .models import MEMBERS, ORGANISATION, PUBLIC, SIGNED_IN, Post, Space, SpaceMember, Topic
from .panels import Fact, facts_of

BATCH = 200
MOST = 20_000  # letters of a topic
OF_A_POST = 4_000  # letters
FIRST = 100  # places whose posts count, beside the accepted answer


def _count() -> int:
    return db.session.scalar(select(func.count(Topic.id)).where(Topic.gate == "")) or 0


def readers_of(space: Space) -> tuple[str, ...]:
    """The tokens of tokens_of() that open the topics of a space."""
    opening = {
        PUBLIC: EVERYBODY,
        SIGNED_IN: SIGNED_IN,
        ORGANISATION: f"org-{space.organisation_id}",
        MEMBERS: f"space-{space.id}",
    }
    return opening[space.audience], "moderators"


def tokens_of(person: Person | None) -> frozenset[str]:
    """What a person's key ring holds; a visitor reads what everybody may."""
    if person is None:
        return frozenset({EVERYBODY})
    spaces = db.session.scalars(select(SpaceMember.space_id).where(SpaceMember.person_id == person.id))
    homes = {f"org-{organisation}" for organisation, _manages in person.homes}
    rooms = {f"space-{number}" for number in spaces}
    return frozenset(
        {EVERYBODY, SIGNED_IN} | homes | rooms | ({"moderators"} if moderates(person) else set())
    )


def _documents(ids: Sequence[int] | None) -> Iterator[Document]:
    last = 0
    while True:
        rows = select(Topic).where(Topic.id > last, Topic.gate == "").order_by(Topic.id).limit(BATCH)
        if ids is not None:
            rows = rows.where(Topic.id.in_(ids))
        rows = rows.options(joinedload(Topic.space)).execution_options(populate_existing=True)
        found = db.session.scalars(rows).all()
        if found:
            yield from _made(found)
            last = found[-1].id
        if len(found) < BATCH:
            return


def _said(topics: Sequence[Topic]) -> Mapping[int, str]:
    """The shown words of topics: the accepted answer first, since it is what answers."""
    ids, accepted = (
        [topic.id for topic in topics],
        [topic.accepted_id for topic in topics if topic.accepted_id],
    )
    rows = select(Post.topic_id, func.substr(Post.body, 1, OF_A_POST)).where(
        Post.topic_id.in_(ids), Post.gate == "", Post.body.is_not(None)
    )
    said: dict[int, list[str]] = defaultdict(list)
    first = rows.where(Post.id.in_(accepted))
    others = rows.where(Post.place <= FIRST, Post.id.not_in(accepted)).order_by(Post.topic_id, Post.place)
    for part in (first, others):
        for key, body in db.session.execute(part):
            said[key].append(body)
    return {key: "\n".join(bodies)[:MOST] for key, bodies in said.items()}


def _made(topics: Sequence[Topic]) -> Iterator[Document]:
    said = _said(topics)
    for topic in topics:
        if topic.id in said:  # of a topic whose words are all withdrawn nothing is found
            yield Document(
                kind="topics",
                id=topic.id,
                locale=ANY,
                title=topic.title,
                tags=tuple(topic.tags),
                text=said[topic.id],
                url=topic.address,
                who=readers_of(topic.space),
                facets=_facets(topic),
                lift=_lift(topic),
            )


def _facets(topic: Topic) -> tuple[str, ...]:
    return (
        f"topic:{topic.kind}",
        f"space:{topic.space.slug}",
        *(f"tag:{tag.casefold()}" for tag in topic.tags),
    )


def _lift(topic: Topic) -> float:
    """An answered topic stands before another that says as much, and then the one with more votes."""
    return (0.5 if topic.accepted_id else 0.0) + min(max(topic.votes, 0), 50) / 100


def about(topic: Topic, fact: Fact | None) -> str:
    """What a list of answers says of a topic."""
    answers = max(topic.posts - 1, 0)
    if fact:
        words = f"{fact.look.word} · {ngettext('%(num)d vote', '%(num)d votes', topic.votes)}"
    elif topic.accepted_id:
        words = _("Accepted answer")
    else:
        words = ngettext("%(num)d answer", "%(num)d answers", answers)
    return f"{topic.space.name} · {words} · {ago(topic.posted_at)}"


def _shown(person: Person | None, ids: Collection[int]) -> Mapping[int, Shown]:
    rows = visible_topics(person).where(Topic.id.in_(ids), Topic.gate == "")
    topics = db.session.scalars(rows).all()
    facts = facts_of(topics)
    return {
        topic.id: Shown(
            about(topic, facts.get(topic.id)), "circle-check" if topic.accepted_id else topic.look.icon
        )
        for topic in topics
    }


SOURCE = Source(_count, _documents, tokens_of, _shown)
