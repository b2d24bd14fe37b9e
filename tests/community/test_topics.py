"""Asking in the community: the form, what is alike, the once-word, and lists of what was asked."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

from flask import Flask

from portal.community.actions import profile_of
from portal.community.forms import clean_tags, clean_title
from portal.community.models import Post, Topic
from portal.extensions import db
from portal.kit import clock
from portal.people.models import Person

from ..client import PortalClient, statements
from ..conftest import Cast
from ..make import make_post, make_space, make_topic

Browser = Callable[[Person], PortalClient]


def _ask(browser: PortalClient, **more: str) -> dict[str, str]:
    """The fields of a form that was open for a minute."""
    with clock.at(clock.now() - timedelta(minutes=1)):
        form = browser.page("/community/new").select_one("#ask-all")
    assert form
    hidden = {
        str(f["name"]): str(f.get("value", "")) for f in form.select("input[type=hidden]") if f.get("name")
    }
    given = {"space": "routers", "kind": "question", "title": "Which access point?", "body": "Stone walls."}
    return hidden | given | more


def test_a_customer_asks_once_however_often_the_form_arrives(people: Cast, browser_of: Browser) -> None:
    make_space()
    browser = browser_of(people.customer)
    form = _ask(browser, tags="Access Points, #reach, reach", body="Stone walls, **60 cm**.")

    first = browser.send("/community/new", form)
    second = browser.send("/community/new", form)

    topic = db.session.query(Topic).one()
    assert first.headers["Location"] == second.headers["Location"] == topic.address
    assert (topic.title, topic.tags, topic.gate, topic.posts) == (
        "Which access point?",
        ["access-points", "reach"],
        "",
        1,
    )
    page = browser.page(topic.address)
    assert page.select_one(".words strong")
    assert topic.title in browser.page("/community").text
    assert topic.title in browser.page("/community/in/routers").text


def test_a_visitor_sees_public_topics_and_is_led_to_sign_in_with_what_was_typed(
    people: Cast, client: PortalClient
) -> None:
    space = make_space()
    topic = make_topic(space, people.customer)
    form = _ask(client, title="Mine")

    answer = client.send("/community/new", form)

    assert answer.status_code == 422
    assert "Sign in, and send it." in answer.text
    assert 'value="Mine"' in answer.text
    assert "Stone walls." in answer.text
    assert db.session.query(Topic).count() == 1
    page = client.page(topic.address)
    assert page.select_one('#composer a[href^="/sign-in"]')
    assert not page.select_one("#composer form")
    assert client.send(f"{topic.address}/answer", {"body": "Me"}).status_code == 401


SENSELESS = (
    ("title", "\u200b \u3164\u2800", "Say in a few words what it is about"),
    ("title", "x" * 151, "1 character too many"),
    ("body", "x" * 200_001, "1 character too many"),
    ("body", " ", "Write what others need to know"),
    ("tags", "a, b, c, d, e, f", "1 tag too many"),
    ("space", "nowhere", "Not a valid choice"),
    ("kind", "announcement", "Not a valid choice"),
    ("kind", "idea", "Not a valid choice"),
)


def test_a_form_that_makes_no_sense_comes_back_with_a_sentence(people: Cast, browser_of: Browser) -> None:
    make_space()
    browser = browser_of(people.customer)
    form = _ask(browser)

    for field, value, sentence in SENSELESS:
        answer = browser.send("/community/new", form | {field: value}, htmx=True)
        assert (answer.status_code, sentence in answer.text) == (422, True), (field, value[:9])
    assert db.session.query(Topic).count() == 0


def test_signs_that_nobody_sees_are_taken_out_of_titles_and_tags() -> None:
    assert clean_title("\u202eWhich\u200b\u00a0 access\ufeff point\u2800?\u3164") == "Which access point?"
    assert clean_title("\U0001f469\u200d\U0001f4bb and \u200d\u200d") == "\U0001f469\u200d\U0001f4bb and"
    assert clean_tags("VPN; v\u200bpn, Wi-Fi 6E!, #São_Paulo ,,") == ["vpn", "wi-fi-6e", "são-paulo"]


def test_files_come_along_and_open_for_those_who_read_the_topic_alone(
    app: Flask, people: Cast, browser_of: Browser
) -> None:
    make_space("Circle", "members", members=[people.customer])
    browser = browser_of(people.customer)
    form = _ask(browser, space="circle") | {"files": [(BytesIO(b"a log"), "a.log")]}

    sent = browser.send("/community/new", form, content_type="multipart/form-data")

    link = browser.page(sent.headers["Location"]).select_one(".files a")
    assert link
    got = browser.get(str(link["href"]), buffered=True)
    assert (got.data, got.headers["Content-Disposition"]) == (b"a log", "attachment; filename=a.log")
    assert "sandbox" in got.headers["Content-Security-Policy"]
    for other in (browser_of(people.colleague), app.test_client()):
        assert other.get(str(link["href"])).status_code == 404
    assert browser.get(str(link["href"]).replace("a.log", "b.log")).status_code == 404


def test_forty_megabytes_are_refused_with_a_sentence(people: Cast, browser_of: Browser) -> None:
    make_space()
    browser = browser_of(people.customer)
    picture = BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(40_000_000))

    answer = browser.send(
        "/community/new",
        _ask(browser) | {"files": [(picture, "big.png")]},
        content_type="multipart/form-data",
    )

    assert answer.status_code == 422
    assert "“big.png” is larger than 25 MB" in answer.text


def test_lists_are_narrowed_by_the_address_and_paged_by_key(people: Cast, browser_of: Browser) -> None:
    space, other = make_space(), make_space("Servers")
    for n in range(27):
        with clock.at(clock.now() - timedelta(hours=n)):
            make_topic(space, people.customer, f"Question {n:02}", tags=["even"] if n % 2 == 0 else [])
    talk = make_topic(other, people.stranger, "Talk", kind="discussion")
    answered = db.session.query(Topic).filter_by(title="Question 00").one()
    make_post(answered, people.stranger)
    pinned = db.session.query(Topic).filter_by(title="Question 26").one()
    pinned.pinned = True
    db.session.commit()
    browser = browser_of(people.colleague)

    def titles(path: str) -> list[str]:
        return [link.text for link in browser.page(path).select(".topic-row h3 a")]

    assert titles("/community?show=discussion") == [talk.title]
    assert "Question 00" not in titles("/community?show=unanswered")
    assert len(titles("/community/in/routers?tag=even")) == 14
    first = browser.page("/community/in/routers")
    assert [link.text for link in first.select(".topic-row h3 a")][:2] == ["Question 26", "Question 00"]
    older = first.select_one('.pager a[rel="next"]')
    assert older
    assert titles(str(older["href"])) == ["Question 25"]
    assert titles("/community/in/routers?at=%00nonsense")[0] == "Question 00"
    assert titles("/community/in/servers?show=announcement") == []


def test_what_waits_for_a_moderator_stands_in_no_list_but_its_writers(
    app: Flask, people: Cast, browser_of: Browser
) -> None:
    space = make_space()
    topic = make_topic(space, people.customer, "Quokkas for all", gate="held")

    own = browser_of(people.customer)
    assert "Only you see these" in own.page("/community").text
    assert "Only you see this until a moderator has looked at it" in own.page(topic.address).text
    assert "Quokkas" in browser_of(people.manager).page(topic.address).text
    for other in (browser_of(people.colleague), browser_of(people.agent), app.test_client()):
        assert other.get(topic.address).status_code == 404
        for path in ("/community", "/community/in/routers", "/community/in/routers?show=question"):
            page = other.get(path).text
            assert "Quokkas" not in page
            assert "1 topic" not in page


def test_a_staff_only_space_takes_no_topic_of_customers(people: Cast, browser_of: Browser) -> None:
    news = make_space("News", open_to_all=False, kinds=["announcement"])
    customer, agent = browser_of(people.customer), browser_of(people.agent)

    assert "No space is open to you" in customer.page("/community/new").text
    assert not customer.page("/community/in/news").select('a[href^="/community/new"]')
    assert agent.page("/community/new?space=news").select_one("input[name=kind][value=announcement]")
    said = make_topic(news, people.agent, "7.4 is out", kind="announcement")
    answer = {"body": "Thank you", "began": "", "homepage": ""}
    assert customer.send(f"{said.address}/answer", answer).status_code == 303
    assert db.session.query(Post).count() == 2


def test_pages_ask_the_database_eight_times_at_most(app: Flask, people: Cast, browser_of: Browser) -> None:
    space = make_space()
    topic = make_topic(space, people.customer, tags=["vpn"])
    for n in range(30):
        make_post(topic, people.stranger, f"Answer {n}")
    profile_of(people.colleague)
    db.session.commit()
    browser = browser_of(people.colleague)
    paths = [
        "/community",
        "/community/in/routers",
        topic.address,
        f"{topic.address}?at=26",
        "/community?show=unanswered",
    ]

    for path in paths:
        browser.page(path)
        with statements() as asked:
            browser.page(path)
        assert len(asked) <= 8, (path, asked)
