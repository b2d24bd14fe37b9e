"""Who may do what: every address for every actor in every way, with marked words that must not reach the wrong one.

The table below is the whole truth; a new address fails the first test until its line is written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from portal.accounts.actions import begin_sign_in
from portal.canned.actions import Saying, add_canned
from portal.community.actions import Opening, begin_topic
from portal.community.following import make_token as unfollow
from portal.community.gate import Verdict
from portal.community.laws import Rule
from portal.community.models import Post, PostVersion, Profile, Space, SpaceItem
from portal.community.rooms import put_files
from portal.crossing.actions import Wanted, note_articles, propose, wish_for_answer
from portal.crossing.models import ArticleWish
from portal.drafts.actions import keep
from portal.drafts.forms import Text
from portal.extensions import db
from portal.features import SEARCH_SOURCES
from portal.ideas.actions import Decision, decide, link_ticket
from portal.inbox.actions import read_kept, sort, take_in
from portal.inbox.models import IncomingMail
from portal.kb.models import Article, Picture, PictureUse, Redirect, Section
from portal.kit.crypto import digest
from portal.legal.actions import keep_draft, publish
from portal.legal.queries import PageWords, plan_of
from portal.legal.standing import look_anew
from portal.mail.models import Letter
from portal.mail.threads import Thread
from portal.notifications.actions import News, notify
from portal.notifications.letters import make_token
from portal.notifications.models import Notice
from portal.outbox.actions import enqueue
from portal.outbox.models import Job
from portal.people.actions import give_role
from portal.people.models import Person
from portal.people.permissions import Permission
from portal.practice.actions import begin, say
from portal.search.index import Search
from portal.staff.actions import Offer, invite
from portal.staff.rights import make_role
from portal.tickets.actions import Words, note, open_ticket, reply
from portal.tickets.answers import solve
from portal.tickets.fulltext import put
from portal.tickets.models import Ticket, TicketEvent
from portal.tickets.notices import KINDS, tell

from .client import PortalClient
from .conftest import Cast
from .make import make_idea, make_post, make_space, make_topic

# Actors. "left" was an agent, is deactivated, and still has the cookie of a living sign-in.
OUTSIDE = {"visitor", "left"}
INSIDE = {"customer", "colleague", "stranger", "agent", "agent2", "editor", "manager", "admin"}
SUPPORT, BILLING = {"agent", "manager", "admin"}, {"agent2", "manager", "admin"}
STAFF, WRITERS, LEADS = SUPPORT | BILLING, {"editor", "manager", "admin"}, {"manager", "admin"}

# Marked words, and who may read them. The first ticket is the customer's, of Support; the second the stranger's, of Billing.
CANARIES = {
    "subjectofone": {"customer"} | SUPPORT,
    "requestofone": {"customer"} | SUPPORT,
    "answertoone": {"customer"} | SUPPORT,
    "openfileofone": {"customer"} | SUPPORT,
    "opencontentofone": {"customer"} | SUPPORT,
    "noteofone": SUPPORT,
    "innerfileofone": SUPPORT,
    "innercontentofone": SUPPORT,
    "subjectoftwo": {"stranger"} | BILLING,
    "requestoftwo": {"stranger"} | BILLING,
    "noteoftwo": BILLING,
    "drafttitle": WRITERS,
    "drafttext": WRITERS,
    "deviceofcustomer": {"customer"},
    "draftofagent": {"agent"},
    "failedjobwords": {"admin"},
    "mailofnobody": STAFF,
    "mailaboutone": SUPPORT,
    "cannedoftwo": BILLING,
    "crosstopictitle": LEADS,
    "crosstopicwords": LEADS,
    "proposedtitle": {"customer"} | SUPPORT,
    "proposedwords": {"customer"} | SUPPORT,
    "wishofone": WRITERS,
    "wishedwords": WRITERS,
    "innertopicwords": {"customer"} | LEADS,
    "heldpostwords": {"stranger"} | LEADS,
    "inneridea": {"customer"} | LEADS,
    "innerreason": {"customer"} | LEADS,
    "innerspacefile": {"customer"} | LEADS,
    "innerspacecontent": {"customer"} | LEADS,
    "innerbefore": {"customer"} | LEADS,
    "rehearsedwords": {"agent"},
    "invitedname": LEADS,  # the record names who was asked
    "nexttermswords": LEADS,
    "unsaidprivacy": LEADS,
}


@dataclass(frozen=True)
class Cell:
    """One address: what each actor gets; who is not named gets `others`, and who is not signed in is sent to sign in."""

    method: str
    path: str  # with {one}, {two} and so on for what the world holds
    endpoint: str
    allowed: dict[str, int]
    others: int
    public: bool = False
    data: dict[str, str] | None = None
    forged: int = 400  # what a post without a token gets

    def status(self, actor: str) -> int:
        if actor in OUTSIDE and not self.public:
            return 303 if self.method == "GET" else 401
        return self.allowed.get(actor, self.others)


def _all(actors: set[str], status: int) -> dict[str, int]:
    return dict.fromkeys(actors, status)


def _open(path: str, endpoint: str, status: int = 200) -> Cell:
    return Cell("GET", path, endpoint, {}, status, public=True)


def _own(path: str, endpoint: str, status: int = 200) -> Cell:
    return Cell("GET", path, endpoint, {}, status)


def _get(path: str, endpoint: str, actors: set[str], others: int, **more: int) -> Cell:
    return Cell("GET", path, endpoint, _all(actors, 200) | more, others)


def _post(path: str, endpoint: str, actors: set[str], others: int, status: int = 303, **data: str) -> Cell:
    return Cell("POST", path, endpoint, _all(actors, status), others, data=data)


def _at_the_desk(ticket: str, team: set[str], other_team: set[str]) -> list[Cell]:
    """Addresses of one ticket at the desk: its team; staff of others learns nothing; customers hear that it is not for them."""
    hidden, address = _all(other_team, 404), "/desk/tickets/{" + ticket + "}"
    reading = [
        Cell("GET", address, "desk.show", _all(team, 200) | hidden, 403),
        Cell("GET", "/desk/queue/{" + ticket + "}", "desk.beside", _all(team, 200) | hidden, 403),
        Cell("GET", address + "/next", "desk.following", _all(team, 303) | hidden, 403),
    ]
    more = [
        Cell("GET", f"{address}/code", "intake.code", _all(team, 200) | hidden, 403),
        Cell("POST", f"{address}/code", "intake.new_code", _all(team, 303) | hidden, 403),
        Cell("POST", f"{address}/gate", "intake.gate", _all(team, 303) | hidden, 403),
        Cell("POST", f"{address}/read", "intake.read", _all(team, 303) | hidden, 403, data={"shown": "1"}),
    ]
    acts: list[tuple[str, dict[str, str]]] = [
        ("answer", {"body": "An answer", "kind": "answer", "then": "open", "seen": "999999999"}),
        ("answer", {"body": "A note", "kind": "note", "then": "open", "seen": "999999999"}),
        ("take", {}),
        ("change", {"state": "solved"}),
        ("change", {"state": "waiting", "needed": "The serial number"}),
        ("change", {"priority": "urgent"}),
        ("change", {"assignee": ""}),
        ("change", {"team": "{billing}"}),
    ]
    return (
        reading
        + more
        + [
            Cell("POST", f"{address}/{act}", f"desk.{act}", _all(team, 303) | hidden, 403, data=data)
            for act, data in acts
        ]
    )


def _of_a_mail(mail: str, readers: set[str], other_team: set[str]) -> list[Cell]:
    """Addresses of a mail that came in: for those who sort mail, and if it names a ticket, for that ticket's team."""
    hidden, address = _all(other_team, 404), "/desk/mail/{" + mail + "}"
    return [
        Cell("GET", address, "inbox.show", _all(readers, 200) | hidden, 403),
        Cell("GET", f"{address}/raw", "inbox.raw", _all(readers, 200) | hidden, 403),
        Cell("POST", f"{address}/request", "inbox.to_request", _all(readers, 303) | hidden, 403),
        Cell("POST", f"{address}/aside", "inbox.aside", _all(readers, 303) | hidden, 403),
        Cell("POST", f"{address}/back", "inbox.back", _all(readers, 303) | hidden, 403),
    ]


