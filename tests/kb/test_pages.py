"""What readers see of the help centre."""

import gc
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.kb import finding, queries
from portal.kb.access import get_article
from portal.kb.actions import Changes, sync
from portal.kb.jobs import look_around
from portal.kb.kept import MOST_BYTES
from portal.kb.models import DRAFT
from portal.kb.views import blueprint
from portal.people.models import Person
from portal.search.actions import set_pins, set_synonyms
from portal.search.index import the_search
from portal.search.jobs import check

from ..client import PortalClient, statements
from ..conftest import Cast
from .conftest import Write

pytestmark = pytest.mark.usefixtures("centre")


def page(client: FlaskClient, address: str, language: str = "en") -> BeautifulSoup:
    response = client.get(address, headers={"Accept-Language": language})
    assert response.status_code == 200
    return BeautifulSoup(response.data, "lxml")


def test_the_first_page_has_search_sections_with_counts_and_a_start(client: FlaskClient) -> None:
    soup = page(client, "/help")
    section = soup.select_one('a[href="/help/section/wifi"]')
    assert section
    assert "2 articles" in section.text
    assert soup.select_one('form[action="/help/search"] input[name=q]')
    assert soup.select_one('#start ~ ul a[href="/help/place-the-router"]')


def test_a_section_lists_each_article_once_in_its_order(client: FlaskClient) -> None:
    links = [a["href"] for a in page(client, "/help/section/wifi").select("ul.list a")]
    assert links == ["/help/place-the-router", "/help/guest-network"]


def test_a_long_section_goes_on_by_key(client: FlaskClient, write: Write, take_over: object) -> None:
    for number in range(queries.PAGE + 5):
        write(f"en/many/a{number:03}.md", f"Number {number}", "x")
    take_over()  # type: ignore[operator]
    first = page(client, "/help/section/many")
    onward = first.select_one("a[rel=next]")
    assert onward
    second = page(client, str(onward["href"]))
    assert [len(p.select("ul.list a")) for p in (first, second)] == [queries.PAGE, 5]


@pytest.mark.parametrize("after", ["x", "1", "1.", "99999999999999.a", "²." + "a", "%00.a"])
def test_an_odd_key_shows_a_page_and_no_error(client: FlaskClient, after: str) -> None:
    page(client, f"/help/section/wifi?after={after}")


def test_an_article_has_title_crumbs_siblings_and_a_way_to_ask(client: FlaskClient) -> None:
    soup = page(client, "/help/guest-network")
    assert [h.text for h in soup.select("h1")] == ["Make a guest network"]
    assert [a["href"] for a in soup.select(".crumbs a")] == ["/help", "/help/section/wifi"]
    assert soup.select_one('.siblings a[href="/help/guest-network"][aria-current=page]')
    assert soup.select_one('a[href="/tickets/new?from=guest-network"]')


def test_an_article_is_shown_in_the_readers_language(client: FlaskClient) -> None:
    soup = page(client, "/help/guest-network", "pt-BR")
    assert soup.h1
    assert soup.h1.text == "Crie uma rede para visitas"
    assert "lang" not in soup.select("article")[0].attrs


def test_an_article_that_is_not_translated_says_so_and_names_its_language(client: FlaskClient) -> None:
    response = client.get("/help/refund", headers={"Accept-Language": "es"})
    soup = BeautifulSoup(response.data, "lxml")
    assert response.headers["Content-Language"] == "ru"
    assert soup.select("article")[0]["lang"] == "ru"
    assert "en ruso" in soup.select(".callout")[0].text


def test_each_language_falls_back_to_english_first(editor: Person) -> None:
    assert get_article(None, "guest-network", "ru").locale == "en"


def test_search_marks_what_it_found(client: FlaskClient) -> None:
    soup = page(client, "/help/search?q=guest networks")
    assert soup.select(".found a")[0]["href"] == "/help/guest-network"
    assert "guest" in [m.text for m in soup.select(".found mark")]


