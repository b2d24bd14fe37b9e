"""Who reads what: articles with marked words for every audience, status and moment, looked for at every address."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal.extensions import db
from portal.features import SEARCH_SOURCES
from portal.kb.access import audience, readers_of
from portal.kb.actions import Changes, sync
from portal.kb.models import Article
from portal.kb.revision import pass_time
from portal.kit import clock
from portal.kit.i18n import LANGUAGES
from portal.outbox.models import Job
from portal.people.models import Person
from portal.search.index import Search
from portal.search.jobs import HANDLERS

from ..client import PortalClient
from ..conftest import Cast
from .conftest import Write

READERS = ("visitor", "customer", "colleague", "stranger", "agent", "editor")
EVERYBODY, INSIDE, STAFF = set(READERS), set(READERS) - {"visitor"}, {"editor"}
# Marked word -> what the file says, and who may read it.
MARKED = {
    "canaryopen": ("", EVERYBODY),
    "canaryinside": ("audience: signed in\n", INSIDE),
    "canaryfamily": ("audience: organisation\norganisations: [Marta & Filhas]\n", {"customer", "colleague", "editor"}),
    "canaryother": ("audience: organisation\norganisations: [longport]\n", {"stranger", "editor"}),
    "canarynobody": ("audience: organisation\norganisations: [No such firm]\n", STAFF),
    "canarystaff": ("audience: staff\n", STAFF),
    "canarydraft": ("status: draft\n", STAFF),
    "canaryreview": ("status: in review\n", STAFF),
    "canaryarchive": ("status: archived\n", STAFF),
    "canaryearly": ("publish from: {tomorrow}\n", STAFF),
    "canarylate": ("publish until: {yesterday}\n", STAFF),
    "canarydraftinside": ("audience: signed in\nstatus: draft\n", STAFF),
}  # fmt: skip
Fetch = Callable[[str, str, str], tuple[int, str]]


@pytest.fixture
def shelf(
    app: Flask, people: Cast, folder: Path, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Each marked article in a section of its own, with an old address; a public one links to none of them."""
    monkeypatch.setitem(app.extensions, "search", Search(tmp_path / "index", SEARCH_SOURCES))
    days = {
        name: (clock.now() + timedelta(days=n)).date() for name, n in (("tomorrow", 1), ("yesterday", -2))
    }
    for word, (front, _readers) in MARKED.items():
        more = front.format(**days) + f"tags: [{word}]\nold addresses: [old-{word}]\n"
        write(f"en/s-{word}/in-{word}/{word}.md", f"About {word}", f"{word} words\n\n## Head {word}", more)
    write("pt_BR/s-canarystaff/in-canarystaff/other.md", "Outro canarystaff", "x", "audience: staff\n")
    take(folder)
    return folder


def take(folder: Path) -> Changes:
    changes = sync(folder)
    db.session.commit()
    index()
    return changes


def index() -> None:
    for job in db.session.query(Job).filter_by(kind="search.index", done=None).all():
        payload = dict(job.payload)
        db.session.delete(job)
        db.session.commit()
        HANDLERS["search.index"](payload)


@pytest.fixture
def fetch(app: Flask, people: Cast, browser_of: Callable[[Person], PortalClient]) -> Fetch:
    """What a reader gets at an address, in a language: status, and the words but for those that were asked for."""
    browsers = {n: browser_of(getattr(people, n)) for n in READERS if n != "visitor"}
    browsers["visitor"] = app.test_client()  # type: ignore[assignment]

    def get(reader: str, address: str, language: str) -> tuple[int, str]:
        headers = {"Accept-Language": language.replace("_", "-"), "Cookie2": ""}
        response = browsers[reader].get(address, headers=headers)
        body = response.get_data().decode("utf-8", "replace")
        words = f"{response.headers} {body}".lower()
        return response.status_code, words

    return get


def fillings(rule: Rule) -> list[dict[str, str]]:
    """Values for an address's places, where we know some: what is named slug or the like may be an article's."""
    known = {name: list(MARKED) for name in ("slug", "article", "address", "path")}
    known |= {name: list(LANGUAGES) for name in ("locale", "language", "lang")}
    if not rule.arguments <= known.keys():
        return []
    filled: list[dict[str, str]] = [{}]
    for name in sorted(rule.arguments):
        filled = [one | {name: value} for one in filled for value in known[name]]
    return filled