def _into(mail: str, ticket: str, statuses: dict[str, int]) -> Cell:
    """A mail put into a ticket by its number, which must be one that the agent reads."""
    data = {"number": "{" + ticket + "}"}
    return Cell("POST", "/desk/mail/{" + mail + "}/ticket", "inbox.to_ticket", statuses, 403, data=data)


DRAFT = {"place": "new", "once": "o" * 20, "window": "w" * 20, "words.body": "Words"}
SOLVED = {"article": "published-one", "question": "Why?", "once": "q" * 20}

NO = {"answer": "no", "locale": "en", "reason": "unclear", "words": "Why?"}
SEARCHED = {
    "token": "s" * 20,
    "words": "published",
    "results": "1",
    "language": "en",
    "opened": "published-one",
}

JOINS = {"email": "e@example.org", "name": "E", "roles": "{role}", "place": "everywhere", "language": "en"}
NEWCOMER = {"name": "Newcomer", "password": "a sentence of mine"}
WHY = {"words": "Often asked", "text": "Press it.", "sure": "y"}
OTHERS = {"space": "hall", "title": "A", "question": "B", "answer": "C"}
MEMBERS = {"customer"} | LEADS  # of the space of members alone; moderators see every space


def _act(path: str, endpoint: str, **data: str) -> list[Cell]:
    """An act on something in the open space, for everybody who is signed in, and in the closed one, for its members."""
    return [
        Cell("POST", f"/community/{path.replace('*', '{topic}')}", endpoint, {}, 303, data=data),
        Cell(
            "POST", f"/community/{path.replace('*', '{inner}')}", endpoint, _all(MEMBERS, 303), 404, data=data
        ),
    ]


# Moderators' pages and acts; the writer of the post that they are about is the stranger.
MODERATION = [
    _get("/community/moderation", "moderation.index", LEADS, 403),
    _get("/community/moderation?show=reported", "moderation.index", LEADS, 403),
    _get("/community/moderation?show=hidden", "moderation.index", LEADS, 403),
    _post(
        "/community/moderation", "moderation.decide", LEADS, 403, let="chosen", reason="other", words="Why"
    ),
    _get("/community/moderation/record", "moderation.record", LEADS, 403),
    _get("/community/moderation/suspended", "moderation.suspended", LEADS, 403),
    _get("/community/moderation/rules", "moderation.rules", LEADS, 403),
    _post(
        "/community/moderation/rules",
        "moderation.rules_post",
        LEADS,
        403,
        kind="word",
        pattern="tulips",
        does="hold",
    ),
    _post("/community/moderation/rules/try", "moderation.try_text", LEADS, 403, 200, text="Some words"),
    _get("/community/moderation/rules/{rule}", "moderation.rule", LEADS, 403),
    _post(
        "/community/moderation/rules/{rule}",
        "moderation.rule_post",
        LEADS,
        403,
        kind="word",
        pattern="roses",
        does="hold",
    ),
    _post("/community/moderation/rules/{rule}/delete", "moderation.rule_delete", LEADS, 403),
    _get("/community/{topic}/posts/3/hide", "moderators.hide_page", LEADS, 403),
    _post("/community/{topic}/posts/2/hide", "moderators.hide_post", LEADS, 403, reason="other", words="Why"),
    _post("/community/{topic}/posts/3/show", "moderators.show_post", LEADS, 403),
    _get("/community/{topic}/posts/2/report", "moderators.report_page", INSIDE - {"stranger"}, 404),
    _get("/community/{topic}/posts/3/report", "moderators.report_page", LEADS, 404),
    _get("/community/{inner}/posts/2/report", "moderators.report_page", {"customer", "admin"}, 404),
    _post(
        "/community/{topic}/posts/2/report",
        "moderators.report_post",
        INSIDE - {"stranger"},
        404,
        reason="other",
        words="Why",
    ),
    *(
        _post(f"/community/{{topic}}/{act}", "topic_acts.toggle", LEADS, 403)
        for act in ("close", "open", "pin", "unpin")
    ),
    _get("/community/{topic}/move", "topic_acts.move_page", LEADS, 403),
    _post(
        "/community/{topic}/move",
        "topic_acts.move_post",
        LEADS,
        403,
        space="closed",
        reason="other",
        words="Why",
    ),
    _get("/community/{topic}/split", "topic_acts.split_page", LEADS, 403),
    _post(
        "/community/{topic}/split",
        "topic_acts.split_post",
        LEADS,
        403,
        title="Apart",
        post="2",
        reason="other",
        words="Why",
    ),
    _get("/community/people/{profile}/suspend", "standing.suspend_page", LEADS, 403),
    _post(
        "/community/people/{profile}/suspend",
        "standing.suspend_post",
        LEADS,
        403,
        length="1",
        reason="other",
        words="Why",
    ),
    _post("/community/people/{profile}/lift", "standing.lift_post", LEADS, 403),
    _post("/community/people/{profile}/standing", "standing.standing_post", LEADS, 403, standing="known"),
    _own("/community/mine/acts", "standing.own_acts"),
    _get("/live?topic=moderation-0", "live.stream", LEADS, 404),
]

# Votes and signs on posts, what is followed and read, and pages around people.
AROUND_TOPICS = [
    Cell("POST", "/community/{topic}/posts/1/vote", "community_acts.vote_post", {"customer": 403}, 303, data={"helpful": "yes"}),
    Cell("POST", "/community/{inner}/posts/1/vote", "community_acts.vote_post", {"customer": 403} | _all(LEADS, 303), 404, data={"helpful": "yes"}),
    Cell("POST", "/community/{topic}/posts/3/vote", "community_acts.vote_post", _all(LEADS | {"stranger"}, 403), 404, data={"helpful": "yes"}),
    *_act("*/posts/1/react", "community_acts.react_post", put="like"),
    Cell("POST", "/community/{topic}/posts/2/accept", "community_acts.accept_post", _all(STAFF | {"customer"}, 303), 403, data={"taken": "yes"}),
    Cell("POST", "/community/{inner}/posts/2/accept", "community_acts.accept_post", _all(MEMBERS, 303), 404, data={"taken": "yes"}),
    *_act("*/follow", "community_acts.follow_topic", way="bell"),
    Cell("POST", "/community/in/closed/follow", "community_acts.follow_space", _all(MEMBERS, 303), 404, data={"way": "bell"}),
    Cell("POST", "/community/tagged/innertag/follow", "community_acts.follow_tag", _all(MEMBERS, 303), 404, data={"way": "bell"}),
    _post("/community/people/{profile}/follow", "community_acts.follow_person", INSIDE, 0, way="bell"),
    _post("/community/mentions/follow", "community_acts.follow_mentions", INSIDE, 0, way="bell"),
    *_act("*/read", "community_acts.read", place="1"),
    _post("/community/seen", "community_acts.seen", INSIDE, 0, 204),
    _post("/community/{topic}/people", "community_acts.people", INSIDE, 0, 200, q=""),
    _post("/community/{inner}/people", "community_acts.people", MEMBERS, 404, 200, q=""),
    _get("/community/{inner}/posts/1/quote", "community_acts.quote", MEMBERS, 404),
    _get("/community/{topic}/posts/3/quote", "community_acts.quote", {"stranger"} | LEADS, 404),
    _open("/community/people/{profile}", "community_own.profile"),
    _open("/community/people/1", "community_own.profile", 404),
    _own("/community/me", "community_own.own"),
    _post("/community/me", "community_own.own_post", INSIDE, 0, name="", about=""),
    _own("/community/mine", "community_own.mine"),
    _open("/community/tagged/opentag", "community_own.tagged"),
    Cell("GET", "/community/tagged/innertag", "community_own.tagged", _all(MEMBERS, 200), 404, public=True),
    _open("/community/stop/nothing", "community_own.stop", 404),
    _open("/community/stop/{unfollow}", "community_own.stop"),
    Cell("POST", "/community/stop/nothing", "community_own.stop_post", {}, 404, public=True, forged=404),
    Cell("POST", "/community/stop/{unfollow}", "community_own.stop_post", {}, 200, public=True, forged=200),
    Cell("POST", "/community/stop/{unfollow}/again", "community_own.again", {}, 200, public=True),
    _open("/community/feed.xml", "community_feeds.feed"),
    _open("/community/in/closed/feed.xml", "community_feeds.space_feed", 404),
    _open("/sitemap/community.xml", "community_feeds.page_map"),
    _open("/sitemap/topics/0.xml", "community_feeds.topic_map"),
    _open("/help/search?q=innersubject", "kb.search"),
    _open("/help/search?q=heldpost", "kb.search"),
]  # fmt: skip

