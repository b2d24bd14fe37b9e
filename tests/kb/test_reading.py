"""An article's page beside its words: languages and their addresses, links to headings, questions, related articles."""

import json
import re
from collections.abc import Callable

import pytest

from portal.extensions import db
from portal.kb.jobs import look_around
from portal.people.models import Person
from portal.readership.actions import Said, vote
from portal.tickets.models import Ticket

from ..client import PortalClient, soup
from ..conftest import Cast
from .conftest import Write

pytestmark = pytest.mark.usefixtures("centre")
Browser = Callable[[Person], PortalClient]
ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}
HOST = "http://127.0.0.1:8000"


def test_each_language_has_an_address_and_the_head_names_them(client: PortalClient) -> None:
    page = client.page("/help/guest-network?lang=pt_BR", headers=ELSEWHERE)
    there = HOST + "/help/guest-network"
    links = {str(a["hreflang"]): a["href"] for a in page.select("head link[hreflang]")}
    assert page.select_one("link[rel=canonical]")["href"] == f"{there}?lang=pt_BR"  # type: ignore[index]
    assert links == {"en": f"{there}?lang=en", "pt-BR": f"{there}?lang=pt_BR", "x-default": there}
    assert page.select_one("meta[property='og:title']")["content"] == "Crie uma rede para visitas"  # type: ignore[index]
    assert page.select_one("meta[property='og:site_name']")["content"] == "Lindwire"  # type: ignore[index]


def test_an_article_in_the_next_best_language_names_the_address_where_it_is_at_home(
    client: PortalClient,
) -> None:
    page = client.page("/help/refund?lang=es")
    assert page.select_one("link[rel=canonical]")["href"] == f"{HOST}/help/refund?lang=ru"  # type: ignore[index]
    assert not page.select("head link[hreflang]:not([type])")


def test_who_comes_from_elsewhere_is_offered_the_own_language_and_keeps_it(client: PortalClient) -> None:
    for _ in range(2):  # the second one is a kept page
        portuguese = client.get(
            "/help/guest-network?lang=en", headers={**ELSEWHERE, "Accept-Language": "pt-BR"}
        )
        russian = client.get("/help/guest-network?lang=en", headers={**ELSEWHERE, "Accept-Language": "ru"})
        offer = soup(portuguese).select_one(".offer[lang=pt-BR] a")
        assert offer
        assert offer["href"] == "/help/guest-network?lang=pt_BR"
        assert offer.text == "Ler esta página em português"
        assert "Make a guest network" in portuguese.text
        assert not soup(russian).select(".offer")
        assert "Set-Cookie" not in portuguese.headers


def test_the_switch_on_our_own_pages_is_a_choice_and_offers_nothing(client: PortalClient) -> None:
    ours = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "pt-BR"}
    answer = client.get("/help/guest-network?lang=en", headers=ours)
    assert "language=en" in answer.headers["Set-Cookie"]
    assert not soup(answer).select(".offer")


def test_every_heading_has_a_link_beside_it(
    client: PortalClient, write: Write, take_over: Callable[[], object]
) -> None:
    write("en/wifi/heads.md", "Heads", "## A & *b* <i>\n\nx\n\n### Deep\n\ny")
    take_over()
    page = client.page("/help/heads")
    links = [(str(a["href"]), str(a["aria-label"])) for a in page.select(".prose a.anchor")]
    assert [words for _, words in links] == ["Link to “A & b <i>”", "Link to “Deep”"]
    assert all(page.select_one(f"[id='{place[1:]}']") for place, _ in links)


def test_what_an_author_wrote_acts_on_nothing_and_is_no_template(
    client: PortalClient, write: Write, take_over: Callable[[], object]
) -> None:
    odd = "{{ 70+7 }} {% raw %} ${70+7} {% endraw %}"
    write("en/wifi/odd.md", f'"Sum {odd}"', f"Text {odd}\n\n## Head {odd}", "updated: 2026-01-02\n")
    take_over()
    page = client.page("/help/odd")
    text = page.select_one("article[hx-ignore]")
    assert text
    assert not text.select("[hx-get], [hx-post]"), "what is ours and acts stands outside"
    assert f"Text {odd}" in text.text
    for place in ("/help/odd", "/help/section/wifi", "/help/feed.atom", "/help/search?q=sum"):
        words = client.get(place).text
        assert odd in words, place
        assert not re.search(r"\b77\b", words), place


