"""What several people look after: whoever saves second sees what the first made of it, and nothing goes unseen."""

from collections.abc import Callable

import pytest

from portal.canned.actions import Saying, add_canned
from portal.extensions import db
from portal.moderation.rules import Law, add_rule
from portal.people.models import Person

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_space

Browser = Callable[[Person], PortalClient]
SPACE = {"audience": "public", "kinds": "question", "icon": "lock", "locale": ""}
MARK = "<b>mine</b>"


def _path(what: str, people: Cast) -> str:
    """Where it is changed, as it is after somebody made it."""
    found = {
        "team": lambda: f"/admin/teams/{people.agent2.grants[-1].team_id}",
        "space": lambda: f"/community/spaces/{make_space('First').slug}",
        "profile": lambda: "/community/me",
        "rule": lambda: f"/community/moderation/rules/{_rule(people)}",
        "ready answer": lambda: f"/desk/canned/{add_canned(Saying('First', '', 'Words'), None).id}",
    }[what]()
    db.session.commit()
    return found


def _rule(people: Cast) -> int:
    rule = add_rule(Law("word", "first", "hold"), people.admin)
    assert rule
    return rule.id


@pytest.mark.parametrize(
    ("what", "name", "rest"),
    [
        ("ready answer", "title", {"body": "Words", "language": "", "team": ""}),
        ("team", "name", {}),
        ("space", "name", SPACE),
        ("profile", "about", {"name": ""}),
        ("rule", "pattern", {"kind": "word", "does": "hold"}),
    ],
)
def test_the_second_of_two_sees_both_and_says_again(
    people: Cast, browser_of: Browser, what: str, name: str, rest: dict[str, str]
) -> None:
    """Row 51."""
    path, browser, other = _path(what, people), browser_of(people.admin), browser_of(people.admin)
    seen = browser.page(path).select("input[name=seen]")[0]["value"]
    assert other.send(path, {**rest, name: "Theirs", "seen": seen}).status_code == 303
    refused = browser.send(path, {**rest, name: MARK, "seen": seen})
    assert refused.status_code == 409
    table = soup(refused).select("table")[0]
    assert "theirs" in table.text.lower()  # a rule keeps its words as they are compared
    assert "mine" in table.text
    assert not table.select("b"), "as text"
    assert "theirs" in str(other.page(path)).lower()
    seen = soup(refused).select("input[name=seen]")[0]["value"]
    assert browser.send(path, {**rest, name: MARK, "seen": seen}).status_code == 303