PLAN = {"name": "X", "audience": "public", "kinds": "question", "icon": "lock", "locale": ""}
ASKED = {"kind": "question", "title": "A", "body": "B"}
BETTER = {"title": "A", "body": "B", "tags": ""}

# Spaces and topics themselves, writing in them, and those who look after spaces.
TOPICS = [
    _open("/community", "community.home"),
    _open("/community?show=unanswered", "community.home"),
    _open("/community/in/open", "community.space"),
    Cell("GET", "/community/in/closed", "community.space", _all(MEMBERS, 200), 404, public=True),
    _open("/community/new?title=innersubject", "community.new"),
    Cell("POST", "/community/new", "community.new_post", _all(INSIDE, 303), 422, public=True, data=ASKED | {"space": "open"}),
    Cell("POST", "/community/new", "community.new_post", _all(MEMBERS, 303), 422, public=True, data=ASKED | {"space": "closed"}),
    _open("/community/{topic}", "community.topic"),
    Cell("GET", "/community/{inner}", "community.topic", _all(MEMBERS, 200), 404, public=True),
    _post("/community/{topic}/answer", "community.answer", INSIDE, 0, body="B"),
    _post("/community/{inner}/answer", "community.answer", MEMBERS, 404, body="B"),
    _get("/live?topic=topic-{inner}", "live.stream", MEMBERS, 404),
    _get("/community/{topic}/posts/1/edit", "posts.edit_page", {"customer"}, 403),
    _get("/community/{inner}/posts/1/edit", "posts.edit_page", {"customer"}, 404, **_all(LEADS, 403)),
    _get("/community/{topic}/posts/3/edit", "posts.edit_page", {"stranger"}, 404, **_all(LEADS, 403)),
    Cell("POST", "/community/{topic}/posts/1/edit", "posts.edit_post", {"customer": 303}, 403, data=BETTER),
    Cell("POST", "/community/{inner}/posts/1/edit", "posts.edit_post", {"customer": 303} | _all(LEADS, 403), 404, data=BETTER),
    Cell("GET", "/community/{inner}/posts/1/history", "posts.history", _all(MEMBERS, 200), 404, public=True),
    _open("/community/{topic}/posts/1/history", "posts.history", 404),
    _post("/community/{topic}/posts/2/withdraw", "posts.withdraw_post", {"stranger"}, 403),
    Cell("POST", "/community/{inner}/posts/1/withdraw", "posts.withdraw_post", _all(MEMBERS, 403), 404),
    _post("/community/{topic}/posts/2/restore", "posts.restore_post", set(), 404),
    Cell("GET", "/community/files/{space_key}/innerspacefile.txt", "community_files.download", _all(MEMBERS, 200), 404, public=True),
    _get("/community/in/open/files", "spaces.files", STAFF, 403),
    _get("/community/in/closed/files", "spaces.files", MEMBERS, 404),
    _post("/community/in/closed/files", "spaces.files_post", MEMBERS, 404, 422),
    _get("/community/in/open/requests", "spaces.requests", set(), 403),
    _get("/community/in/closed/requests", "spaces.requests", MEMBERS, 404),
    Cell("POST", "/community/in/closed/requests", "spaces.requests_post", {"customer": 303} | _all(LEADS, 422), 404, data={"number": "{one}"}),
    _post("/community/in/closed/items/{item}/remove", "spaces.take_out_post", MEMBERS, 404),
    _get("/community/spaces", "spaces.index", LEADS, 403),
    _get("/community/spaces/new", "spaces.new", LEADS, 403),
    Cell("POST", "/community/spaces/new", "spaces.new_post", _all(LEADS, 303), 403, data=PLAN),
    _get("/community/spaces/closed", "spaces.edit", LEADS, 403),
    Cell("POST", "/community/spaces/closed", "spaces.edit_post", _all(LEADS, 303), 403, data=PLAN),
    _post("/community/spaces/closed/move", "spaces.move", LEADS, 403, way="up"),
    _post("/community/spaces/closed/members", "spaces.add_post", LEADS, 403, email="new@example.com"),
    _post("/community/spaces/closed/members/{customer}/remove", "spaces.remove_post", LEADS, 403),
]  # fmt: skip
FELT = {"mood": "2", "body": "Words", "page": "/help", "answer": "y"}

IDEA, INNER_IDEA, LINKED = "/ideas/{idea}", "/ideas/{inner_idea}", {"idea": "{idea}"}
DECIDED = {"state": "planned", "reason": "", "quarter": "", "same": "", "seen": "0"}
# Ideas: one in the open space, and one of members alone, which asks nobody else anything.
AROUND_IDEAS = [
    _open("/ideas", "ideas.index"),
    _open("/ideas?state=all&q=inneridea", "ideas.index"),
    _open("/ideas/new", "ideas.new"),
    Cell("POST", "/ideas/new", "ideas.new_post", {}, 422, public=True, data={"title": ""}),
    _open("/ideas/roadmap", "ideas.roadmap"),
    _open("/ideas/changes", "ideas.changes"),
    _open("/ideas/changes.xml", "ideas_feed.feed"),
    _open("/sitemap/ideas.xml", "ideas_feed.page_map"),
    _open(IDEA, "ideas.idea"),
    Cell("GET", INNER_IDEA, "ideas.idea", _all(MEMBERS, 200), 404, public=True),
    _open("/ideas/{topic}", "ideas.idea", 404),
    _open(f"{IDEA}/panel", "ideas.panel"),
    Cell("GET", f"{INNER_IDEA}/panel", "ideas.panel", _all(MEMBERS, 200), 404, public=True),
    _post(f"{IDEA}/vote", "ideas.vote_idea", INSIDE, 0, wanted="yes"),
    _post(f"{INNER_IDEA}/vote", "ideas.vote_idea", MEMBERS, 404, wanted="yes"),
    _get(f"{IDEA}/decide", "ideas.decide_page", LEADS, 403),
    Cell("POST", f"{IDEA}/decide", "ideas.decide_post", _all(LEADS, 303), 403, data=DECIDED),
    _get("/desk/tickets/{one}/ideas?q=inneridea", "idea_demand.ticket_ideas", SUPPORT, 403, agent2=404),
    Cell("POST", "/desk/tickets/{one}/ideas", "idea_demand.link_to_ticket", _all(SUPPORT, 303) | {"agent2": 404}, 403, data=LINKED),
    Cell("POST", "/desk/tickets/{one}/ideas", "idea_demand.link_to_ticket", _all(LEADS, 303) | {"agent": 404, "agent2": 404}, 403, data={"idea": "{inner_idea}"}),
    Cell("POST", "/desk/tickets/{one}/ideas/remove", "idea_demand.unlink_from_ticket", _all(SUPPORT, 303) | {"agent2": 404}, 403, data=LINKED),
    _get("/community/{topic}/ideas?q=inneridea", "idea_demand.topic_ideas", STAFF, 403),
    _get("/community/{inner}/ideas", "idea_demand.topic_ideas", LEADS, 404, customer=403),
    _post("/community/{topic}/ideas", "idea_demand.link_to_topic", STAFF, 403, idea="{idea}"),
    _post("/community/{topic}/ideas/remove", "idea_demand.unlink_from_topic", STAFF, 403, idea="{idea}"),
]  # fmt: skip

