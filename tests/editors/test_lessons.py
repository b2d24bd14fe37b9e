"""What editors teach search: saved, refused with its line, never lost between two, and in force at once."""

from collections.abc import Callable

import pytest

from portal.editors.queries import MOST_FAULTS
from portal.extensions import db
from portal.kb.models import Article, Fault
from portal.kit import clock
from portal.people.models import Person
from portal.search.actions import set_synonyms
from portal.search.lore import lore_of
from portal.search.queries import pins_of, synonyms_of

from ..client import PortalClient, soup
from ..conftest import Cast
from .test_page import rows, searched

Browser = Callable[[Person], PortalClient]
SYNONYMS, PINS = "/editors/synonyms?of=en", "/editors/pins?of=en"


@pytest.fixture
def editor(people: Cast, browser_of: Browser) -> PortalClient:
    return browser_of(people.editor)


@pytest.fixture
def slug(centre: object) -> str:
    """An article that everybody may read."""
    return "place-the-router"


def shown(browser: PortalClient, path: str) -> str:
    return str(browser.page(path).select_one("input[name=shown]")["value"])  # type: ignore[index]


def typed(page: object, field: str = "text") -> str:
    return page.select_one(f"textarea#{field}").text.lstrip("\r\n")  # type: ignore[attr-defined]


def test_synonyms_are_a_line_for_each_group_and_search_follows_at_once(
    editor: PortalClient, slug: str, client: PortalClient
) -> None:
    asked = "/help/search?q=blorpification"
    assert not client.page(asked).select(f".found a[href^='/help/{slug}']")
    assert typed(editor.page(SYNONYMS)).split("\n") == list(lore_of("en").synonyms)

    saved = editor.send_fresh(SYNONYMS, {"text": "\r\nblorpification ,  concrete\r\n\r\nbill, invoice\r\n"})

    assert (saved.status_code, saved.location) == (303, SYNONYMS)
    assert synonyms_of("en") == ("blorpification, concrete", "bill, invoice")
    assert synonyms_of("es") == lore_of("es").synonyms
    assert client.page(asked).select(f".found a[href^='/help/{slug}']")
    assert "Saved. Search follows at once." in editor.page(SYNONYMS).text


def test_a_pinned_answer_stands_first_and_its_article_may_be_a_whole_address(
    editor: PortalClient, slug: str, client: PortalClient
) -> None:
    lines = f"zorp question, -> odd -> https://help.example.com/help/{slug}?lang=en#top\nquux -> {slug}"
    assert editor.send_fresh(PINS, {"text": lines}).status_code == 303
    assert pins_of("en") == (("zorp question, -> odd", slug), ("quux", slug))
    assert str(client.page("/help/search?q=quux").select(".found a")[0]["href"]).startswith(f"/help/{slug}")

    page = editor.page(PINS)
    assert typed(page) == f"zorp question, -> odd -> {slug}\nquux -> {slug}"
    assert page.select(f"section:has(#pinned) a[href='/help/{slug}']")
    db.session.query(Article).filter_by(slug=slug).update({"status": "draft"})
    db.session.commit()
    assert len(editor.page(PINS).select("section:has(#pinned) .gone")) == 2


REFUSED = [
    (SYNONYMS, "bill, invoice\n\nalone", "Line 3, “alone”: Here a comma and a second word are missing."),
    (SYNONYMS, "a, b\nc, " + "d" * 2000, "…”: This line is too long."),
    (PINS, "quux", "Line 1, “quux”: After the words, an arrow (-&gt;) and"),
    (PINS, "quux ->", "Line 1, “quux -&gt;”: After the words, an arrow (-&gt;) and"),
    (PINS, "\n-> {slug}", "Here the words are missing."),
    (PINS, "quux -> {slug}\nfrob -> nowhere", "Line 2, “frob -&gt; nowhere”: No article that everybody"),
    (PINS, "<b>x</b></textarea> -> <script>", "No article that everybody may read has this address."),
]


def test_what_cannot_be_taken_is_told_at_the_field_with_its_line_and_kept(
    editor: PortalClient, slug: str
) -> None:
    before = synonyms_of("en"), pins_of("en")
    for path, text, words in REFUSED:
        text = text.format(slug=slug)  # noqa: PLW2901 -- the same, with its article
        refused = editor.send(path, {"text": text, "shown": shown(editor, path)})
        assert refused.status_code == 422, text
        assert words in refused.text
        page = soup(refused)
        assert typed(page) == text.strip()
        assert page.select_one("#text[aria-invalid=true][aria-describedby~=text-e]")
    assert (synonyms_of("en"), pins_of("en")) == before


def test_all_lines_that_cannot_be_taken_are_told_at_once(editor: PortalClient, slug: str) -> None:
    said = soup(
        editor.send_fresh(PINS, {"text": f"one\ntwo -> {slug}\nthree -> nowhere\n-> {slug}"})
    ).select_one("#text-e")
    assert said
    assert [line.partition(",")[0].strip() for line in said.text.splitlines()] == [
        "Line 1",
        "Line 3",
        "Line 4",
    ]
    many = editor.send_fresh(SYNONYMS, {"text": "alone\n" * 30})
    assert "And 10 more lines." in many.text


