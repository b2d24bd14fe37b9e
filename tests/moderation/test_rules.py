"""The page of rules: made, tried, changed and deleted by moderators."""

from collections.abc import Callable

from portal.community.laws import Rule
from portal.extensions import db
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast

RULES = "/community/moderation/rules"


def test_a_rule_is_made_tried_changed_and_deleted(
    people: Cast, browser_of: Callable[[Person], PortalClient]
) -> None:
    browser = browser_of(people.manager)
    for kind, typed in (("word", "  Casíno* "), ("link", "https://www.Evil.example/path")):
        assert browser.send(RULES, {"kind": kind, "pattern": typed, "does": "hold"}).status_code == 303
    word, link = db.session.query(Rule).order_by(Rule.id).all()
    assert (word.pattern, link.pattern) == ("casino*", "evil.example")
    for kind, typed, words in (
        ("word", "CASINO*", "There is a rule for this already"),
        ("word", "a*", "Write three letters or more"),
        ("link", "no site", "Write a site"),
        ("link", "http://[", "Write a site"),
    ):
        answer = browser.send(RULES, {"kind": kind, "pattern": typed, "does": "hold"})
        assert answer.status_code == 422
        assert words in answer.text
    assert "A rule: casino*" in browser.send(f"{RULES}/try", {"text": "two c.a.s.i.n.o.s"}).text
    assert "hold it from nobody" in browser.send(f"{RULES}/try", {"text": "A question about cables"}).text
    change = {"kind": "word", "pattern": "lottery", "does": "refuse"}
    assert browser.send(f"{RULES}/{word.id}", change).status_code == 303
    assert "Do not take it" in browser.send(f"{RULES}/try", {"text": "the lottery"}).text
    assert browser.send(f"{RULES}/{link.id}/delete").status_code == 303
    assert browser.send(f"{RULES}/{link.id}/delete").status_code == 404
    record = browser.page("/community/moderation/record").text
    assert all(words in record for words in ("added a rule", "changed a rule", "deleted a rule", "lottery"))