# Somebody is to have another address: behind links, at their own account, and at the desk. agent has no right to it.
ADDRESSES = [
    _open("/sign-in/link", "sign_in_link.ask"),
    Cell("POST", "/sign-in/link", "sign_in_link.ask_post", {}, 422, public=True),
    _open("/sign-in/link/nothing", "sign_in_link.page", 404),
    Cell("POST", "/sign-in/link/nothing", "sign_in_link.page_post", {}, 404, public=True),
    *(
        cell
        for which in ("new", "old", "object", "else")
        for cell in (
            _open(f"/address/{which}/nothing", "address.page", 404),
            Cell("POST", f"/address/{which}/nothing", "address.page_post", {}, 404, public=True),
        )
    ),
    _post("/account/address", "address.ask", INSIDE, 0, 422, email="x@example.org", current="wrong"),
    _post("/account/address/call-off", "address.call_off_post", INSIDE, 0),
    _own("/account/address/lost", "address.lost"),
    _post("/account/address/lost", "address.lost_post", INSIDE, 0, 422, current="wrong"),
    *(
        Cell(method, "/desk/tickets/{" + ticket + "}/address", f"lost_mailbox.{name}", _all(LEADS, status), 403, data=data)
        for ticket in ("one", "two")
        for method, name, status, data in (("GET", "show", 200, {}), ("POST", "ask", 422, {"email": "x@example.org", "code": "no"}))
    ),
    _get("/desk/tickets/999999999/address", "lost_mailbox.show", set(), 403, **_all(LEADS, 404)),
]  # fmt: skip

# Each agent has a practice request of their own, or none: the agent's holds a marked word.
PRACTICE = [
    _get("/desk/practice", "practice.show", STAFF, 403),
    _post("/desk/practice", "practice.begin_post", STAFF, 403),
    *(
        Cell(method, f"/desk/practice/{way}", f"practice.{name}", _all(STAFF, 404) | {"agent": status}, 403, data=data)
        for method, way, name, status, data in (
            ("GET", "find?q=", "find", 200, {}),
            ("POST", "choose", "choose", 200, {}),
            ("POST", "take", "take_post", 303, {}),
            ("POST", "state", "state_post", 303, {"state": "solved"}),
            ("POST", "answer", "answer", 303, {"body": "B", "kind": "answer", "then": "open"}),
            ("POST", "keys", "keys_post", 303, {}),
        )
    ),
    _post("/desk/practice/put-away", "practice.put_away_post", STAFF, 403),
]  # fmt: skip

SAID = {"title": "Terms", "body": "Words", "note": "", "shown": ""}
# The company's pages: terms in force with a draft of their next version, and a privacy policy that is only a draft.
COMPANY = [
    _open("/terms", "legal.page"),
    _open("/terms?lang=es", "legal.page"),
    _open("/privacy", "legal.page", 404),
    _open("/terms/versions/1", "legal.version"),
    _open("/terms/versions/2", "legal.version", 404),
    _open("/privacy/versions/1", "legal.version", 404),
    _open("/terms/versions/2/changes", "legal.changes", 404),
    _open("/contact", "legal.contact"),
    _open("/sitemap/company.xml", "legal.page_map"),
    _own("/account/agreements", "agreements.index"),
    _post("/account/agreements", "agreements.answer", INSIDE, 0, accept="yes", shown_pages="terms-1"),
    _get("/admin/pages", "pages.index", LEADS, 403),
    _get("/admin/pages/terms?of=en", "pages.edit", LEADS, 403),
    _post("/admin/pages/terms?of=en", "pages.edit_post", LEADS, 403, 409, **SAID),
    _post("/admin/pages/preview", "pages.preview", LEADS, 403, 200, body="Words"),
    _get("/admin/pages/terms/look?of=en", "pages.look", LEADS, 403),
    _get("/admin/pages/privacy/look?of=en", "pages.look", LEADS, 403),
    _get("/admin/pages/terms/publish", "pages.publish_page", LEADS, 403),
    _post("/admin/pages/terms/publish", "pages.publish_post", LEADS, 403, 409, shown=""),
    _get("/admin/pages/contact", "pages.reach_page", LEADS, 403),
    _post("/admin/pages/contact", "pages.reach_post", LEADS, 403, 409, phone="+351 21 000 0000"),
]