def test_an_article_of_questions_is_told_to_search_engines_as_one(
    client: PortalClient, write: Write, take_over: Callable[[], object]
) -> None:
    write(
        "en/bills/faq.md",
        "Bills",
        "Hello\n\n## When?\n\nSee [it](/help/refund).\n\n## </script>?\n\n**Yes.**",
    )
    take_over()
    page = client.page("/help/faq")
    data = json.loads(page.select_one("script[type='application/ld+json']").text)  # type: ignore[union-attr]
    assert data["@type"] == "FAQPage"
    asked = {one["name"]: one["acceptedAnswer"]["text"] for one in data["mainEntity"]}
    assert f'<a href="{HOST}/help/refund">it</a>' in asked["When?"]
    assert asked["</script>?"] == "<p><strong>Yes.</strong></p>"
    assert not client.page("/help/guest-network").select("script:not([src])")


def test_related_articles_share_tags_and_are_never_what_the_reader_may_not_see(
    client: PortalClient, write: Write, take_over: Callable[[], object], people: Cast, browser_of: Browser
) -> None:
    for name, more in (("alike", ""), ("secret-alike", "status: draft\n")):
        write(f"en/bills/{name}.md", f"Zebra {name}", "x", f"tags: [zebra]\n{more}")
    write("en/wifi/guest-network.md", "Make a guest network", "x", "tags: [Zebra]\n")
    take_over()
    look_around({})

    def shown(browser: PortalClient) -> list[str]:
        return [str(a["href"]) for a in browser.page("/help/guest-network").select(".related a")]

    assert shown(client)[0] == "/help/alike"
    assert "/help/secret-alike" not in shown(client)
    assert "/help/secret-alike" in shown(browser_of(people.editor))


def test_the_first_page_shows_what_helps_most_once_it_was_counted(client: PortalClient, people: Cast) -> None:
    client.page("/help")  # is kept from now on
    for slug in ("guest-network", "secret-plans"):
        for number in range(3):
            vote(Said(True, "en"), slug, f"{slug}-{number}")
    db.session.commit()
    look_around({})
    page = client.page("/help")
    assert [a["href"] for a in page.select("[aria-labelledby=useful] a")] == ["/help/guest-network"]
    assert "secret-plans" not in str(page)


def test_a_request_from_an_article_is_filled_in_and_the_desk_knows_which_one(
    people: Cast, browser_of: Browser
) -> None:
    customer = browser_of(people.customer)
    page = customer.page("/tickets/new?from=guest-network")
    assert page.select_one("#subject")["value"] == ""  # type: ignore[index] # the title is no question
    assert page.select_one("#ask [name=article]")["value"] == "guest-network"  # type: ignore[index]
    asked = str(page.select_one("#subject")["hx-get"])  # type: ignore[index]
    answers = customer.get(f"{asked}&subject=guest network", headers={"HX-Request": "true"}).text
    assert "/help/guest-network" not in answers  # it has been read
    assert "/help/guest-network" in customer.get("/tickets/new?subject=guest network").text
    customer.send_fresh(
        "/tickets/new?from=guest-network", {"body": "Words", "article": "guest-network", "subject": "S"}
    )
    customer.send_fresh("/tickets/new?from=secret-plans", {"body": "Words", "subject": "Other"})
    customer.send("/tickets/new", {"body": "Words", "subject": "Forged", "article": "secret-plans"})
    known = {ticket.subject: ticket for ticket in db.session.query(Ticket)}
    assert known["S"].article == "guest-network"
    assert known["Other"].article == known["Forged"].article == ""
    desk = browser_of(people.agent).page(f"/desk/tickets/{known['S'].number}")
    assert desk.select_one(".facts a[href='/help/guest-network']").text == "Make a guest network"  # type: ignore[union-attr]
