"""What articles share: snippets, variables, links to each other, videos."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.kb.actions import Changes, sync
from portal.kb.models import Article
from portal.kb.parts import Shared
from portal.kit.inserts import BadMarkup
from portal.kit.markdown import render_article
from portal.outbox.models import Job

from .conftest import Write

TakeOver = Callable[[], Changes]


@pytest.fixture
def put(folder: Path) -> Callable[[str, str], None]:
    """Write any file of the content folder."""

    def write(name: str, text: str) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    return write


def html_of(slug: str, locale: str = "en") -> str:
    return db.session.scalars(
        select(Article.html).where(Article.slug == slug, Article.locale == locale)
    ).one()


def test_variables_and_snippets_stand_in_texts_in_the_articles_language(
    write: Write, put: Callable[[str, str], None], take_over: TakeOver
) -> None:
    put("_variables.yaml", "router: MR-6 *new*\nhours:\n  en: 9 to 6\n  pt_BR: das 9h às 18h\n")
    put("en/_snippets/reset.md", "Hold **Reset** on the {{ router }}.\n")
    put("pt_BR/_snippets/call.md", "Ligue {{ hours }}.\n")
    write("en/wifi/one.md", "'The {{ router }}'", '1. First\n\n   {{ snippet "reset" }}\n\nOpen {{ hours }}.')
    write(
        "pt_BR/wifi/one.md",
        "Um",
        '{{ snippet "reset" }}\n\n{{ snippet "call" }}\n\n`{{ router }}` \\{{ router }}',
    )
    assert take_over().errors == []
    english, portuguese = html_of("one"), html_of("one", "pt_BR")
    assert "<p>Hold <strong>Reset</strong> on the MR-6 *new*.</p>\n</li>" in english
    assert "Open 9 to 6." in english
    assert "on the MR-6 *new*." in portuguese  # its snippet is not translated
    assert "Ligue das 9h às 18h." in portuguese
    assert "<code>{{ router }}</code> {{ router }}" in portuguese
    assert db.session.scalars(select(Article.title).where(Article.locale == "en")).one() == "The MR-6 *new*"


def test_articles_that_use_what_changed_are_rendered_anew_and_no_others(
    write: Write, put: Callable[[str, str], None], take_over: TakeOver, folder: Path
) -> None:
    put("_variables.yaml", "a: one\nb: two\n")
    put("en/_snippets/outer.md", '{{ snippet "inner" }}')
    put("en/_snippets/inner.md", "It is {{ a }}.")
    write("en/wifi/by-snippet.md", "S", '{{ snippet "outer" }}')
    write("en/wifi/by-name.md", "N", "{{ b }}")
    write("en/wifi/without.md", "W", "Words")
    take_over()
    put("_variables.yaml", "a: three\nb: two\n")
    assert sync(folder).changed == ["en/by-snippet"]
    assert "It is three." in html_of("by-snippet")
    assert (
        len(db.session.scalars(select(Job).where(Job.kind == "search.index")).one().payload["articles"]) == 1
    )
    put("en/_snippets/inner.md", "Now {{ b }}.")
    assert sync(folder).changed == ["en/by-snippet"]
    put("_variables.yaml", "a: three\nb: four\n")
    assert sorted(sync(folder).changed) == ["en/by-name", "en/by-snippet"]


BAD = [
    ("One\n\nTwo\n{{ nope }}", 8, "there is no variable “nope”"),
    ('{{ snippet "nope" }}', 5, "there is no snippet “nope”"),
    ('a\n\n{{ snippet "../secret" }}', 7, "there is no snippet"),
    ('{{ snippet "loop" }}', 5, "holds itself"),
    ('\n{{ snippet "d1" }}', 6, "more than 5 snippets deep"),
    ('{{ snippet "typo" }}', 5, "snippet “typo”: there is no variable “mistyped”"),
    ('{{ snippet "latin" }}', 5, "is not UTF-8, in line 2"),
    ('{{ snippet "link" }}', 5, "reached by a link"),
    ('Words {{ snippet "typo" }}', 5, "on a line of its own"),
    ("![a](x.png){width=0}", 5, "a whole number"),
    ("![a](b%00.png)", 5, "leads out of the content folder"),
    ("![a](../../private/b.png)", 5, "leads out of the content folder"),
    ("> " * 50 + "a", 5, "lists or quotes in each other"),
    ("[" * 20_000, 5, "signs of markup"),
    ("{{ long }}" * 1000, 5, "characters with its snippets"),
]


def test_what_cannot_be_rendered_names_the_line_and_keeps_the_last_good_version(
    write: Write, put: Callable[[str, str], None], take_over: TakeOver, folder: Path
) -> None:
    put("_variables.yaml", f"long: {'word ' * 99}\n")
    put("en/_snippets/loop.md", 'a\n\n{{ snippet "loop2" }}')
    put("en/_snippets/loop2.md", '{{ snippet "loop" }}')
    put("en/_snippets/typo.md", "a\n\n{{ mistyped }}")
    put("secret.md", "secret")
    for deep in range(1, 8):
        put(f"en/_snippets/d{deep}.md", f'{{{{ snippet "d{deep + 1}" }}}}')
    (folder / "en/_snippets/latin.md").write_bytes(b"a\n\xff")
    (folder / "en/_snippets/link.md").symlink_to(folder / "secret.md")
    for number in range(len(BAD)):
        write(f"en/wifi/a{number:02}.md", "A", "Good")
    take_over()
    for number, (text, _line, _why) in enumerate(BAD):
        write(f"en/wifi/a{number:02}.md", "A", text)
    errors = take_over().errors
    assert [error.line for error in errors] == [line for _text, line, _why in BAD]
    assert [error.why for error, (_t, _l, why) in zip(errors, BAD, strict=True) if why not in error.why] == []
    assert "Good" in html_of("a00")


@pytest.mark.parametrize(
    "text",
    [
        "a: [b",
        "- a",
        "a: [1]",
        "a: {en: ''}",
        "a: " + "b" * 600,
        "a: &b [*b]",
        "a: " + "[" * 20_000,
        'a: "\\0"',
    ],
)
def test_variables_that_make_no_sense_are_told_where_one_is_used(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "_variables.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadMarkup, match=r"_variables\.yaml"):
        Shared(folder).variable("a", "en")


def test_braces_that_are_no_names_stay_as_typed() -> None:
    assert (
        "{{ 7*7 }} {{'a'}} {{ color: 'red' }}"
        in BeautifulSoup(render_article("{{ 7*7 }} {{'a'}} {{ color: 'red' }}").html, "html.parser").text
    )


def test_links_lead_to_articles_and_headings_as_github_names_them(write: Write, take_over: TakeOver) -> None:
    text = "## Ports & more\n\n[a](#ports--more) [b](../bills/refund.md#how-long) [c](https://a.example/x.md)\n\n"
    write(
        "en/wifi/links.md", "L", text + "[d](guest-network) [e](/tickets/new) [f](#s-ports-more) [g](#gone)"
    )
    take_over()
    links = [str(a["href"]) for a in BeautifulSoup(html_of("links"), "html.parser")("a")]
    ports = "#s-ports-more"
    assert links[:4] == [ports, "/help/refund#s-how-long", "https://a.example/x.md", "guest-network"]
    assert links[4:] == ["/tickets/new", ports, "#gone"]


def test_details_fold_with_all_that_stands_in_them(write: Write, take_over: TakeOver) -> None:
    write(
        "en/wifi/d.md",
        "D",
        ":::details More **words**\n## In it\n\n- a\n:::\n\n:::details\nb\n:::\n\n:::other\n",
    )
    take_over()
    soup = BeautifulSoup(html_of("d"), "html.parser")
    assert [s.text for s in soup.select("details > summary")] == ["More words", "More"]
    assert soup.select("details > .inside > h2#s-in-it + ul")
    assert ":::other" in soup.text


def test_a_video_is_a_link_that_only_its_page_may_frame(
    client: FlaskClient, write: Write, take_over: TakeOver
) -> None:
    write(
        "en/wifi/film.md",
        "F",
        '[A film](https://youtu.be/dQw4w9WgXcQ "Caption")\n\nhttps://vimeo.com/76979871',
    )
    write("en/wifi/other.md", "O", "Words")
    take_over()
    page, other = client.get("/help/film"), client.get("/help/other")
    figures = BeautifulSoup(page.data, "html.parser").select("article figure.video")
    assert [f.a["href"] for f in figures if f.a] == [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://vimeo.com/76979871",
    ]
    frames = "frame-src 'self' https://www.youtube-nocookie.com https://player.vimeo.com"
    assert page.headers["Content-Security-Policy"].endswith(frames)
    assert other.headers["Content-Security-Policy"].endswith("frame-src 'self'")
    assert (b"/video." in page.data, b"/video." in other.data) == (True, False)
    assert b"<iframe" not in page.data
