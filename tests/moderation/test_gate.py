"""What keeps words back: rules, disguises, limits by time, and how a newcomer becomes known."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.community.actions import let_in, profile_of
from portal.community.gate import DOUBT, Refused, look_at
from portal.community.laws import Rule
from portal.community.links import links_of
from portal.community.marks import vote
from portal.community.models import HELD, Post
from portal.community.signs import Sending, read, signs_in, weight
from portal.extensions import db
from portal.kit import clock
from portal.kit.alike import holds, mixed, readings, unseen
from portal.kit.markdown import render_markdown
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from .making import UNHURRIED, make_person, make_post, make_space, make_topic, say, stand

BROWSER = Callable[[Person], PortalClient]


@pytest.mark.parametrize(
    "text",
    [
        "the casino here", "THE CASINO", "the c a s i n o", "c.a.s.i.n.o", "cas\u200bino", "cas-ino", "саsinо", "ｃａｓｉｎｏ",
        "𝐜𝐚𝐬𝐢𝐧𝐨", "cásìñô", "CAS1NO", "c  a  s  i  n  o", "ca\u00adsino", "c\u034fasino", "c_a_s_i_n_o",
    ],
)  # fmt: skip
def test_a_rule_finds_its_word_however_it_is_spelled(text: str) -> None:
    assert holds(readings(text), "casino")


def test_a_rule_finds_whole_words_and_any_ending_only_where_it_says_so() -> None:
    assert not holds(readings("two casinos"), "casino")
    assert holds(readings("two casinos"), "casino*")
    assert not holds(readings("I said so, in o so few words"), "casino")
    assert holds(readings("Подозрительное КАЗИНО"), "казино")
    assert holds(readings("the best  online\ncasino"), "online casino")
    assert not holds(readings("anything"), "*")


def test_joiners_that_a_script_needs_and_endings_of_foreign_words_are_no_disguise() -> None:
    for text in (
        "می‌خواهم",
        "👩‍👩‍👧 family",
        "क्‍ष",
        "VPNом через Wi-Fi",
        "USB-кабель",
        "PDFы",
        "naïve café",
        "Ἀθῆναι",
    ):
        assert not unseen(text), text
        assert not mixed(text), text


@pytest.mark.parametrize(
    ("text", "host", "trick"),
    [
        ("[https://bank.example](https://evil.example/x)", "evil.example", "other-host"),
        ("[go to bank.example now](https://evil.example)", "evil.example", "other-host"),
        ("[www.bank.example](https://help.bank.example)", "help.bank.example", ""),
        ("https://bank.example@evil.example/", "evil.example", "user"),
        ("https://xn--pypal-4ve.com/", "pаypal.com", "twin-letters"),
        ("https://пример.рф/", "пример.рф", ""),
        ("http://10.1.2.3/x", "10.1.2.3", "number"),
        ("https://google.example/url?q=https%3A%2F%2Fevil.example", "google.example", "redirect"),
        ("https://example.org/a?b=c", "example.org", ""),
        ("shop [dot] example", "shop.example", ""),
        ("see shop . com for more", "shop.com", ""),
    ],
)
def test_links_tell_where_they_lead(text: str, host: str, trick: str) -> None:
    link = links_of(text, render_markdown(text))[0]
    assert (link.host, link.trick) == (host, trick)


@pytest.mark.parametrize(
    "text",
    ["manual.md and wg0.conf", "me@example.com", "3.2.1 funciona. Com isso", "acima.Comigo", "no link"],
)
def test_files_mailboxes_and_sentences_are_no_links(text: str) -> None:
    assert links_of(text, render_markdown(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "S/N 4471-20-99831-07",
        "pedido 20841",
        "192.168.178.1",
        "2026-11-22 10:30:59",
        "order 1 800 555 0142 9",
        "8 GB 5400 rpm 2019",
    ],
)
def test_serials_orders_and_addresses_are_no_phone_numbers(text: str) -> None:
    assert "phone" not in set(signs_in(read(text, [])))


@pytest.mark.parametrize(
    "text", ["call +1 (888) 555-0142", "8 900 123 45 67", "(11) 98765-4321", "+55 11 98765.4321"]
)
def test_phone_numbers_are_found_in_their_forms(text: str) -> None:
    assert "phone" in set(signs_in(read(text, [])))


@pytest.mark.parametrize(
    "text",
    [
        "a." * 100_000,
        "c " * 100_000,
        "[x](" * 50_000,
        "http://" * 28_000,
        "1 " * 100_000,
        "\u200b" * 200_000,
        "a@" * 100_000,
        "a." * 40 + "\n" * 150_000,
    ],
)
def test_no_text_takes_long_to_read(text: str) -> None:
    began = time.process_time()
    writing = read(text, [])
    list(signs_in(writing))
    assert holds(writing.said, "casino") is False
    assert time.process_time() - began < 3


def add_rule(kind: str, pattern: str, does: str = "hold") -> None:
    db.session.add(Rule(kind=kind, pattern=pattern, does=does))
    db.session.commit()


def test_rules_hold_or_refuse_the_words_of_everybody_but_the_staff(people: Cast) -> None:
    space = make_space()
    stand(people.customer)
    add_rule("word", "lottery")
    add_rule("link", "evil.example", "refuse")
    assert say(space, people.customer, "A l.o.t.t.e.r.y question", "Is it allowed?").gate == HELD
    with pytest.raises(Refused, match=r"does not take “evil\.example”"):
        say(space, people.customer, "A link", "See https://sub.evil.example/x")
    with pytest.raises(Refused):
        say(space, people.customer, "A link", "See [this](https://ｅvil.example/x)")
    assert say(space, people.customer, "Another", "See https://notevil.example/x").gate == ""
    assert say(space, people.agent, "From us", "The lottery is over: https://evil.example/").gate == ""


def test_one_held_post_of_a_newcomer_holds_the_next_until_somebody_looked(people: Cast) -> None:
    space, person = make_space(), make_person("newcomer", days=3)
    assert say(space, person, "A question", "How do I open a port?").gate == ""
    bad = say(space, person, "Look", "Call +1 888 555 0142 or write on WhatsApp")
    assert bad.gate == HELD
    assert say(space, person, "Another question", "Which cable do I take?").gate == HELD
    for post in db.session.query(Post).filter_by(author_id=person.id, gate=HELD).all():
        let_in(post)
    assert say(space, person, "A third one", "Which screw do I need?").gate == ""


def test_newcomers_become_known_by_days_and_posts_or_by_somebodys_vote(people: Cast) -> None:
    space = make_space()
    topic = make_topic(space, people.agent)
    patient, helpful = make_person("patient", days=9), make_person("helpful")
    for number in range(3):
        make_post(topic, patient, f"Words number {number}")
    post = make_post(topic, helpful)
    look_at(patient, profile_of(patient), space, "More words", UNHURRIED)
    assert profile_of(patient).standing == ""
    vote(post, make_person("stranger2", days=90), helpful=True)
    look_at(helpful, profile_of(helpful), space, "More words", UNHURRIED)
    assert profile_of(helpful).standing == ""
    stand(people.customer)
    vote(post, people.customer, helpful=True)
    db.session.commit()
    with clock.at(clock.now() + timedelta(days=4)):
        for person in (patient, helpful):
            look_at(person, profile_of(person), space, "More words", UNHURRIED)
            assert profile_of(person).standing == "known"


def test_a_space_can_hold_all_first_posts_and_let_in_counts_them(people: Cast) -> None:
    space, person = make_space(holds_first=True), make_person("first", days=90)
    topic = say(space, person, "A question", "How do I open a port?")
    assert (topic.gate, topic.posts, space.topics) == (HELD, 0, 0)
    let_in(db.session.query(Post).filter_by(topic_id=topic.id).one())
    assert (topic.gate, topic.posts, space.topics, profile_of(person).posts) == ("", 1, 1, 1)


def test_limits_by_time_keep_the_words(
    app: Flask, people: Cast, browser_of: BROWSER, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LIMIT_POSTS_NEW", "LIMIT_POSTS"):
        monkeypatch.setitem(app.config, name, 1)
    topic = make_topic(make_space(), people.colleague)
    browser = browser_of(people.customer)
    page, path = f"/community/{topic.id}", f"/community/{topic.id}/answer"
    assert browser.send_fresh(page, {"body": "The first"}).status_code == 303
    answer = browser.send(path, {"body": "The second"})
    assert answer.status_code == 422
    assert "please send them a little later" in answer.text
    assert "The second" in answer.text
    assert topic.posts == 2


def test_the_honeypot_and_a_form_that_was_never_asked_for_are_held_and_told(
    people: Cast, browser_of: BROWSER
) -> None:
    topic, person = make_topic(make_space(), people.colleague), make_person("script")
    browser = browser_of(person)
    path = f"/community/{topic.id}/answer"
    assert (
        browser.send(path, {"body": "Nice words here", "homepage": "https://me.example"}).status_code == 303
    )
    assert topic.posts == 1
    assert (
        "Only you see this until a moderator has looked at it" in browser.page(f"/community/{topic.id}").text
    )
    verdict = look_at(make_person("other"), profile_of(person), topic.space, "Some words", Sending(None))
    assert "quick" in verdict.why


def test_a_link_that_is_put_into_a_post_later_is_looked_at_too(people: Cast) -> None:
    space, person = make_space(), make_person("later", days=2)
    profile = profile_of(person)
    assert look_at(person, profile, space, "Just a question about cables").gate == ""
    links = " ".join(f"https://shop{n}.example/" for n in range(6))
    assert look_at(person, profile, space, f"Just a question {links}").gate == HELD


def test_everyday_words_of_customers_are_no_signs() -> None:
    for text in (
        "I want a refund for my order, the discount was not taken off",
        "Quero comprar outro, tem desconto?",
        "Можно купить ещё один со скидкой?",
        "¿Es gratis el envío si compro dos?",
    ):
        assert weight(list(signs_in(read(text, [])))) < DOUBT - 2, text