def test_search_says_what_it_understood_of_a_misspelt_word(client: FlaskClient) -> None:
    soup = page(client, "/help/search?q=concrte walls")
    assert "concrete walls" in soup.select("[role=status]")[0].text
    assert soup.select_one('.found a[href="/help/place-the-router"]')


def test_only_what_was_typed_can_be_insisted_on(client: FlaskClient) -> None:
    soup = page(client, "/help/search?q=concrte walls")
    insist = soup.select_one('[role=status] a[href*="exact=yes"]')
    assert insist
    assert "concrete" not in page(client, str(insist["href"])).select("[role=status]")[0].text


def test_results_are_narrowed_by_section_language_and_tag(
    client: FlaskClient, write: Write, take_over: Callable[[], Changes]
) -> None:
    for number in (1, 2):
        write(f"en/bills/guest-{number}.md", f"Guest bill {number}", "Network", "tags: [Guests]\n")
    take_over()

    def found(narrowed: str) -> set[str]:
        links = page(client, f"/help/search?q=guest network{narrowed}").select(".found a")
        return {str(link["href"]).removeprefix("/help/") for link in links}

    assert {"guest-network", "guest-1", "guest-2"} <= found("")
    assert found("&section=wifi") == {"guest-network"}
    assert found("&tag=guests") == found("&tag=Guests") == {"guest-1", "guest-2"}
    assert found("&locale=pt_BR") == set()
    assert found("&locale=xx&kind=articles") == found("")
    soup = page(client, "/help/search?q=guest network&section=bills")
    chosen = [option["value"] for option in soup.select("option[selected]")]
    assert chosen == ["bills"]
    assert soup.select_one('a.tag[href*="tag=Guests"]')


def test_results_go_on_to_the_last_of_all_that_are_counted(
    client: FlaskClient, write: Write, take_over: Callable[[], Changes]
) -> None:
    for number in range(45):
        write(f"en/many/a{number:02}.md", f"Quince {number}", "Quinces and more quinces.")
    take_over()
    seen: list[str] = []
    address = "/help/search?q=quince"
    for count in (20, 20, 5):
        soup = page(client, address)
        assert soup.select("[role=status]")[0].text.split()[0] == "45"
        links = [str(a["href"]) for a in soup.select(".found a")]
        assert len(links) == count
        seen += links
        onward = soup.select_one("a[rel=next]")
        address = str(onward["href"]) if onward else ""
    assert address == ""
    assert len(set(seen)) == 45
    for odd in ("0", "-1", "x", "99", "³", "20"):
        assert page(client, f"/help/search?q=quince&page={odd}").select(".found a")[0]["href"] == seen[0]


def test_titles_in_another_language_say_which_and_stand_after_the_own_ones(
    client: FlaskClient, write: Write, take_over: Callable[[], Changes]
) -> None:
    write("ru/wifi/a-first.md", "Первая", "Сеть", "order: 1\n")
    write("en/wifi/z-last.md", "Last network", "x", "order: 900\n")
    take_over()
    for place in ("/help", "/help/section/wifi", "/help/guest-network", "/help/search?q=Сеть"):
        rows = [link.find_parent("li") for link in page(client, place).select("[href='/help/a-first']")]
        assert rows, place
        assert all(row and "Русский" in row.text for row in rows), place
    started = [link["href"] for link in page(client, "/help").select("#start ~ ul a")]
    assert set(started[-2:]) == {"/help/a-first", "/help/refund"}
    look_around({})
    db.session.commit()
    related = [link["href"] for link in page(client, "/help/guest-network").select(".related a")]
    assert related.index("/help/z-last") < related.index("/help/a-first")


def test_an_old_translation_leads_to_its_original(
    client: FlaskClient, write: Write, take_over: Callable[[], Changes]
) -> None:
    write("en/wifi/old.md", "New words", "x", "updated: 2026-02-01\n")
    write("es/wifi/old.md", "Viejo", "x", "updated: 2026-01-01\n")
    take_over()
    link = page(client, "/help/old", "es").select_one(".callout a")
    assert link
    assert (link["href"], link.text) == ("/help/old?lang=en", "Leer el original en inglés")


