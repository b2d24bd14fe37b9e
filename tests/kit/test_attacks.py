"""No text runs as a script, whatever it holds and wherever it stands."""

import re
from contextlib import suppress

import pytest
from bs4 import BeautifulSoup
from pygments.token import STANDARD_TYPES

from portal.kit.figures import Picture
from portal.kit.inserts import BadMarkup
from portal.kit.markdown import WORDS, Parts, excerpt, render_article, render_markdown

from .attacks import ADDRESSES, PLACES, TAGS

MESSAGE = {
    "a": {"href", "title", "rel"}, "p": {"dir"}, "ul": {"dir"}, "ol": {"dir", "start"}, "blockquote": {"dir"},
    "div": {"class", "tabindex"}, "pre": {"tabindex"}, "th": {"scope", "class"}, "td": {"class"}, "table": {"class"},
    **{tag: set() for tag in ("br", "code", "em", "hr", "li", "s", "strong", "thead", "tbody", "tr")},
}  # fmt: skip
ARTICLE = MESSAGE | {
    "a": {"href", "title", "id", "aria-label"}, "ol": {"start", "class"}, "p": set(), "ul": set(), "blockquote": set(),
    "div": {"class", "tabindex", "role", "aria-label"}, "span": {"class", "aria-hidden"}, "figure": {"class", "data-player", "data-title"},
    "li": {"id", "class"}, "sup": {"class"}, "hr": {"class"}, "section": {"class", "aria-label"},
    "img": {"src", "alt", "title", "width", "height", "srcset", "sizes", "loading", "decoding"},
    **{f"h{n}": {"id"} for n in range(2, 7)}, **{tag: set() for tag in ("details", "summary", "figcaption", "kbd", "sub")},
}  # fmt: skip
OURS = {"scroll-x", "callout", "info", "good", "wait", "bad", "inside", "code", "picture", "video", "footnotes-sep", "task", "steps",
        "footnotes", "sign", "play", "video-title", "video-note", "footnote-ref", "table", "num", *STANDARD_TYPES.values()}  # fmt: skip
SAFE = re.compile(
    r"https?://[^/\s]|mailto:|tel:|/(?![/\\])|#|(?![/\\]|%5c|[a-z][a-z0-9+.-]*:)|$", re.IGNORECASE
)
PLAYER = re.compile(
    r"https://(www\.youtube-nocookie\.com/embed/|player\.vimeo\.com/video/|videos\.example\.org/videos/embed/)[\w-]+\?[\w=&]*"
)


def faults(html: str, allowed: dict[str, set[str]]) -> list[str]:
    """All that does not belong into what we render."""
    found = []
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        if tag.name not in allowed or set(tag.attrs) - allowed[tag.name]:
            found.append(str(tag)[:200])
        if set(tag.get_attribute_list("class")) - OURS - {None}:
            found.append(f"class: {tag.attrs['class']}")
        if not re.match(r"(s-|fn(ref)?\d)|$", str(tag.get("id", ""))):
            found.append(f"id: {tag['id']}")
        addresses = (str(tag.get(name, "/")) for name in ("href", "src"))
        found += [f"address: {one}" for one in addresses if not SAFE.match(one)]
        if "data-player" in tag.attrs and not PLAYER.fullmatch(str(tag["data-player"])):
            found.append(f"player: {tag['data-player']}")
    return found


def parts(value: str) -> Parts:
    return Parts(
        WORDS | {"PLAYS": "Plays"},
        variable={"value": value}.get,
        snippet={"value": value}.get,
        picture=lambda address, _line: Picture(f"/help/pictures/x/{len(address)}.png", 80, 40),
        videos=("youtube.com", "vimeo.com", "videos.example.org"),
    )


def article_of(place: str, attack: str) -> str:
    """An article with an attack in one of the PLACES; "" when it is refused."""
    with suppress(BadMarkup):
        return render_article(PLACES[place].format(*[attack] * 3), parts(attack)).html
    return ""


@pytest.mark.parametrize("place", PLACES)
def test_no_attack_gets_through(place: str) -> None:
    attacks = ADDRESSES if "address" in place else TAGS
    wrong = [(a, fault) for a in attacks for fault in faults(article_of(place, a), ARTICLE)]
    assert wrong == []
    assert article_of(place, "harmless")


@pytest.mark.parametrize(
    "place", ["a block of its own", "a table", "the title of a link", "the address of a link"]
)
def test_no_attack_gets_through_in_a_message(place: str) -> None:
    for attack in ADDRESSES if "address" in place else TAGS:
        text = PLACES[place].format(*[attack] * 3)
        assert faults(render_markdown(text), MESSAGE) == [], attack
        assert "\n" not in excerpt(text)


def test_there_are_several_hundred() -> None:
    assert len({*TAGS, *ADDRESSES}) > 300


@pytest.mark.parametrize("tag", ["<b>", "<script>", "<p class=x>", '<a id="main">', "<img hx-get=/x>"])
def test_the_walk_itself_finds_what_does_not_belong(tag: str) -> None:
    assert faults(tag, ARTICLE) + faults('<a href="javascript:x">', MESSAGE)
    assert faults(tag, ARTICLE)


GROWN = {
    "many variables": "{{ value }}" * 20_000,
    "braces never closed": "{{" * 100_000,
    "braces with long gaps": ("{{" + " " * 50_000) * 4,
    "code spans that grow": "".join("e" + "`" * i for i in range(170)) + "{{ value }}",
    "backslashes": "\\" * 15_000 + "{{ value }}",
    "pictures with open braces": "![](a){b" * 2_000,
    "details in details": ":::details x\n" * 5_000,
    "details with more colons each": "".join(":" * (n + 3) + "details\n" for n in range(150)),
    "snippets": '{{ snippet "value" }}\n\n' * 3_000,
    "videos": "https://youtu.be/dQw4w9WgXcQ\n\n" * 600,
}


@pytest.mark.parametrize("name", GROWN)
@pytest.mark.parametrize("value", ["x", "*" * 400, "[" * 400, "\n> " * 30 + "x"])
def test_what_comes_into_a_text_is_counted_and_too_much_is_refused(name: str, value: str) -> None:
    with suppress(BadMarkup):
        html = render_article(GROWN[name], parts(value)).html
        assert len(html) < 2_000_000
