"""What a person is handed out of the community: every word of theirs, and none that somebody else wrote."""

import json
from collections.abc import Callable
from datetime import timedelta

from portal.community.following import MAIL, PERSON, SPACE, TAG, TOPIC, choose
from portal.community.marks import accept, react, vote
from portal.community.models import Post
from portal.community.people import call
from portal.extensions import db
from portal.ideas.actions import Decision, decide
from portal.ideas.actions import vote as vote_idea
from portal.kit import clock
from portal.mail.models import Letter
from portal.moderation.actions import Because, report
from portal.people.models import Person
from portal.privacy.actions import export

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_idea, make_post, make_space, make_topic

THEIRS = "wkx"


def test_my_export_has_all_my_words_and_none_of_anybody_elses(
    people: Cast, browser_of: Callable[[Person], PortalClient], work: Callable[[], int]
) -> None:
    me, other = people.customer, people.stranger
    call(me, "Tomás")
    call(other, "Wkxname")
    space = make_space("Inner", "members", members=[me, other], kinds=["question", "idea"])
    for kind, target in ((SPACE, space.id), (PERSON, other.id), (TAG, "walls")):
        choose(me, kind, str(target), MAIL)
    mine = make_topic(space, me, "Mytitle", "Mywords", tags=["mytag"])
    make_post(mine, other, "> Mywords\n\nWkxanswer for @Tomás")
    make_post(mine, other, "Wkxheld", gate="held")
    theirs = make_topic(space, other, "Wkxtitle", "Wkxwords for @Tomás", tags=["walls"])
    choose(me, TOPIC, str(theirs.id), MAIL)
    with clock.at(clock.now() - timedelta(minutes=20)):  # what is changed at once leaves no version
        answer = make_post(theirs, me, "Myanswer")
    edited = {"body": "Mychange"}
    assert browser_of(me).send(f"{theirs.address}/posts/2/edit", edited).status_code == 303
    make_post(theirs, other, "Wkxlast")
    accept(theirs, answer, other)
    vote(answer, other, helpful=True)
    react(answer, other, "thanks", put=True)
    first = db.session.query(Post).filter_by(topic_id=theirs.id, place=1).one()
    vote(first, me, helpful=True)
    report(first, me, Because("rude", "Myreport"))
    report(answer, other, Because("rude", "Wkxreport"))
    idea = make_idea(space, other, "Wkxidea", "Wkxhope")
    vote_idea(idea, me)
    decide(idea, Decision("released", "Wkxreason"), people.manager)
    db.session.commit()
    work()

    told = json.dumps(export(me, None), ensure_ascii=False).lower()

    about = [row.subject for row in db.session.query(Letter).filter_by(person_id=me.id)]
    assert sum(THEIRS in subject.lower() for subject in about) >= 3, "else this would prove nothing"
    assert THEIRS not in told
    for word in ("Tomás", "Mytitle", "Mywords", "mytag", "Myanswer", "Mychange", "Myreport"):
        assert word.lower() in told, word