def test_a_pinned_answer_stands_first_for_those_who_may_read_it(client: FlaskClient) -> None:
    pins = [("guest wifi, visitors", "place-the-router"), ("visitors", "secret-plans"), ("guests", "no-such")]
    set_pins("en", pins, None)
    db.session.commit()

    def first(question: str) -> list[str]:
        return [str(a["href"]) for a in page(client, f"/help/search?q={question}").select(".found a")]

    assert first("guest network for a wifi")[0] == "/help/guest-network"
    assert first("how do I help my visitors?")[0] == "/help/place-the-router"
    assert first("the guests")[0] == "/help/guest-network"


def test_synonyms_of_editors_are_used_at_once(client: FlaskClient) -> None:
    assert not page(client, "/help/search?q=relatives").select(".found")
    set_synonyms("en", ["guest, relatives"], None)
    db.session.commit()
    assert page(client, "/help/search?q=relatives").select_one('.found a[href="/help/guest-network"]')


def test_search_goes_on_in_another_language_and_says_so(client: FlaskClient) -> None:
    soup = page(client, "/help/search?q=возврат")
    assert soup.select_one('.found li[lang=ru] a[href="/help/refund"]')
    assert "in Russian" in soup.select(".callout")[0].text


@pytest.mark.parametrize(
    "question",
    ["", "*", '"', "'; drop table article; --", "title:zanzibar", "who:staff zanzibar", "(" * 300, "a" * 10_000,
     "%00", "{{7*7}}", "<script>alert(1)</script>", "AND OR NOT", "\u202e", "~2 ^4", "[a TO z]", "💥", "the of and"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/help/search", "/help/suggest"])
def test_no_question_breaks_search_or_finds_what_is_hidden(
    client: FlaskClient, path: str, question: str
) -> None:
    response = client.get(path, query_string={"q": question})
    assert response.status_code == 200
    assert b"<script>alert" not in response.data
    assert b"/help/secret-plans" not in response.data


def test_nothing_found_offers_a_person(client: FlaskClient) -> None:
    soup = page(client, "/help/search?q=qqqqqqqq")
    assert soup.select_one('.empty a[href="/tickets/new"]')
    assert soup.select_one('.tags a[href="/help/section/wifi"]')


def test_suggestions_come_while_a_word_is_being_typed(client: FlaskClient) -> None:
    response = client.get("/help/suggest?q=gue", headers={"HX-Request": "true"})
    soup = BeautifulSoup(response.data, "html.parser")
    assert soup.select("*")[0]["id"] == "hits"
    assert soup.select_one('a[href="/help/guest-network"] mark')
    assert not soup.select("html")


def test_suggestions_under_the_bar_have_a_place_of_their_own(client: FlaskClient) -> None:
    response = client.get("/help/suggest?q=gue&bar=yes", headers={"HX-Request": "true"})
    assert BeautifulSoup(response.data, "html.parser").select("*")[0]["id"] == "bar-hits"
    box = page(client, "/help/guest-network").select_one('.topbar input[hx-target="#bar-hits"]')
    assert box


def test_the_address_of_suggestions_is_a_whole_page_too(client: FlaskClient) -> None:
    assert page(client, "/help/suggest?q=gue").select_one("html main #hits a")


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Whoosh leaves a broken file open
def test_a_broken_index_makes_search_limited_and_a_job_mends_it(client: FlaskClient) -> None:
    build = (the_search().root / "current").resolve()
    for file in (build / "en").iterdir():
        file.write_bytes(b"broken")
    the_search().desks["en"].close()
    assert "resting" in page(client, "/help/search?q=guest").text
    assert the_search().trouble()
    gc.collect()
    check({})
    assert page(client, "/help/search?q=guest").select_one('a[href="/help/guest-network"]')


ADDRESSES = [
    "/help", "/help/section/wifi", "/help/section/bills", "/help/guest-network", "/help/place-the-router",
    "/help/search?q=zanzibar", "/help/search?q=zanzibra", "/help/search?q=firmware plans", "/help/suggest?q=zanz",
    "/help/suggest?q=firmware",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_draft_is_nowhere(client: FlaskClient, address: str) -> None:
    text = client.get(address).get_data(as_text=True).lower()
    assert "secret-plans" not in text
    assert "zanzibar firmware" not in text
    assert "zanzibar" in address or "zanzibar" not in text


def test_a_draft_is_not_found_by_its_address(client: FlaskClient) -> None:
    assert client.get("/help/secret-plans").status_code == 404


def test_a_draft_that_the_index_still_calls_public_is_not_shown(
    client: FlaskClient, write: Write, folder: object
) -> None:
    write("en/wifi/guest-network.md", "Make a guest network", "Guests", "status: draft\n")
    sync(folder)  # type: ignore[arg-type]
    db.session.commit()
    assert "/help/guest-network" not in [
        a["href"] for a in page(client, "/help/search?q=concrete guest").select(".found a")
    ]


def test_who_may_preview_finds_and_reads_a_draft(app: Flask, editor: Person) -> None:
    with app.test_request_context():
        found = finding.search_articles(editor, "zanzibra", "en")
        assert [row.slug for _hit, row in found.answers] == ["secret-plans"]
        assert found.corrected == "zanzibar"
        assert get_article(editor, "secret-plans", "en").status == DRAFT


def test_no_page_needs_more_than_four_statements(app: Flask, client: FlaskClient, centre: Changes) -> None:
    for address in (
        "/help",
        "/help/section/wifi",
        "/help/guest-network",
        "/help/search?q=guest",
        "/help/suggest?q=gue",
    ):
        with statements() as asked:
            client.get(address)
        assert len([one for one in asked if one.startswith("SELECT")]) <= 4, address


def test_every_route_of_the_help_centre_is_public(app: Flask) -> None:
    views = [
        app.view_functions[r.endpoint]
        for r in app.url_map.iter_rules()
        if r.endpoint.startswith(f"{blueprint.name}.")
    ]
    assert len(views) == 6
    assert {view.__dict__["guard"] for view in views} == {"public"}


def test_a_kept_page_is_never_older_than_its_article(
    client: FlaskClient, write: Write, take_over: object
) -> None:
    assert "Open the invoice" in page(client, "/help/change-address").text
    write("en/bills/change-address.md", "Change the address on a bill", "It is in your account.")
    write("pt_BR/bills/change-address.md", "Mude o endereço", "Está na sua conta.")
    take_over()  # type: ignore[operator]

    assert "It is in your account." in page(client, "/help/change-address").text
    assert "Está na sua conta." in page(client, "/help/change-address", "pt-BR").text
    assert "It is in your account." in page(client, "/help/change-address").text


def test_no_row_of_addresses_fills_the_memory_with_a_large_page(
    app: Flask, client: FlaskClient, write: Write, take_over: object
) -> None:
    write("en/wifi/large.md", "Large", "word " * 70_000)
    take_over()  # type: ignore[operator]
    held = 0
    for number in range(60):
        client.get(f"/help/large?x={number}")
        kept = app.extensions["kept_pages"]
        held = max(held, sum(len(body) for _revision, _weight, (body, _headers) in kept.values()))
    assert 300_000 < held <= MOST_BYTES


def test_a_kept_page_holds_nobodys_name_and_no_token(
    app: Flask, people: Cast, browser_of: Callable[[Person], PortalClient], client: FlaskClient
) -> None:
    for one in (browser_of(people.agent), client, browser_of(people.customer)):
        one.get("/help/guest-network")
    kept = str(app.extensions["kept_pages"])

    assert "/help/guest-network" in kept
    assert "csrf" not in kept
    assert not [name for name in ("Agent", "Customer") if name in kept]