def test_an_article_that_not_everybody_may_read_cannot_be_pinned(editor: PortalClient, slug: str) -> None:
    for values in (
        {"status": "draft"},
        {"status": "archived"},
        {"status": "published", "audience": "signed-in"},
    ):
        db.session.query(Article).filter_by(slug=slug).update(values)  # type: ignore[arg-type]
        db.session.commit()
        refused = editor.send_fresh(PINS, {"text": f"quux -> {slug}"})
        assert refused.status_code == 422, values
        assert "No article that everybody may read has this address." in refused.text


def test_of_two_editors_the_second_gets_both_texts_and_nothing_is_lost(
    editor: PortalClient, people: Cast, browser_of: Browser
) -> None:
    seen = shown(editor, SYNONYMS)
    theirs = "first, <b>one</b></textarea>"
    browser_of(people.manager).send_fresh(SYNONYMS, {"text": theirs})

    late = editor.send(SYNONYMS, {"text": "second, two", "shown": seen})

    assert late.status_code == 409
    assert synonyms_of("en") == (theirs,)
    page = soup(late)
    assert (typed(page), typed(page, "stands")) == ("second, two", theirs)
    differs = [" ".join(row.text.split()) for row in page.select(".differs li")]
    assert differs == ["Yours alone second, two", f"Stands there now {theirs}"]
    again = {"text": f"second, two\n{theirs}", "shown": page.select_one("input[name=shown]")["value"]}  # type: ignore[index]
    assert editor.send(SYNONYMS, again).status_code == 303
    assert synonyms_of("en") == ("second, two", theirs)


def test_a_form_that_arrives_twice_or_without_its_digest_overwrites_nothing(editor: PortalClient) -> None:
    data = {"text": "bill ,invoice", "shown": shown(editor, SYNONYMS)}
    assert [editor.send(SYNONYMS, data).status_code for _ in range(2)] == [303, 303]
    assert editor.send(SYNONYMS, {"text": ""}).status_code == 409
    assert editor.send(SYNONYMS, {"text": "", "shown": "é" * 9}).status_code == 409
    assert synonyms_of("en") == ("bill, invoice",)


def test_an_empty_text_takes_all_away(editor: PortalClient) -> None:
    assert editor.send_fresh(SYNONYMS, {"text": " \r\n "}).status_code == 303
    assert synonyms_of("en") == ()
    assert typed(editor.page(SYNONYMS)) == ""


def test_a_search_in_vain_leads_to_a_line_begun_with_its_words(editor: PortalClient) -> None:
    searched("<i>esim</i>, “card”", results=0, language="es")
    link = editor.page("/editors").select_one("section:has(> h2#nothing) a")
    page = editor.page(str(link["href"]))  # type: ignore[index]
    lines = typed(page).split("\n")
    assert lines[0] == "<i>esim</i> “card”, "
    assert lines[1:] == list(lore_of("es").synonyms)
    assert page.select_one("nav.views [aria-current=page]").text == "Español"  # type: ignore[union-attr]
    assert editor.page("/editors/synonyms?of=es&word=%00%0a").select_one("#text")


def test_the_language_is_one_of_those_there_are(
    editor: PortalClient, people: Cast, browser_of: Browser
) -> None:
    for path in ("/editors/synonyms?of=xx", "/editors/pins?of=", "/editors/others"):
        assert editor.get(path).status_code == 404, path
    assert editor.send("/editors/pins?of=xx", {"text": ""}).status_code == 404
    assert editor.page("/editors/pins").select_one("nav.views [aria-current=page]").text == "English"  # type: ignore[union-attr]


def test_the_page_leads_to_both_and_says_how_many_there_are(editor: PortalClient, people: Cast) -> None:
    set_synonyms("es", ["luz, foco"], people.editor)
    db.session.commit()
    links = editor.page("/editors?of=es").select(".taught li")
    assert [" ".join(row.text.split()) for row in links] == [
        "Words that mean the same 1",
        "Pinned answers 0",
        "Articles that are wished for 0",
    ]
    assert [row.a["href"] for row in links if row.a] == [
        "/editors/synonyms?of=es",
        "/editors/pins?of=es",
        "/editors/wishes",
    ]


def test_files_to_mend_are_listed_those_not_taken_over_first_then_the_newest_and_only_when_there_are_any(
    editor: PortalClient,
) -> None:
    db.session.query(Fault).delete()
    db.session.commit()
    assert not editor.page("/editors").select("#mend")
    now = clock.now()
    db.session.add_all(
        Fault(
            path=f"en/<b>{number}.md",
            line=number,
            why="<i>why</i>",
            kind="file" if number else "link",
            at=now.replace(year=2020, microsecond=number),
        )
        for number in range(MOST_FAULTS + 2)
    )
    db.session.commit()
    page = editor.page("/editors")
    found = rows(page, "mend")
    assert (len(found), found[0][:2]) == (MOST_FAULTS, ["en/<b>51.md:51", "<i>why</i>"])
    said = page.select_one("section:has(> h2#mend) p").text  # type: ignore[union-attr]
    assert said.startswith("52 things to mend.")
    assert said.endswith("50 are listed.")