TABLE = [
    *ADDRESSES,
    *PRACTICE,
    *COMPANY,
    *AROUND_IDEAS,
    *TOPICS,
    *AROUND_TOPICS,
    *MODERATION,
    _open("/", "start"),
    _open("/help", "kb.home"),
    _open("/help/section/matrix", "kb.section"),
    _open("/help/published-one", "kb.article"),
    Cell("GET", "/help/draft-one", "kb.article", _all(WRITERS, 200), 404, public=True),
    Cell("GET", "/help/an-old/draft", "kb.moved", _all(WRITERS, 301), 404, public=True),
    Cell("GET", "/help/old/address", "kb.moved", {}, 301, public=True),
    _open(f"/help/pictures/{'p' * 32}/9.gif", "pictures.picture"),
    Cell("GET", f"/help/pictures/{'d' * 32}/9.gif", "pictures.picture", _all(WRITERS, 200), 404, public=True),
    _open("/help/pictures/cards/en/published-one.png", "pictures.card"),
    Cell("GET", "/help/pictures/cards/en/draft-one.png", "pictures.card", {}, 404, public=True),
    _open("/help/search?q=drafttext", "kb.search"),
    _open("/help/suggest?q=drafttit", "kb.suggest"),
    _open("/help/search?q=noteofone", "kb.search"),
    _open("/help/published-one/helpful", "helpful.asked"),
    Cell("GET", "/help/draft-one/helpful", "helpful.asked", _all(WRITERS, 200), 404, public=True),
    Cell("POST", "/help/published-one/helpful", "helpful.answer", {}, 303, public=True, data=NO),
    Cell("POST", "/help/draft-one/helpful", "helpful.answer", _all(WRITERS, 303), 404, public=True, data=NO),
    Cell("POST", "/help/searched", "searched.tell", {}, 204, public=True, data=SEARCHED),
    _open("/robots.txt", "feeds.robots"),
    _open("/sitemap.xml", "feeds.index"),
    _open("/sitemap/pages.xml", "feeds.pages"),
    _open("/sitemap/section/matrix.xml", "feeds.section_map"),
    _open("/help/feed.atom", "feeds.feed"),
    _open("/help/feed/matrix.atom", "feeds.section_feed"),
    _open("/card.png", "look.card"),
    _get("/editors", "editors.index", WRITERS, 403),
    _get("/editors/synonyms?of=en", "editors.lesson", WRITERS, 403),
    _post("/editors/synonyms?of=en", "editors.lesson_post", WRITERS, 403, 409, text="bill, invoice"),
    _post("/editors/pins?of=en", "editors.lesson_post", WRITERS, 403, 409, text="bill -> published-one"),
    _open("/healthz", "health.alive"),
    _open("/readyz", "health.ready"),
    _open("/accent.css", "look.accent"),
    _open("/manifest.webmanifest", "look.manifest"),
    _post("/account/hint", "home.away_with_hint", INSIDE, 0),
    _open("/outbox", "outbox.index"),
    _open("/outbox/999999999", "outbox.show", 404),
    _open("/outbox/999999999/html", "outbox.html", 404),
    Cell("GET", "/sign-in", "accounts.sign_in", _all(INSIDE, 303), 200, public=True),
    Cell(
        "POST",
        "/sign-in",
        "accounts.sign_in_post",
        {},
        422,
        public=True,
        data={"email": "nobody@example.com", "password": "wrong"},
    ),
    Cell("POST", "/sign-out", "accounts.sign_out", {}, 303, public=True),
    _open("/sign-up", "accounts.sign_up_page"),
    Cell("POST", "/sign-up", "accounts.sign_up_post", {}, 422, public=True),
    _open("/confirm/nothing", "accounts.confirm_page", 404),
    Cell("POST", "/confirm/nothing", "accounts.confirm_post", {}, 404, public=True),
    _open("/lost-password", "accounts.lost"),
    Cell("POST", "/lost-password", "accounts.lost_post", {}, 422, public=True),
    _open("/reset/nothing", "accounts.reset_page", 404),
    Cell("POST", "/reset/nothing", "accounts.reset_post", {}, 404, public=True),
    _own("/account", "home.account"),
    _own("/.well-known/change-password", "home.change_password", 303),
    _own("/account/profile", "account.profile"),
    _post("/account/profile", "account.profile_post", INSIDE, 0, called="X", name="", language="en", zone=""),
    _own("/account/security", "account.security"),
    _post(
        "/account/password", "account.password", INSIDE, 0, 422, current="wrong", password="quite another one"
    ),
    _post("/account/sign-ins/{device}/end", "account.end_one", {"customer"}, 404),
    _post("/account/sign-ins/999999999/end", "account.end_one", set(), 404),
    _post("/account/sign-ins/end-others", "account.end_others", INSIDE, 0),
    _own("/account/notices", "notices.index"),
    _own("/account/notices?show=unread", "notices.index"),
    _own("/account/notices/latest", "notices.menu"),
    _own("/account/notices/unread?here=/tickets/{one}", "notices.count"),
    _post("/account/notices/here?here=/tickets/{one}", "notices.here", INSIDE, 0),
    _post("/account/notices/read", "notices.read", INSIDE, 0, until="999999999"),
    _post("/account/notices/{notice}/open", "notices.open_one", {"customer"}, 404),
    _post("/account/notices/{lost_notice}/open", "notices.open_one", set(), 404),
    _own("/account/notices/choices", "notices.choices"),
    _post("/account/notices/choices", "notices.choices_post", INSIDE, 0, answer="yes"),
    _open("/unsubscribe/nothing", "unsubscribe.ask", 404),
    _open("/unsubscribe/{stop}", "unsubscribe.ask"),
    Cell("POST", "/unsubscribe/nothing", "unsubscribe.stop", {}, 404, public=True, forged=404),
    Cell("POST", "/unsubscribe/{stop}", "unsubscribe.stop", {}, 200, public=True, forged=200),
    Cell("POST", "/unsubscribe/{stop}/again", "unsubscribe.again", {}, 200, public=True),
    _own("/tickets", "tickets.index"),
    _own("/tickets?show=all&q=noteofone", "tickets.index"),
    _own("/tickets?show=all&q=requestofone", "tickets.index"),
    _own("/tickets?show=all&q=subjectoftwo", "tickets.index"),
    _open("/tickets/new", "tickets.new"),
    Cell(
        "POST",
        "/tickets/new",
        "tickets.new_post",
        _all(INSIDE, 303),
        401,  # a visitor's form says name and address as well
        public=True,
        data={"subject": "A", "body": "B"},
    ),
    Cell("POST", "/tickets/preview", "tickets.preview", {}, 200, public=True, data={"body": "**b**"}),
    _open("/tickets/sent", "doors.sent", 303),
    _open("/tickets/link/nothing", "doors.link", 404),
    _open("/tickets/follow", "doors.follow"),
    _open("/tickets/confirm/nothing", "doors.confirm", 404),
    _open("/tickets/join/nothing", "doors.joining", 404),
    Cell("POST", "/tickets/follow", "doors.follow_post", {}, 422, public=True),
    Cell("POST", "/tickets/confirm/nothing", "doors.confirm_post", {}, 404, public=True),
    Cell("POST", "/tickets/join/nothing", "doors.joining_post", {}, 404, public=True),
    _open("/tickets/{one}/stop-links", "doors.stop", 404),
    Cell("POST", "/tickets/{one}/stop-links", "doors.stop_post", {}, 404, public=True),
    Cell("POST", "/tickets/{one}/leave", "doors.leave_post", {}, 404, public=True),
    Cell("POST", "/tickets/link/nothing/again", "doors.again", {}, 404, public=True),
    Cell("POST", "/tickets/confirm/nothing/again", "doors.confirm_again", {}, 404, public=True),
    _get("/tickets/{one}/messages/{message}", "acts.message", {"customer"}, 404),
    _get("/tickets/{one}/messages/{answer}", "acts.message", set(), 404),
    _post("/tickets/{one}/messages/{message}", "acts.change_message", {"customer"}, 404, body="Better"),
    _post("/tickets/{one}/messages/{message}/take-back", "acts.take_back_message", {"customer"}, 404),
    _post("/tickets/{one}/withdraw", "acts.withdraw_request", {"customer"}, 404),
    Cell("GET", "/tickets/{one}/rating", "acts.rating", {"customer": 303}, 404),  # it is still open
    _post("/tickets/{one}/rating", "acts.rate_request", set(), 404, score="5"),
    _get("/tickets/{one}/followers", "acts.invite_page", {"customer"}, 404),
    _post("/tickets/{one}/followers", "acts.add_follower", {"customer"}, 404, email="new@example.com"),
    _post("/tickets/{one}/followers/999999999/remove", "acts.remove_follower", set(), 404),
    _post("/tickets/{one}/invitations/999999999/take-back", "acts.take_back_invitation", set(), 404),
    _post("/tickets/{one}/share", "acts.share_request", {"customer"}, 404, shared="yes"),
    _get("/tickets/{one}/print", "acts.printed", {"customer"}, 404),
    _get("/tickets/{two}/print", "acts.printed", {"stranger"}, 404),
    _own("/drafts?place=desk-{one}-note", "drafts.show"),
    _own("/drafts", "drafts.show", 400),
    _post("/drafts/keep", "drafts.keep_post", INSIDE, 0, 200, **DRAFT),
    _post("/drafts/drop", "drafts.drop_post", INSIDE, 0, 200, place="desk-{one}-note", once="d" * 20),
    Cell("POST", "/tickets/new/solved", "solved.solve_post", {}, 303, public=True, data=SOLVED),
    Cell("GET", "/tickets/solved/{solved}", "solved.show", {"customer": 200}, 404, public=True),
    Cell("POST", "/tickets/solved/{solved}/undo", "solved.undo", {"customer": 303}, 404, public=True),
    Cell("GET", "/tickets/{one}", "tickets.show", {"customer": 200} | _all(SUPPORT, 303), 404),
    Cell("GET", "/tickets/{two}", "tickets.show", {"stranger": 200} | _all(BILLING, 303), 404),
    _own("/tickets/999999999", "tickets.show", 404),
    _post("/tickets/{one}/answer", "tickets.answer", {"customer"}, 404, body="More"),
    _post("/tickets/{two}/answer", "tickets.answer", {"stranger"}, 404, body="More"),
    _post("/tickets/{one}/answer", "tickets.answer", {"customer"}, 404, then="solved"),
    _post("/tickets/{two}/answer", "tickets.answer", {"stranger"}, 404, then="solved"),
    _get("/files/{open_key}/openfileofone.txt", "files.download", {"customer"} | SUPPORT, 404),
    _get("/files/{inner_key}/innerfileofone.txt", "files.download", SUPPORT, 404),
    _own("/files/{open_key}/another.txt", "files.download", 404),
    _own("/files/00000000000000000000000000000000/openfileofone.txt", "files.download", 404),
    _open("/feedback?page=/help", "feedback.new"),
    Cell("POST", "/feedback", "feedback.send_post", _all(INSIDE, 303), 401, public=True, data=FELT),
    _open("/feedback/thanks", "feedback.thanks", 303),
    _get("/desk", "desk.index", STAFF, 403),
    _get("/desk?view=all&q=noteofone", "desk.index", STAFF, 403),
    _get("/desk?view=all&q=noteoftwo", "desk.index", STAFF, 403),
    _get("/desk?view=open", "desk.index", STAFF, 403),
    _get("/desk/rail", "desk.rail", STAFF, 403),
    _get("/desk/new", "intake.new", STAFF, 403),
    _post("/desk/new", "intake.new_post", STAFF, 403, name="Rui", subject="A", body="B"),
    _get("/desk?view=held", "desk.index", STAFF, 403),
    _get("/desk?view=unconfirmed", "desk.index", STAFF, 403),
    *_at_the_desk("one", SUPPORT, {"agent2"}),
    *_at_the_desk("two", BILLING, {"agent"}),
    _get("/desk/tickets/999999999", "desk.show", set(), 403, **_all(STAFF, 404)),
    *(
        Cell(
            method,
            f"/desk/canned/{way}ticket={{{ticket}}}",
            f"canned.{name}",
            _all(team, 200) | _all(other, 404),
            403,
        )
        for method, way, name in (("GET", "find?q=&", "find"), ("POST", "choose?", "choose"))
        for ticket, team, other in (("one", SUPPORT, {"agent2"}), ("two", BILLING, {"agent"}))
    ),
    _get("/desk/canned", "canned.index", LEADS, 403),
    _get("/desk/canned/new", "canned.new", LEADS, 403),
    _post("/desk/canned/new", "canned.new_post", LEADS, 403, title="T", body="B", language="", team=""),
    _get("/desk/canned/{canned}", "canned.edit", LEADS, 403),
    _post("/desk/canned/{canned}", "canned.edit_post", LEADS, 403, title="T", body="B", language="", team=""),
    _get("/desk/canned/{canned}/delete", "canned.delete", LEADS, 403),
    _post("/desk/canned/{canned}/delete", "canned.delete_post", LEADS, 403),
    _get("/live?topic=ticket-{one_id}", "live.stream", {"customer"} | SUPPORT, 404),
    _get("/live?topic=desk-ticket-{one_id}", "live.stream", SUPPORT, 404),
    _get("/live?topic=ticket-{two_id}", "live.stream", {"stranger"} | BILLING, 404),
    _get("/live?topic=desk-ticket-{two_id}", "live.stream", BILLING, 404),
    _get("/live?topic=ticket-{one_id}&topic=ticket-{two_id}", "live.stream", LEADS, 404),
    _get("/live?topic=team-{support}", "live.stream", SUPPORT, 404),
    _get("/live?topic=team-{billing}", "live.stream", BILLING, 404),
    _get("/live?topic=person-{customer}", "live.stream", {"customer"}, 404),
    _get("/live?topic=drafts-{customer}", "live.stream", {"customer"}, 404),
    _own("/live?topic=ticket-%25", "live.stream", 404),
    _own("/live?topic=*", "live.stream", 404),
    _own("/live", "live.stream", 404),
    _get("/desk/mail", "inbox.index", STAFF, 403),
    _get("/desk/mail?show=done", "inbox.index", STAFF, 403),
    *_of_a_mail("mail", STAFF, set()),
    *_of_a_mail("mail_about_one", SUPPORT, {"agent2"}),
    _into("mail", "one", _all(SUPPORT, 303) | {"agent2": 422}),
    _into("mail", "two", _all(BILLING, 303) | {"agent": 422}),
    _into("mail_about_one", "one", _all(SUPPORT, 303) | {"agent2": 404}),
    _get("/live?topic=mail-0", "live.stream", STAFF, 404),
    # One becomes another. The topic stands in a space without members: of the staff only moderators read it.
    *(
        Cell(
            method,
            path,
            endpoint,
            _all(readers, status) | _all({"agent", "agent2", "manager", "admin"} - readers, 404),
            403,
            data=data,
        )
        for method, path, endpoint, readers, status, data in (
            ("GET", "/community/{crossed}/to-ticket", "crossing.to_ticket", LEADS, 200, {}),
            (
                "POST",
                "/community/{crossed}/to-ticket",
                "crossing.to_ticket_post",
                LEADS,
                303,
                {"team": "{billing}"},
            ),
            (
                "GET",
                "/community/{crossed}/posts/1/to-article",
                "crossing.post_to_article",
                LEADS,
                200,
                {},
            ),
            (
                "POST",
                "/community/{crossed}/posts/1/to-article",
                "crossing.post_to_article_post",
                LEADS,
                303,
                WHY,
            ),
            (
                "GET",
                "/desk/tickets/{one}/events/{answer}/to-article",
                "crossing.answer_to_article",
                SUPPORT,
                200,
                {},
            ),
            (
                "POST",
                "/desk/tickets/{one}/events/{answer}/to-article",
                "crossing.answer_to_article_post",
                SUPPORT,
                303,
                WHY,
            ),
            ("GET", "/desk/tickets/{one}/to-topic", "crossing_desk.to_topic", SUPPORT, 200, {}),
            ("POST", "/desk/tickets/{one}/to-topic", "crossing_desk.to_topic_post", SUPPORT, 303, OTHERS),
            ("POST", "/desk/tickets/{one}/to-topic/drop", "crossing_desk.drop_post", SUPPORT, 303, {}),
        )
    ),
    _get("/tickets/{one}/proposal/{proposal}", "proposals.show", {"customer"}, 404),
    _post("/tickets/{one}/proposal/{proposal}", "proposals.settle", {"customer"}, 404, say="no"),
    _get("/tickets/{two}/proposal/{proposal}", "proposals.show", set(), 404),
    _get("/editors/wishes", "wishes.index", WRITERS, 403),
    _post("/editors/wishes/{wish}", "wishes.settle_post", WRITERS, 403, act="not-now"),
    _open("/help/published-one/topics", "crossing_articles.topics"),
    Cell("GET", "/help/draft-one/topics", "crossing_articles.topics", _all(WRITERS, 200), 404, public=True),
    _open("/help/published-one/discuss", "crossing_articles.discuss", 303),
    Cell("GET", "/help/draft-one/discuss", "crossing_articles.discuss", _all(WRITERS, 303), 404, public=True),
    _get("/admin", "admin.index", {"admin"}, 403),
    _post("/admin/jobs/{job}/retry", "admin.retry_job", {"admin"}, 403),
    _post("/admin/jobs/999999999/drop", "admin.drop_job", {"admin"}, 403, 404),
    _post("/admin/jobs/retry", "admin.retry_kind", {"admin"}, 403),
    _post("/admin/jobs/drop", "admin.drop_kind", {"admin"}, 403),
    _get("/admin/record", "admin.record_page", LEADS, 403),
    _get("/admin/roles", "roles.index", LEADS, 403),
    _get("/admin/roles/new", "roles.new", {"admin"}, 403),
    _post("/admin/roles/new", "roles.new_post", {"admin"}, 403, name="Reader", permissions="tickets.read"),
    _get("/admin/roles/{role}", "roles.show", LEADS, 403),
    _get("/admin/roles/{role}/copy", "roles.copy", {"admin"}, 403),
    _post(
        "/admin/roles/{role}",
        "roles.change",
        {"admin"},
        403,
        name="R",
        permissions="tickets.read",
        version="1",
    ),
    _post("/admin/roles/{role}/delete", "roles.delete", {"admin"}, 403),
    *(
        _get(f"/admin/people{more}", "staff.index", {"admin"}, 403)
        for more in ("", "?show=customers", "?show=invited")
    ),
    _get("/admin/people/invite", "invitations.invite_page", {"admin"}, 403),
    Cell("POST", "/admin/people/invite", "invitations.invite_post", {"admin": 303}, 403, data=JOINS),
    _post("/admin/people/invitations/{invitation}/again", "invitations.again", {"admin"}, 403),
    _post("/admin/people/invitations/{invitation}/withdraw", "invitations.withdraw_post", {"admin"}, 403),
    _get("/admin/people/{customer}", "staff.show", {"admin"}, 403),
    _get("/admin/people/999999999", "staff.show", set(), 403, admin=404),
    _post("/admin/people/{customer}/roles", "staff.give_post", {"admin"}, 403, role="{role}-{billing}"),
    _post("/admin/people/{person2}/roles/{grant2}/take", "staff.take_post", {"admin"}, 403),
    Cell("POST", "/admin/people/{customer}/roles/{grant2}/take", "staff.take_post", {"admin": 404}, 403),
    _post("/admin/people/{person2}/sign-out", "staff.sign_out", {"admin"}, 403),
    _get("/admin/people/{person2}/deactivate", "staff.deactivate_page", {"admin"}, 403),
    _post("/admin/people/{person2}/deactivate", "staff.deactivate_post", {"admin"}, 403),
    _post("/admin/people/{person2}/activate", "staff.activate_post", {"admin"}, 403),
    _get("/admin/teams", "teams.index", {"admin"}, 403),
    _get("/admin/teams/new", "teams.new", {"admin"}, 403),
    _post("/admin/teams/new", "teams.new_post", {"admin"}, 403, name="Third"),
    _get("/admin/teams/{billing}", "teams.show", {"admin"}, 403),
    _post("/admin/teams/{billing}", "teams.change", {"admin"}, 403, name="Money"),
    _get("/admin/teams/{billing}/delete", "teams.delete_page", {"admin"}, 403),
    _post("/admin/teams/{billing}/delete", "teams.delete_post", {"admin"}, 403, heir="{support}"),
    _open("/invitation/{invited}", "joining.show"),
    _open("/invitation/nothing", "joining.show", 404),
    Cell("POST", "/invitation/{invited}", "joining.join", _all(INSIDE, 303), 303, public=True, data=NEWCOMER),
    _get("/admin/company", "company.index", {"admin"}, 403),
    _get("/admin/company/hours", "company.edit", {"admin"}, 403),
    _post("/admin/company/look", "company.edit_post", {"admin"}, 403, name="Quxfirm", accent="#112233"),
    _get("/admin/company/mails/en", "company.mails", {"admin"}, 403),
    _post("/admin/company/mails/en", "company.mails_post", {"admin"}, 403, greeting="Ahoy"),
    _get("/admin/ready", "ready.index", {"admin"}, 403),
    _post("/admin/ready/mail", "ready.send", {"admin"}, 403, email="somebody@example.com"),
    _open("/admin/ready/arrived/none", "ready.arrived", 404),
    _get("/admin/ready/article", "first_article.write", {"admin"}, 403),
    _post("/admin/ready/article", "first_article.write_post", {"admin"}, 403, 422),
    _post("/admin/ready/article/preview", "first_article.preview", {"admin"}, 403, 200, body="words"),
    Cell("POST", "/admin/ready/arrived/none", "ready.arrived_post", {}, 404, public=True),
    _open("/logo.png", "look.logo", 404),
]


