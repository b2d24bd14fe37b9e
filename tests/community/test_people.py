"""Public names and profiles: nobody is imitated, nobody is shown by their real name or address unless they say so."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.community.actions import profile_of
from portal.community.laws import Rule
from portal.community.names import key_of, plain, problem_with
from portal.extensions import db
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_post, make_space, make_topic

Enter = Callable[[Person], PortalClient]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pavel", "PAVEL"),
        ("Pavel", "Раvеl"),  # Cyrillic
        ("Pavel", "Ρavel"),  # Greek
        ("Pavel", "Pável"),
        ("Pavel", "P a.v-e_l"),
        ("Pavel", "Ｐａｖｅｌ"),  # full width
        ("Pavel", "𝐏𝐚𝐯𝐞𝐥"),  # mathematical
        ("Olga", "0lga"),
        ("Bill", "BiII"),
        ("Bill", "Bi11"),
        ("Anton", "Аnтоn"),
        ("modern", "modem"),
    ],
)
def test_names_that_look_alike_have_one_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    "name", ["Tomás", "Wei", "Анна-Мария", "O'Brien", "Jean Luc 2", "李娜", "さくら子", "Γιώργος", "Müller.J"]
)
def test_ordinary_names_are_taken(name: str) -> None:
    assert problem_with(plain(name), "Lindwire", staff=False) is None


@pytest.mark.parametrize(
    "name",
    [
        "A", "x" * 31, "12", "...", "Ann\u200ba", "Ann\u202ea", "Ann\x00a", "Ann\u00ada", "Ann\u3164a" * 8,
        "Раvel", "Support", "SuppOrt", "5upport", "The Admin", "admіn", "Αdmin", "Moderador", "Поддержка", "Lindwire Ana",
        "L1ndw1re", "Staff", "Our-Team", "Member 12345", "Membro 7", "Участник 12345", "Ann 😀", "Ann<b>", "Ann@x.org",
    ],
)  # fmt: skip
def test_names_that_mislead_are_refused(name: str) -> None:
    assert problem_with(plain(name), "Lindwire", staff=False)


def test_the_staff_may_speak_for_the_site() -> None:
    assert problem_with("Lindwire Support", "Lindwire", staff=True) is None


def test_who_chose_no_name_is_a_member_with_a_number(people: Cast, client: PortalClient) -> None:
    topic = make_topic(make_space(), people.customer)
    number = profile_of(people.customer).number
    page = client.get(f"/community/{topic.id}").text
    assert f"Member {number}" in page
    assert "Customer" not in page
    assert "customer@" not in page + client.get(f"/community/people/{number}").text


def test_a_name_is_changed_once_in_seven_days(people: Cast, browser_of: Enter) -> None:
    asks = browser_of(people.customer)
    assert asks.send("/community/me", {"name": "Tomás", "about": "I like routers."}).status_code == 303
    again = asks.send("/community/me", {"name": "Tom", "about": ""})
    assert again.status_code == 422
    assert "once in 7 days" in again.text
    profile = profile_of(people.customer)
    assert (profile.name, profile.about) == ("Tomás", "I like routers.")
    assert profile.named_at
    profile.named_at -= timedelta(days=8)
    db.session.commit()
    assert asks.send("/community/me", {"name": "Tom", "about": ""}).status_code == 303


def test_a_name_that_looks_like_anothers_is_not_given(people: Cast, browser_of: Enter) -> None:
    browser_of(people.customer).send("/community/me", {"name": "Pavel"})
    answer = browser_of(people.stranger).send("/community/me", {"name": "pavеl".replace("е", "e").upper()})
    assert answer.status_code == 422
    assert "looks like it" in answer.text
    assert profile_of(people.stranger).name == ""


def test_the_real_name_is_shown_only_when_it_is_chosen(
    people: Cast, browser_of: Enter, client: PortalClient
) -> None:
    people.customer.name = "Marta Oliveira"
    db.session.commit()
    asks = browser_of(people.customer)
    asks.send("/community/me", {"name": "Rosa"})
    make_topic(make_space(), people.customer)
    profile = profile_of(people.customer)
    assert "Marta" not in client.get(profile.address).text
    profile.named_at = None
    db.session.commit()
    asks.send("/community/me", {"name": "Rosa", "real": "y"})
    assert "Marta Oliveira" in client.get(profile.address).text


def test_a_profile_shows_only_what_its_reader_may_read(
    people: Cast, browser_of: Enter, client: PortalClient
) -> None:
    inner = make_space("Inner", audience="members", members=(people.customer, people.stranger))
    secret = make_topic(inner, people.customer, "Secret plans", "Wordsofsecret")
    make_topic(make_space(), people.customer, "Held one", "Wordsheld", gate="held")
    opened = make_topic(make_space("Open"), people.customer, "Open plans")
    make_post(opened, people.customer, "Hiddenwords", gate="hidden")
    make_post(secret, people.customer, "Secretanswer")
    address = profile_of(people.customer).address
    for page in (client.get(address).text, browser_of(people.colleague).get(address).text):
        assert "Open plans" in page
        assert "1 post<" in page
        assert not [word for word in ("Secret", "Held one", "Hiddenwords", "Wordsheld") if word in page]
        assert 'name="robots" content="noindex"' in page
    assert "Secretanswer" in browser_of(people.stranger).get(address).text
    assert client.get("/community/people/1").status_code == 404


def test_nobody_is_looked_up_of_whom_nothing_can_be_read(
    people: Cast, browser_of: Enter, client: PortalClient
) -> None:
    make_topic(make_space("Inner", audience="members", members=(people.customer,)), people.customer)
    address = profile_of(people.customer).address
    readers = [client, *(browser_of(one) for one in (people.colleague, people.manager, people.customer))]
    assert [one.get(address).status_code for one in readers] == [404, 404, 200, 200]
    assert readers[1].send(f"{address}/follow", {"way": "bell"}).status_code == 404


def test_a_name_and_a_line_about_oneself_stand_under_the_rules_for_words(
    people: Cast, browser_of: Enter
) -> None:
    db.session.add(Rule(kind="word", pattern="sunflower"))
    db.session.commit()
    asks = browser_of(people.customer)
    trade = "Casino bonus and crypto profit, loans: https://win.example"
    for form in (
        {"about": "I sell s u n f l o w e r s, sunfl\u200bower"},
        {"about": trade},
        {"name": "Sunflower"},
    ):
        answer = asks.send("/community/me", {"name": "Rosa", "about": "", **form})
        assert (answer.status_code, "cannot stand before everybody" in answer.text) == (422, True), form
    assert asks.send("/community/me", {"name": "Rosa", "about": "I have a shop."}).status_code == 303
    db.session.add(Rule(kind="word", pattern="shop"))
    db.session.commit()
    assert asks.send("/community/me", {"name": "Rosa", "about": "I have a shop."}).status_code == 303
    assert profile_of(people.customer).about == "I have a shop."
