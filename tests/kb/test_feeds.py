"""What machines read: whole, well formed, and only what everybody may read."""

from collections.abc import Callable
from typing import Any

import lxml.etree
import pytest

from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from .conftest import Write

pytestmark = pytest.mark.usefixtures("centre")
NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
    "a": "http://www.w3.org/2005/Atom",
}
HOST = "http://127.0.0.1:8000"


def texts(client: PortalClient, path: str, where: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert (
        answer.headers["Cache-Control"] == "public, max-age=5"
    )  # row 15: no cache shows long what was taken back
    assert "Set-Cookie" not in answer.headers
    tree: Any = lxml.etree.fromstring(answer.data)
    return [str(one) for one in tree.xpath(where, namespaces=NAMES)]


def test_the_sitemap_leads_to_every_public_page_in_each_language(client: PortalClient) -> None:
    maps = texts(client, "/sitemap.xml", "//s:loc/text()")
    places = [place for one in maps for place in texts(client, one.removeprefix(HOST), "//s:loc/text()")]
    assert f"{HOST}/help/guest-network?lang=pt_BR" in places
    assert f"{HOST}/help/section/wifi?lang=es" in places
    assert f"{HOST}/help/refund?lang=ru" in places
    assert not [place for place in places if "secret" in place or "guest-network?lang=es" in place]
    assert len(places) == len(set(places))
    for place in places:
        client.page(place.removeprefix(HOST))


def test_an_entry_names_its_languages(client: PortalClient) -> None:
    where = "//s:url[contains(s:loc, 'guest-network?lang=en')]/x:link/@hreflang"
    assert texts(client, "/sitemap/section/wifi.xml", where) == ["en", "pt-BR", "x-default"]


def test_a_section_with_nothing_public_is_in_no_map_and_no_feed(
    client: PortalClient,
    write: Write,
    take_over: Callable[[], object],
    people: Cast,
    browser_of: Callable[[Person], PortalClient],
) -> None:
    write("en/hidden/plans.md", "Plans", "x", "status: draft\nupdated: 2026-01-02\n")
    take_over()
    for browser in (client, browser_of(people.admin)):
        assert not [one for one in texts(browser, "/sitemap.xml", "//s:loc/text()") if "hidden" in one]
        assert texts(browser, "/help/feed.atom?lang=en", "//a:entry/a:title/text()") == []
        assert browser.get("/sitemap/section/hidden.xml").status_code == 404
        assert browser.get("/help/feed/hidden.atom").status_code == 404


def test_a_feed_tells_what_is_new_in_one_language_the_newest_first(
    client: PortalClient, write: Write, take_over: Callable[[], object]
) -> None:
    for day in (1, 3, 2):
        write(f"en/wifi/day-{day}.md", f"Day {day} & <b>", "x", f"updated: 2026-05-0{day}\n")
    write("es/wifi/day-3.md", "Día 3", "x", "updated: 2026-05-03\n")
    take_over()
    titles = "//a:entry/a:title/text()"
    assert texts(client, "/help/feed.atom?lang=en", titles) == ["Day 3 & <b>", "Day 2 & <b>", "Day 1 & <b>"]
    assert texts(client, "/help/feed/wifi.atom?lang=es", titles) == ["Día 3"]
    assert texts(client, "/help/feed/bills.atom?lang=en", titles) == []
    assert texts(client, "/help/feed.atom?lang=es", "//a:entry/a:id/text()") == [f"{HOST}/help/day-3?lang=es"]


def test_robots_are_told_where_the_map_is_and_what_is_not_theirs(client: PortalClient) -> None:
    words = client.get("/robots.txt").text
    assert f"Sitemap: {HOST}/sitemap.xml" in words
    assert "Disallow: /tickets" in words


def test_the_picture_for_shared_links_has_the_owners_colour(client: PortalClient) -> None:
    answer = client.get("/card.png")
    assert answer.mimetype == "image/png"
    palette = answer.data[answer.data.index(b"PLTE") + 4 :][:48]
    assert palette[:3] == bytes.fromhex("0a6a7c")
    assert palette[-3:] == b"\xff\xff\xff"
