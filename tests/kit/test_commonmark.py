"""Articles render as CommonMark says, but for the differences that are named here."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from markdown_it import MarkdownIt

from portal.kit.figures import Picture
from portal.kit.markdown import WORDS, Parts, render_article

# Examples of version 0.31.2, as spec.txt has them.
EXAMPLES = json.loads((Path(__file__).parent / "commonmark" / "spec.json").read_text(encoding="utf-8"))
PARTS = Parts(WORDS, picture=lambda address, _line: Picture(address, 2, 1))


def _has_raw_html(text: str) -> bool:
    tokens = MarkdownIt("commonmark").parse(text)
    return any(t.type.startswith("html") for token in tokens for t in (token, *(token.children or ())))


SHOWN = [e for e in EXAMPLES if not _has_raw_html(e["markdown"])]


def _tree(node: Any) -> list[Any]:
    """Tags with their attributes, and the text between them; space between blocks means nothing."""
    found: list[Any] = []
    for child in node.children:
        if isinstance(child, Tag):
            found.append([child.name, dict(sorted(child.attrs.items())), _tree(child)])
        elif isinstance(child, NavigableString):
            if found and isinstance(found[-1], str):
                found[-1] += str(child)
            else:
                found.append(str(child))
    blocks = {"p", "ul", "ol", "li", "blockquote", "pre", "hr", "h2", "h3", "h4", "h5", "h6"}
    if node.name not in ("pre", "code"):
        for place, one in enumerate(found):
            if isinstance(one, str):
                before = place == 0 or found[place - 1][0] in blocks
                after = place == len(found) - 1 or found[place + 1][0] in blocks
                text = re.sub(r"^\s+", "", one) if before else one
                found[place] = re.sub(r"\s+$", "", text) if after else text
    return [one for one in found if one != ""]


def _soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


# On purpose: each of these changes what the specification says into what an article shows, and nothing else.


def _headings_begin_with_the_second_order(theirs: BeautifulSoup, _ours: BeautifulSoup) -> None:
    """The first order is the page's own title."""
    for tag in theirs("h1"):
        tag.name = "h2"


def _headings_have_ids(_theirs: BeautifulSoup, ours: BeautifulSoup) -> None:
    """The contents list leads to them."""
    for tag in ours(re.compile("^h[2-6]$")):
        assert str(tag.attrs.pop("id")).startswith("s-")


def _code_stands_in_a_figure_that_scrolls_and_has_colours(theirs: BeautifulSoup, ours: BeautifulSoup) -> None:
    """The keyboard reaches it; its language is told by colours and its caption instead of a class."""
    for figure in ours.select("figure.code"):
        for tag in figure.select("figcaption, figure > pre > code span"):
            if tag.name == "figcaption":
                tag.decompose()
            else:
                tag.unwrap()
        assert figure.pre
        assert figure.pre.attrs.pop("tabindex") == "0"
        figure.unwrap()
    for code in theirs.select("pre > code"):
        code.attrs.pop("class", None)


def _lists_by_number_are_steps(_theirs: BeautifulSoup, ours: BeautifulSoup) -> None:
    """They are drawn as such."""
    for tag in ours.select("ol.steps"):
        del tag["class"]


def _pictures_have_sizes_and_come_late(_theirs: BeautifulSoup, ours: BeautifulSoup) -> None:
    """Nothing jumps, and what is far below is not loaded."""
    for tag in ours("img"):
        for name in ("width", "height", "loading", "decoding"):
            tag.attrs.pop(name, None)


def _a_lone_picture_with_a_title_is_a_figure(_theirs: BeautifulSoup, ours: BeautifulSoup) -> None:
    """Its title is read as a caption by everybody, not on hover alone."""
    for figure in ours.select("figure.picture"):
        assert figure.img
        assert figure.figcaption
        figure.img["title"] = figure.figcaption.text
        figure.figcaption.decompose()
        figure.name, figure.attrs = "p", {}


def _a_picture_from_elsewhere_is_a_link(theirs: BeautifulSoup, _ours: BeautifulSoup) -> None:
    """It would tell its host who reads."""
    for tag in theirs.select('img[src^="http"]'):
        tag.replace_with(_soup(f'<a href="{tag["src"]}">{tag["alt"]}</a>'))


def _a_bare_address_is_a_link(theirs: BeautifulSoup, ours: BeautifulSoup) -> None:
    """GitHub's autolinks (GFM 0.29, 6.9)."""
    known = {(str(a.get("href")), a.text) for a in theirs("a")}
    for tag in ours("a"):
        if (str(tag["href"]), tag.text) not in known and str(tag["href"]).removeprefix("mailto:") == tag.text:
            tag.unwrap()


def _an_address_of_another_kind_is_no_link(theirs: BeautifulSoup, _ours: BeautifulSoup) -> None:
    """Only the web, mail and telephone: who knows what a device does with irc: or made-up-scheme:."""
    for tag in theirs("a"):
        if re.match(r"(?!https?:|mailto:|tel:)[a-z][a-z0-9+.-]*:", str(tag["href"]), re.IGNORECASE):
            tag.replace_with(f"<{tag.text}>")


DIFFERENCES = (
    _headings_begin_with_the_second_order,
    _headings_have_ids,
    _code_stands_in_a_figure_that_scrolls_and_has_colours,
    _lists_by_number_are_steps,
    _a_lone_picture_with_a_title_is_a_figure,
    _pictures_have_sizes_and_come_late,
    _a_picture_from_elsewhere_is_a_link,
    _a_bare_address_is_a_link,
    _an_address_of_another_kind_is_no_link,
)


@pytest.mark.parametrize("example", SHOWN, ids=lambda e: f"{e['example']}-{e['section']}".replace(" ", "-"))
def test_an_example_of_the_specification_renders_as_it_says(example: dict[str, Any]) -> None:
    ours, theirs = _soup(render_article(example["markdown"], PARTS).html), _soup(example["html"])
    for difference in DIFFERENCES:
        difference(theirs, ours)
    assert _tree(_soup(str(ours))) == _tree(_soup(str(theirs)))


def test_nearly_all_examples_are_compared() -> None:
    assert (len(EXAMPLES), len(SHOWN)) == (652, 580)
