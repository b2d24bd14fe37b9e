"""The words of a parsed text: its headings with their ids, the names of its tables, what search holds of it."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from markdown_it.token import Token

SHOWN = {"text", "text_special", "code_inline", "softbreak", "hardbreak"}


def words_of(inline: Token) -> str:
    """What a line says, or a picture's words, without its markup."""
    said = (
        words_of(c) if c.type in ("image", "figure") else c.content or " "
        for c in inline.children or ()
        if c.type in SHOWN or c.type in ("image", "figure", "video")
    )
    return "".join(said)


def plain(tokens: Sequence[Token]) -> str:
    """The words of a whole text, a block a line."""
    parts = []
    for token in tokens:
        if token.type == "inline":
            parts.append(words_of(token))
        elif token.type in ("fence", "code_block"):
            parts.append(token.content)
    return "\n".join(part.strip() for part in parts if part.strip())


def slug_of(words: str) -> str:
    """The id of a heading by its words, or by the name that GitHub gives it in a link; "s-" keeps it from our own."""
    words = unquote(words).lower().removeprefix("s-")
    return "s-" + (re.sub(r"[\W_]+", "-", words).strip("-")[:60] or "part")


def name_headings(tokens: Sequence[Token]) -> list[tuple[str, str, str]]:
    """Give headings an id each and return (tag, id, words); the first order is the page's own."""
    found: list[tuple[str, str, str]] = []
    taken: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            words = words_of(tokens[place + 1])
            token.tag = tokens[place + 2].tag = "h2" if token.tag == "h1" else token.tag
            slug = slug_of(words)
            taken[slug] = taken.get(slug, 0) + 1
            ident = slug if taken[slug] == 1 else f"{slug}--{taken[slug]}"
            token.attrSet("id", ident)
            found.append((token.tag, ident, words))
    return found


def name_tables(tokens: Sequence[Token], word: str) -> None:
    """A table that scrolls is a region, called by the heading above it."""
    name, count = word, 0
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            name, count = words_of(tokens[place + 1]) or word, 0
        elif token.type == "table_open":
            count += 1
            token.meta["name"] = name if count == 1 else f"{name} ({count})"