def _file(name: str, text: str) -> tuple[str, FileStorage]:
    return name, FileStorage(BytesIO(text.encode()), name)


def _tickets(people: Cast) -> dict[str, Any]:
    one = open_ticket("Subjectofone", Words("requestofone"), people.customer)
    answer = reply(
        one,
        Words("answertoone", [_file("openfileofone.txt", "opencontentofone")]),
        people.agent,
        then="waiting",
    )
    inner = note(one, Words("noteofone", [_file("innerfileofone.txt", "innercontentofone")]), people.agent)
    billing = people.agent2.grants[-1].team
    two = open_ticket("Subjectoftwo", Words("requestoftwo"), people.stranger, team=billing)
    note(two, Words("noteoftwo"), people.agent2)
    for ticket in (one, two):
        put(ticket.id)
    assert billing
    tell(people.customer, "answered", answer)
    # What an agent of another team was told when the ticket was still with that team.
    lost = News(
        "lost",
        f"/desk/tickets/{one.number}",
        {"who": "noteofone", "subject": "subjectofone"},
        ("ticket", one.id),
    )
    notify(people.agent2, KINDS["answered"], lost)
    canned = add_canned(Saying("Cannedoftwo", "", "cannedoftwo", team_id=billing.id), None)
    notices = db.session.query(Notice.id).order_by(Notice.id).all()
    stop = make_token(people.customer.id, "answer")
    more = {"notice": notices[0][0], "lost_notice": notices[1][0], "canned": canned.id, "stop": stop}
    later = reply(one, Words("laterwordsofone"), people.customer)
    messages = {"message": later.id, "answer": answer.id}
    keys = messages | {"open_key": answer.files[0].key, "inner_key": inner.files[0].key}
    ids = {"one_id": one.id, "two_id": two.id, "support": one.team_id, "billing": billing.id}
    return {"one": one.number, "two": two.number, **keys, **ids, **more, "customer": people.customer.id}