def addresses(app: Flask) -> Iterator[str]:
    """Every address that can be filled; what takes words is asked for all marked ones."""
    urls = app.url_map.bind("")
    asked = " ".join(MARKED)
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in ("live.stream", "outbox.index"):
            continue
        for values in fillings(rule):
            yield urls.build(rule.endpoint, values)
        if not rule.arguments and rule.endpoint.startswith(("kb.", "tickets.", "home.", "start")):
            yield f"{rule.rule}?q={asked}&subject={asked}&question={asked}"
    for word in MARKED:
        yield from (f"/help/section/s-{word}", f"/help/section/s-{word}/in-{word}", f"/help/old-{word}")
        yield from (
            f"/help/search?q={word}",
            f"/help/suggest?q={word}",
            f"/tickets/new?subject={word}&from={word}",
        )
    yield "/help/search?q=canry"


def leaks(words: str, address: str, reader: str) -> set[str]:
    """Marked words that are there and should not be; what the reader asked for is said back."""
    said = set(re.findall("canary[a-z]+", words))
    forbidden = {word for word, (_front, readers) in MARKED.items() if reader not in readers}
    if (
        "=" in address
    ):  # the page says back what was asked: then no title, no address, no excerpt may stand there
        return {
            w
            for w in forbidden
            if re.search(rf"about (<mark>)?{w}|/help/[\w/-]*{w}|{w}(</mark>)? words", words)
        }
    return said & {w for w in forbidden if w not in address}


def test_no_address_tells_of_what_its_reader_may_not_read(app: Flask, shelf: Path, fetch: Fetch) -> None:
    found, seen, count = [], set(), 0
    for number, address in enumerate(addresses(app)):
        for place, reader in enumerate(READERS):
            # Who may read all can be told nothing wrong; the colleague is as the customer.
            if reader in ("colleague", "editor") and address.removeprefix("/help/") not in MARKED:
                continue
            if db.engine.dialect.name != "sqlite" and (number + place) % 3:
                continue
            # Each address for each reader, in one language after the other.
            language = list(LANGUAGES)[(number + place) % len(LANGUAGES)]
            status, words = fetch(reader, address, language)
            count += 1
            assert status < 500, address
            if bad := leaks(words, address, reader):
                found.append(f"{reader} {language} {address}: {bad}")
            slug = address.rpartition("/")[2]
            if slug in MARKED and status == 200 and f"{slug} words" in words:
                seen.add((slug, reader))
    assert not found, "\n".join(found[:20])
    if db.engine.dialect.name == "sqlite":  # the other database is asked for each third page
        assert count > 500
        assert seen == {(word, reader) for word, (_front, readers) in MARKED.items() for reader in readers}


@pytest.mark.parametrize(
    "way", ["/help/{}", "/help/section/s-{}", "/help/section/s-{0}/in-{0}", "/help/old-{}"]
)
@pytest.mark.parametrize("reader", ["visitor", "stranger"])
def test_what_is_hidden_answers_as_what_does_not_exist(
    shelf: Path, fetch: Fetch, way: str, reader: str
) -> None:
    def answer(word: str) -> tuple[int, str]:
        status, words = fetch(reader, way.format(word), "en")
        words = re.sub(
            r"x-request-id: \w+|content-length: \d+|since=\d+|[\w-]{20,}\.[\w-]+\.[\w-]+", "", words
        )
        return status, words.replace(word, "WORD")

    answer("nothing")  # the first page of a browser brings a cookie
    nothing = answer("nothing")
    hidden = [word for word, (_front, readers) in MARKED.items() if reader not in readers]
    assert nothing[0] == 404
    for word in hidden:
        assert answer(word) == nothing, word


def test_who_may_read_is_counted_and_led_there(shelf: Path, fetch: Fetch) -> None:
    for reader, shown in (("visitor", 1), ("customer", 3), ("stranger", 3)):
        _status, words = fetch(reader, "/help", "en")
        assert len(set(re.findall(r"/help/section/(s-canary\w+)", words))) == shown, reader
    assert "/help/canaryfamily" in fetch("colleague", "/help/section/s-canaryfamily/in-canaryfamily", "ru")[1]
    assert "/help/section/s-canaryfamily/in-canaryfamily" in fetch("customer", "/help/canaryfamily", "es")[1]
    assert "/help/canaryinside" in fetch("stranger", "/help/search?q=canaryinside", "en")[1]
    assert "/help/canaryother" in fetch("stranger", "/tickets/new?subject=canaryother words", "en")[1]


