"""What editors teach search: synonyms and pinned answers."""

import cProfile
import pstats

import pytest
from flask import Flask

from portal.audit.models import AuditEntry
from portal.config import LANGUAGES
from portal.extensions import db
from portal.search.actions import MOST_GROUPS, BadWords, set_pins, set_synonyms
from portal.search.lore import lore_of
from portal.search.queries import pinned, pins_of, synonyms_of
from portal.search.thesaurus import thesaurus

from ..conftest import Cast


def test_a_new_instance_has_the_first_synonyms_of_each_language(app: Flask) -> None:
    for locale in LANGUAGES:
        assert synonyms_of(locale) == lore_of(locale[:2]).synonyms
        assert len(synonyms_of(locale)) > 50


def test_setting_synonyms_replaces_those_of_one_language_and_is_recorded(people: Cast) -> None:
    set_synonyms("en", [" bill ,invoice,  bill", "", "send  back, return"], people.editor)
    assert synonyms_of("en") == ("bill, invoice", "send back, return")
    assert synonyms_of("es") == lore_of("es").synonyms
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert entry
    assert (entry.act, entry.about, entry.actor_id) == (
        "changed the synonyms",
        "synonyms en",
        people.editor.id,
    )
    set_synonyms("en", [], people.editor)
    assert synonyms_of("en") == ()


@pytest.mark.parametrize(
    ("groups", "place"),
    [
        (["bill, invoice", "alone"], 2),
        (["", "a, a"], 2),
        (["x, " + "y" * 2000], 1),
        (["a, b"] * 501, MOST_GROUPS + 1),
    ],
)
def test_what_is_no_group_is_refused_with_its_line(app: Flask, groups: list[str], place: int) -> None:
    with app.test_request_context(), pytest.raises(BadWords) as refused:
        set_synonyms("en", groups, None)
    assert [fault[0] for fault in refused.value.faults] == [place]
    assert synonyms_of("en") == lore_of("en").synonyms


def test_as_many_synonyms_as_editors_may_teach_hold_up_nobody() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    groups = tuple(
        f"x{n}, " + ", ".join(a + b for a in letters[n % 20 :] for b in letters)[:990] for n in range(500)
    )
    assert thesaurus(groups, "en").same[("x7",)]
    work = []
    for count in (200, 400):
        steps = cProfile.Profile()
        steps.runcall(thesaurus, groups[:count], "en")
        work.append(pstats.Stats(steps).total_calls)  # type: ignore[attr-defined]  # typeshed leaves it out
    assert work[1] < 2.5 * work[0]  # twice as many take twice the steps


def test_a_pin_answers_its_question_however_it_is_put_and_no_longer_one(app: Flask) -> None:
    set_pins("en", [("change address, moving house", "move"), ("bills", "bills")], None)
    assert pins_of("en")[0] == ("change address, moving house", "move")
    for question in ("How do I change my address?", "i want to move house", "address changes please"):
        assert pinned(question, "en") == ["move"], question
    for question in ("change the address of a router", "address", "", "the", "смена адреса"):
        assert pinned(question, "en") == [], question
    assert pinned("bill", "es") == []


@pytest.mark.parametrize("pin", [("", "slug"), ("words", ""), ("words", "s" * 90)])
def test_a_pin_without_words_or_article_is_refused(app: Flask, pin: tuple[str, str]) -> None:
    with app.test_request_context(), pytest.raises(BadWords):
        set_pins("en", [pin], None)