def _crossings(people: Cast, found: dict[str, Any]) -> dict[str, Any]:
    """A topic of a space that only moderators read, a proposal about the first ticket, and wishes for articles of both."""
    one = db.session.get_one(Ticket, found["one_id"])
    inner, space = Space(slug="cellar", name="Cellar", audience="members"), Space(slug="hall", name="Hall")
    db.session.add_all([inner, space])
    db.session.flush()
    words = Words("crosstopicwords /help/published-one")
    topic = begin_topic(inner, Opening("Crosstopictitle"), words, people.admin, Verdict())
    note_articles(db.session.query(Post).filter_by(topic_id=topic.id).one())
    wanted = Wanted(space, "Proposedtitle", "proposedwords", "proposedwords")
    proposal = propose(one, wanted, people.agent)
    wish_for_answer(
        db.session.get_one(TicketEvent, found["answer"]), "wishofone", "wishedwords", people.agent
    )
    wish = db.session.query(ArticleWish).one()
    return {"crossed": topic.id, "proposal": proposal.id, "wish": wish.id}


def _mails(one: int, people: Cast) -> dict[str, Any]:
    """A first mail, and one that answers a letter about the first ticket from the wrong address."""
    keys = {}
    root = Thread(one, people.customer.id).root
    for name, sender, word, named in (
        ("mail", "customer", "mailofnobody", ""),
        ("mail_about_one", "stranger", "mailaboutone", f"In-Reply-To: {root}\n"),
    ):
        take_in(f"From: {sender}@example.com\nSubject: {word}\n{named}\n{word}".encode())
        row = db.session.query(IncomingMail).filter_by(state="new").one()
        sort(row, read_kept(row.raw_key, whole=True))
        keys[name] = row.id
    return keys


def _articles() -> None:
    db.session.add(Section(locale="en", slug="matrix", title="Matrix", articles=1))
    db.session.add(Redirect(address="/help/old/address", target="/help/published-one"))
    db.session.add(Redirect(address="/help/an-old/draft", target="/help/draft-one"))
    common: dict[str, Any] = {
        "locale": "en",
        "section": "matrix",
        "tags": [],
        "toc": [],
        "heads": "",
        "digest": "x",
    }
    for slug, title, text, status in (
        ("published-one", "Published", "For all", "published"),
        ("draft-one", "Drafttitle", "drafttext", "draft"),
    ):
        article = Article(
            slug=slug,
            title=title,
            html=f"<p>{text}</p>",
            plain=text,
            status=status,
            summary=title,
            **common,
        )
        size = {"width": 9, "height": 9, "small_width": 0, "small": b""}
        picture = Picture(key=slug[0] * 32, name=f"{slug}.gif", ending="gif", data=text.encode(), **size)
        db.session.add_all([article, picture])
        db.session.flush()
        db.session.add(PictureUse(article_id=article.id, place=picture.name, key=picture.key))


def _community(people: Cast) -> dict[str, Any]:
    """A topic for everybody, with an answer and one that is held, and a topic of members alone."""
    closed = make_space("Closed", audience="members", members=(people.customer,))
    inner = make_topic(closed, people.customer, "Innersubject", "innertopicwords", tags=["innertag"])
    make_post(inner, people.manager)
    topic = make_topic(make_space("Open"), people.customer, tags=["opentag"])
    make_post(topic, people.stranger)
    make_post(topic, people.stranger, "heldpostwords", gate="held")
    first = db.session.query(Post).filter_by(topic_id=inner.id, place=1).one()
    before = {"title": "Innerbefore", "body": "innerbefore"}
    db.session.add(PostVersion(post_id=first.id, by_id=people.customer.id, **before))
    put_files(closed, "", Words("", [_file("innerspacefile.txt", "innerspacecontent")]), people.customer)
    item = db.session.query(SpaceItem).one()
    rule = Rule(kind="word", pattern="tulip", does="hold")
    db.session.add(rule)
    db.session.flush()
    stop = unfollow(people.customer.id, "topic", str(topic.id))
    inner_idea = make_idea(closed, people.customer, "Inneridea")
    decide(inner_idea, Decision("released", "innerreason"), people.manager)
    idea = make_idea(topic.space, people.stranger)
    link_ticket(idea, db.session.query(Ticket).order_by(Ticket.id).limit(1).one(), people.agent)
    profile = db.session.query(Profile.number).filter_by(person_id=people.stranger.id).scalar()
    keys = {"space_key": item.key, "item": item.id, "profile": profile, "unfollow": stop, "rule": rule.id}
    ideas = {"idea": idea.topic_id, "inner_idea": inner_idea.topic_id}
    return {"topic": topic.id, "inner": inner.id, **keys, **ideas}


def _colleagues(people: Cast) -> dict[str, Any]:
    """Somebody who is invited, a role of one's own, and an agent of another team who may be seen off."""
    role = make_role("Listener", [Permission.READ], people.admin)
    invitation = invite(Offer("invited@example.org", "invitedname", "en", [role]), people.admin)
    linked = invite(Offer("linked@example.org", "Linked", "en", [role]), people.admin)
    linked.digest = digest("t" * 43)
    grant = people.agent2.grants[-1]
    keys = {"role": role.id, "invitation": invitation.id, "invited": "t" * 43}
    return {**keys, "person2": people.agent2.id, "grant2": grant.id}


def _company_pages(people: Cast) -> None:
    """Terms that everybody reads, and drafts that nobody else may."""
    empty = PageWords()
    keep_draft("terms", "en", PageWords("Terms", "Help", ""), empty.digest, people.admin)
    publish("terms", plan_of("terms").digest, anew=True, by=people.admin)
    stands = plan_of("terms").saying("en")
    keep_draft(
        "terms", "en", PageWords("Terms", "nexttermswords", "Nexttermswords"), stands.digest, people.admin
    )
    keep_draft("terms", "es", PageWords("Nexttermswords", "nexttermswords", ""), empty.digest, people.admin)
    keep_draft("privacy", "en", PageWords("Unsaidprivacy", "unsaidprivacy", ""), empty.digest, people.admin)
    look_anew()


