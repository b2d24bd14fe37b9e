"""Markdown to safe HTML: people's messages, and the articles of the help centre."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import import_module
from typing import Any

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from . import cleaning, prose
from .figures import FindPicture, is_ours, place_pictures, place_videos, sizes_plugin
from .html_signs import html_signs_plugin
from .inserts import BadMarkup, Find, inserts_plugin
from .outline import name_headings, name_tables, plain, slug_of, words_of

# Markup costs some 20 µs a sign, at worst: beyond this a text is shown as typed, so that none takes a second.
MOST_MARKUP = 16_000
MOST_TEXT = 400_000  # characters of an article with all that comes into it
DEEPEST = 40  # blocks in blocks: a list and its entry are two
_SIGNS = "$%&*+-:<=>@[\\]^_`{}~#!|"  # where the parser stops to look for markup
# What opens quotes and entries of lists at the beginning of a line.
_MARKS = re.compile(r"(?m)^(?:[ \t]*(?:>|[-+*](?=\s)|\d{1,9}[.)](?=\s)))+")
_NO_ENTRY = dict.fromkeys(map(ord, "-+*.)"))
_ENTRY = 4  # signs that an entry costs beside its own

# Each short row is filled up to the width of its table: the parser's own limit of 65,536 cells costs two seconds.
vars(import_module("markdown_it.rules_block.table"))["MAX_AUTOCOMPLETED_CELLS"] = 4_000

WORDS = {
    "NOTE": "Note",
    "TIP": "Tip",
    "IMPORTANT": "Important",
    "WARNING": "Careful",
    "CAUTION": "Stop",
    "TABLE": "Table",
    "NOTES": "Footnotes",
    "BACK": "Back to the text",
    "MORE": "More",
    "VIDEO": "Video",
    "PLAYS": "Plays from %(site)s, which learns of your visit once you press",
}


class TooMuchMarkup(BadMarkup):
    """A text holds more markup than is rendered."""


def _nowhere(_name: str) -> None:
    return None


def _as_written(address: str) -> str:
    return address


def _no_picture(_address: str, _line: int) -> None:
    return None


@dataclass(frozen=True)
class Parts:
    """What an article needs besides its text.

    Attributes:
        words: those of WORDS in the article's language.
        variable: the value of a variable, by its name.
        snippet: the markdown of a snippet, by its name.
        picture: a picture, by the address that the author wrote and its line; None shows its words.
        link: the address that stands for one the author wrote, seen from the article's own place.
        videos: hosts whose videos are shown in place: youtube.com, vimeo.com, PeerTube's.
    """

    words: Mapping[str, str]
    variable: Find = _nowhere
    snippet: Find = _nowhere
    picture: FindPicture = _no_picture
    link: Callable[[str], str] = _as_written
    videos: Collection[str] = ()


@dataclass(frozen=True)
class Article:
    """A rendered article.

    Attributes:
        html: safe HTML without a heading of first order, which is the page's title.
        toc: the headings of second order, each {"id": …, "words": …}.
        plain: the words alone, for search.
        heads: the words of all headings, for search.
        players: the hosts of its videos' players, "https://…".
    """

    html: str
    toc: list[dict[str, str]]
    plain: str
    heads: str
    players: list[str]


def render_markdown(text: str, *, vouched: bool = False) -> str:
    """Safe HTML of a message: line breaks as typed, no pictures, no headings, links that vouch for nothing.

    Args:
        vouched: search engines may follow its links, since we know who wrote it.
    """
    text = _readable(text)
    tokens = _message(text)
    return _as_typed(text) if tokens is None else _render_message(tokens, vouched=vouched)


def render_message(text: str, length: int = 160) -> tuple[str, str]:
    """render_markdown() and excerpt() of a text that is read once."""
    text = _readable(text)
    tokens = _message(text)
    if tokens is None:
        return _as_typed(text), excerpt(text, length)
    return _render_message(tokens), _first(plain(tokens), length)


def _message(text: str) -> list[Token] | None:
    """The parts of a message; None if it is to be shown as typed."""
    if _signs(text) > MOST_MARKUP:
        return None
    tokens = _messages().parse(text)
    return None if _is_too_deep(tokens) else tokens


def _render_message(tokens: list[Token], *, vouched: bool = False) -> str:
    md = _messages()
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "p"  # a message has no place in the outline of its page
        if token.nesting == 1 and token.tag in ("p", "ul", "ol", "blockquote"):
            token.attrSet("dir", "auto")
        _soften(token)
        _unpicture_links(token, all_of_them=True)
    cleaner = cleaning.VOUCHED if vouched else cleaning.MESSAGE
    return cleaner.clean(md.renderer.render(tokens, md.options, {}))


def render_article(text: str, parts: Parts | None = None) -> Article:
    """Safe HTML of an article, with its contents list.

    Raises:
        BadMarkup: says the line and what is wrong; TooMuchMarkup among them.
    """
    parts = parts or Parts(WORDS)
    md, text = _articles(), _readable(text)
    env: dict[str, Any] = {"words": parts.words, "variable": parts.variable, "snippet": parts.snippet}
    _weigh(env, text)
    tokens = md.parse(text, env)
    if _is_too_deep(tokens):
        raise TooMuchMarkup(f"more than {DEEPEST} lists or quotes in each other")
    players = place_videos(tokens, parts.videos)
    place_pictures(tokens, parts.picture)
    heads = name_headings(tokens)
    name_tables(tokens, parts.words["TABLE"])
    _lead_links(tokens, {ident for _tag, ident, _said in heads}, parts)
    for place, token in enumerate(tokens):
        if token.type == "ordered_list_open" and token.level == 0:
            token.attrSet("class", "steps")
        if _soften(token) and tokens[place - 2].type == "list_item_open":
            tokens[place - 2].attrSet("class", "task")
        _unpicture_links(token)
    html = cleaning.ARTICLE.clean(md.renderer.render(tokens, md.options, env))
    toc = [{"id": ident, "words": said} for tag, ident, said in heads if tag == "h2"]
    return Article(html, toc, plain(tokens), "\n".join(said for _tag, _ident, said in heads), players)


def escape_markdown(line: str) -> str:
    """One line of somebody's, such as a name, so that render_markdown() shows it as typed wherever it stands.

    Only what could be markup is marked, since a mail shows the text as it is: a dot in a name stays a dot.
    """
    line = re.sub(r"([\\`*_\[\]<>&~|@:])", r"\\\1", line).replace("//", "/\\/")
    return re.sub(r"^(\d*)([#+=.)-])", r"\1\\\2", line)


def excerpt(text: str, length: int = 160) -> str:
    """The first words of a markdown text on one line, without markup, at most `length` characters."""
    start = _readable(text[: length * 4 + 400])
    return _first(start if _signs(start) > MOST_MARKUP else plain(_messages().parse(start)), length)


def _first(words: str, length: int) -> str:
    words = " ".join(words.split())
    if len(words) <= length:
        return words
    cut = words[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut).rstrip(" .,;:") + "…"


def _readable(text: str) -> str:
    """Without lone surrogates, which are no text and cannot be stored, and with one kind of line end, which is counted."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def _signs(text: str) -> int:
    # The search for links looks at the rest of the text at each candidate.
    links = 20 * text.count("://") + 5 * text.count("@")
    marks = [found[0] for found in _MARKS.finditer(text)]
    entries = sum(len(mark) - len(mark.translate(_NO_ENTRY)) for mark in marks)
    # Each line may go on with the quotes above it: all of those look at it.
    lines = text.count("\n") * max(1, max((mark.count(">") for mark in marks), default=0) // 2)
    return links + lines + _ENTRY * entries + sum(text.count(sign) for sign in _SIGNS)


def _weigh(env: Any, text: str) -> None:
    """Count what comes into an article: its text, each snippet and each value, as often as it comes."""
    env["signs"] = env.get("signs", 0) + _signs(text)
    env["length"] = env.get("length", 0) + len(text)
    if env["signs"] > MOST_MARKUP:
        raise TooMuchMarkup(f"more than {MOST_MARKUP} signs of markup")
    if env["length"] > MOST_TEXT:
        raise TooMuchMarkup(f"more than {MOST_TEXT} characters with its snippets and variables")


def _is_too_deep(tokens: Sequence[Token]) -> bool:
    """Whether the parser left something out: it looks no deeper than it may."""
    return any(token.nesting == 1 and token.level >= DEEPEST - 1 for token in tokens)


def _as_typed(text: str) -> str:
    blocks = re.split(r"\n{2,}", text.replace("\0", "\ufffd"))
    return "".join(
        '<p dir="auto">' + escape(block).replace("\n", "<br>") + "</p>" for block in blocks if block.strip()
    )


class _Links(LinkifyIt):
    """What is an address without a link's marks; the library's own first look takes a tenth of an article's time."""

    def pretest(self, text: str) -> bool:
        return any(sign in text for sign in (":", "@", "//")) and bool(super().pretest(text))


class _Messages(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 -- the library's name for it
        return cleaning.may_link(url)


class _Articles(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 -- the library's name for it
        return cleaning.may_link(url, relative=True)


def _build(kind: type[MarkdownIt], rules: Mapping[str, Any], **more: Any) -> MarkdownIt:
    # One tilde stays a tilde: customers write "~5 minutes".
    options = {"html": False, "strikethrough_single_tilde": False, "tasklists": False, "maxNesting": DEEPEST}
    md = kind("gfm-like2", options | more)
    md.linkify = _Links().set({"fuzzy_link": False})  # "manual.md" is a file here, not a site in Moldova
    for name, rule in (prose.BOTH | dict(rules)).items():
        md.add_render_rule(name, rule)
    return md


@cache
def _messages() -> MarkdownIt:
    return _build(_Messages, prose.MESSAGE, breaks=True, alerts=False)


@cache
def _articles() -> MarkdownIt:
    md = _build(_Articles, {}, breaks=False).use(footnote_plugin, inline=False)
    md.use(prose.details_plugin).use(inserts_plugin, weigh=_weigh).use(sizes_plugin)
    md.use(html_signs_plugin)
    for name, rule in prose.ARTICLE.items():
        md.add_render_rule(name, rule)
    return md


def _soften(token: Token) -> bool:
    """Boxes to tick as signs, columns to the right as a class: neither inputs nor styles come from a text.

    Returns:
        Whether the line begins with a box to tick.
    """
    style = token.attrs.pop("style", "")
    if token.type in ("td_open", "th_open"):
        if style == "text-align:right":
            token.attrSet("class", "num")
        if token.tag == "th":
            token.attrSet("scope", "col")
    if token.type != "inline" or not token.children:
        return False
    first = token.children[0]
    typed = first.content
    first.content = re.sub(r"^\[([ xX])\]\s", lambda m: "☐ " if m[1] == " " else "☑ ", typed)
    return first.content != typed


def _unpicture_links(token: Token, all_of_them: bool = False) -> None:
    """A picture inside a link that would be a link itself gives its words alone, since a link holds no second one."""
    inside = 0
    for child in token.children or ():
        inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if inside and child.type == "image" and (all_of_them or not is_ours(child)):
            child.type, child.content = "text", words_of(child) or str(child.attrGet("src"))


def _lead_links(tokens: Sequence[Token], idents: Collection[str], parts: Parts) -> None:
    """Lead links to headings as GitHub names them, and to other articles' files, where they belong here."""
    links = (c for token in tokens for c in token.children or () if c.type == "link_open")
    for link in links:
        address = str(link.attrGet("href") or "")
        path, sign, part = address.partition("#")
        if not path:
            link.attrSet("href", sign + _ident(part, idents))
        elif cleaning.may_link(path, relative=True) and ":" not in path and not path.startswith("/"):
            found = parts.link(path)
            link.attrSet("href", found + sign + (part if found == path else slug_of(part) if part else ""))


def _ident(part: str, idents: Collection[str]) -> str:
    """The id of a heading that GitHub calls `part`; there a second one of the same words ends with -1."""
    slug = slug_of(part)
    again = re.fullmatch(r"(.+)-(\d{1,4})", slug)
    known = (part, slug, f"{again[1]}--{int(again[2]) + 1}" if again else slug)
    return next((ident for ident in known if ident in idents), part)