def test_search_is_told_the_same_as_the_pages(app: Flask, shelf: Path, people: Cast) -> None:
    readers = {name: audience(getattr(people, name, None)) for name in READERS}
    for word, (_front, allowed) in MARKED.items():
        article = db.session.query(Article).filter_by(slug=word).one()
        opened = {name for name, words in readers.items() if words & set(readers_of(article))}
        assert opened == allowed, word


@pytest.mark.parametrize(
    "more", ["status: archived\n", "audience: staff\n", "publish until: 2026-01-01\n", None]
)
def test_what_is_taken_back_is_gone_everywhere_at_once(
    shelf: Path, fetch: Fetch, write: Write, more: str | None
) -> None:
    places = ("/help/canaryopen", "/help", "/help/section/s-canaryopen/in-canaryopen", "/help/search?q=canaryopen",
              "/help/suggest?q=canaryopen", "/tickets/new?subject=canaryopen")  # fmt: skip
    machines = ("/help/feed.atom?lang=en", "/help/feed/s-canaryopen/in-canaryopen.atom?lang=en", "/sitemap/pages.xml",
                "/sitemap.xml", "/sitemap/section/s-canaryopen/in-canaryopen.xml")  # fmt: skip
    write(
        "en/s-canaryopen/in-canaryopen/canaryopen.md",
        "About canaryopen",
        "canaryopen words",
        "updated: 2026-01-02\n",
    )
    take(shelf)
    for place in machines:
        assert "canaryopen" in fetch("visitor", place, "en")[1], place
    for place in places[2:]:
        assert "/help/canaryopen" in fetch("visitor", place, "en")[1], place
    name = "en/s-canaryopen/in-canaryopen/canaryopen.md"
    if more is None:
        (shelf / name).unlink()
    else:
        write(name, "About canaryopen", "canaryopen words", more)
    sync(shelf)
    db.session.commit()  # search has not heard of it yet
    for place in places:
        status, words = fetch("visitor", place, "en")
        assert status == (404 if "/canary" in place or "/section" in place else 200)
        links = (
            'href="/help/canaryopen' in words and status == 200
        )  # an error page leads to itself in other languages
        assert not links, place
        assert not re.search("canaryopen words|about (<mark>)?canaryopen", words), place
    for place in machines:
        status, words = fetch("visitor", place, "en")
        assert status == 404 or "canaryopen" not in words.replace("canaryopen.atom", ""), place


def test_an_article_appears_and_disappears_on_time(
    app: Flask, write: Write, folder: Path, fetch: Fetch
) -> None:
    start = clock.now().replace(microsecond=0)
    moments = [(start + timedelta(hours=hours)).isoformat() for hours in (1, 2)]
    write("en/news/sale.md", "Sale", "cheap", f"publish from: {moments[0]}\npublish until: {moments[1]}\n")
    write("en/news/other.md", "Other", "dear")
    take(folder)

    def shown() -> list[bool]:
        ways = ("/help/section/news", "/help/search?q=cheap", "/help")
        return [
            fetch("visitor", "/help/sale", "en")[0] == 200,
            *("/help/sale" in fetch("visitor", w, "en")[1] for w in ways),
        ]

    assert shown() == [False] * 4
    due = db.session.query(Job).filter_by(kind="kb.turn").one()
    assert due.due == start + timedelta(hours=1)
    with clock.at(start + timedelta(minutes=61)):
        assert shown() == [True, True, False, True], "pages know at once"
        assert len(pass_time()) == 1
        db.session.commit()
        index()
        assert shown() == [True] * 4
        assert shown() == [True] * 4
    with clock.at(start + timedelta(minutes=121)):
        assert shown() == [False] * 4, "kept pages and the index are no excuse, also while the worker sleeps"
        pass_time()
        db.session.commit()
        assert shown() == [False] * 4
        assert pass_time() == []