@pytest.fixture
def world(app: Flask, people: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Everything that the table names, each with its marked words."""
    found = _tickets(people)
    found |= _mails(found["one_id"], people)
    found |= _community(people)
    _articles()
    _company_pages(people)
    found |= _crossings(people, found)
    monkeypatch.setitem(app.extensions, "search", Search(tmp_path / "index", SEARCH_SOURCES))
    app.extensions["search"].rebuild()
    found["device"] = begin_sign_in(people.customer, "deviceofcustomer", "127.0.0.1", stay=True).id
    keep(people.agent, f"desk-{found['one']}-note", Text({"body": "draftofagent"}, "d" * 20, "w" * 20, 0), 0)
    practice = begin(people.agent)
    say(practice, "rehearsedwords", internal=False, then="open", done=())
    found["solved"] = "z" * 20
    solve(found["solved"], "Why?", "published-one", people.customer, "en")
    found |= _colleagues(people)
    enqueue("nothing.known", {}, key="matrix")
    job = db.session.query(Job).filter_by(key="matrix").one()
    job.dead, job.error, job.tries = datetime.now(UTC), "failedjobwords", 12
    db.session.commit()
    return found | {"job": job.id}


@pytest.fixture
def actors(app: Flask, people: Cast, world: dict[str, Any]) -> dict[str, tuple[FlaskClient, str]]:
    """A browser of each actor, and a token of its session."""
    browsers: dict[str, PortalClient] = {name: app.test_client() for name in INSIDE | OUTSIDE}  # type: ignore[misc]
    for name in INSIDE:
        browsers[name].enter(getattr(people, name))
    left = Person(email="left@example.com", called="Left")
    db.session.add(left)
    db.session.flush()
    give_role(left, "administrator")
    browsers["left"].enter(left)
    tokens = {name: browser.csrf() for name, browser in browsers.items()}
    left.active = False
    db.session.commit()
    return {name: (_plain(app, browsers[name]), tokens[name]) for name in browsers}


class Quick(FlaskClient):
    """A browser that does not look at its pages, which would take most of the time."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        for name in list(g):  # a request inside the test's own context would find who asked before
            g.pop(name)
        return super().open(*args, **kwargs)


def _plain(app: Flask, browser: PortalClient) -> FlaskClient:
    plain = Quick(app, app.response_class, use_cookies=True)
    plain._cookies = browser._cookies
    return plain


def _words(response: TestResponse) -> str:
    """All that an answer says: status line, headers, body; of a stream the first lines."""
    body = (
        next(iter(response.iter_encoded()), b"")
        if response.mimetype == "text/event-stream"
        else response.data
    )
    response.close()
    return f"{response.status} {response.headers} {body.decode(errors='replace')}".lower()


def _filled(text: str, world: dict[str, Any]) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: str(world[name[1]]), text)


def _marked(words: str, asked: str) -> set[str]:
    """Marked words in an answer, but for those that the address itself held."""
    rest = words.replace(asked.lower(), "") if asked else words
    return {word for word in CANARIES if word in rest}


def _leaks(actor: str, marked: set[str]) -> set[str]:
    return {word for word in marked if actor not in CANARIES[word]}


def _ways(cell: Cell, token: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The ways in: a page, a fragment for htmx, a form posted by hand without its token."""
    if cell.method == "GET":
        yield "page", {}
        yield "fragment", {"headers": {"HX-Request": "true"}}
        return
    same = {"Sec-Fetch-Site": "same-origin"}
    yield "form", {"data": {**(cell.data or {}), "csrf_token": token}, "headers": same}
    yield "htmx", {"data": cell.data or {}, "headers": {**same, "HX-Request": "true", "X-CSRFToken": token}}
    yield "forged", {"data": cell.data or {}, "headers": {"Sec-Fetch-Site": "cross-site"}}


def _expected(cell: Cell, actor: str, way: str) -> set[int]:
    status = cell.status(actor)
    if way == "forged":
        return {401 if actor in OUTSIDE and not cell.public else cell.forged}
    if way == "fragment" and status == 303:
        return {401} if actor in OUTSIDE and not cell.public else {204, 303}
    if way == "htmx" and status == 303:
        return {200, 204, 303}
    return {status}


def _ask(
    app: Flask, browser: FlaskClient, cell: Cell, address: str, asked: dict[str, Any]
) -> tuple[int, str]:
    """Send one request and undo what it did."""
    connection: Connection = db._app_engines[app][None]  # type: ignore[assignment]
    undo = connection.begin_nested()
    try:
        kept = dict(browser._cookies or {})
        response = browser.open(address, method=cell.method, **asked)
        status, words = response.status_code, _words(response)
        browser._cookies = kept
    finally:
        db.session.remove()
        undo.rollback()
    return status, words


def test_every_address_stands_in_the_table(app: Flask) -> None:
    rules = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert rules == {cell.endpoint for cell in TABLE}


def test_addresses_stand_in_the_table_as_their_guards_say(app: Flask) -> None:
    for cell in TABLE:
        guard = vars(app.view_functions[cell.endpoint])["guard"]
        assert (guard == "public") == cell.public, cell
        assert (403 in {cell.others, *cell.allowed.values()}) <= isinstance(guard, Permission), cell


def test_nobody_gets_what_is_not_theirs_by_any_way(
    app: Flask,
    actors: dict[str, tuple[FlaskClient, str]],
    world: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong, checked, seen = [], 0, set()
    for cell in TABLE:
        address = _filled(cell.path, world)
        asked_for = address.partition("q=")[2] or address.rpartition("/")[2]
        filled = Cell(**{**vars(cell), "data": {k: _filled(v, world) for k, v in (cell.data or {}).items()}})
        for actor, (browser, token) in actors.items():
            for way, asked in list(_ways(filled, token))[: 3 if db.engine.dialect.name == "sqlite" else 1]:
                status, words = _ask(app, browser, cell, address, asked)
                marked = _marked(words, asked_for)
                leaks = _leaks(actor, marked)
                seen |= {(word, actor) for word in marked}
                checked += len(CANARIES)
                if status not in _expected(cell, actor, way) or leaks:
                    wrong.append(
                        f"{actor} {way} {cell.method} {address}: {status}, not {_expected(cell, actor, way)}; {leaks}"
                    )
    with capsys.disabled():
        print(f" [{checked} cells]", end="")  # noqa: T201 -- the figure that is asked for
    assert not wrong, "\n".join(wrong)
    assert checked >= 5000
    assert {(word, actor) for word, readers in CANARIES.items() for actor in readers} <= seen, (
        "who may read does"
    )


def test_a_refused_act_changes_nothing(
    app: Flask, actors: dict[str, tuple[FlaskClient, str]], world: dict[str, Any]
) -> None:
    def state() -> list[Any]:
        db.session.expire_all()
        return [
            list(db.session.execute(t.select().order_by(*t.primary_key))) for t in db.metadata.sorted_tables
        ]

    before = state()
    for cell in (c for c in TABLE if c.method == "POST"):
        data = {k: _filled(v, world) for k, v in (cell.data or {}).items()}
        for actor, (browser, token) in actors.items():
            if cell.status(actor) in (401, 403, 404):
                browser.post(_filled(cell.path, world), data={**data, "csrf_token": token})
    assert state() == before


def test_marked_words_reach_no_wrong_mailbox(world: dict[str, Any], work: Any, people: Cast) -> None:
    work()
    readers = {getattr(people, name).email: name for name in INSIDE}
    letters = db.session.query(Letter).all()
    assert len(letters) >= 4
    for letter in letters:
        words = f"{letter.subject} {letter.text} {letter.html}".lower()
        marked = _marked(words, "")
        if letter.recipient == "invited@example.org":  # who reads their own name
            marked -= {"invitedname"}
        assert not _leaks(readers.get(letter.recipient, "visitor"), marked), letter.recipient
        assert not any(word in words for word in ("noteofone", "noteoftwo", "innerfileofone")), (
            letter.recipient
        )
