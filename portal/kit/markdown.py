"""Markdown to safe HTML: people's messages, and the articles of the help centre."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

# Markup costs some 20 µs a sign, at worst: beyond this a text is shown as typed, so that none takes a second.
MOST_MARKUP = 16_000
MOST_CODE = 50_000  # characters of a code block that are coloured
_SIGNS = "\n$%&*+-:<=>@[\\]^_`{}~#!|"  # where the parser stops to look for markup

# Each short row is filled up to the width of its table: the parser's own limit of 65,536 cells costs two seconds.
vars(import_module("markdown_it.rules_block.table"))["MAX_AUTOCOMPLETED_CELLS"] = 4_000

CALLOUTS = {"NOTE": "info", "TIP": "good", "IMPORTANT": "info", "WARNING": "wait", "CAUTION": "bad"}
WORDS = {
    "NOTE": "Note",
    "TIP": "Tip",
    "IMPORTANT": "Important",
    "WARNING": "Careful",
    "CAUTION": "Stop",
    "TABLE": "Table",
    "NOTES": "Footnotes",
    "BACK": "Back to the text",
}
_formatter: HtmlFormatter[str] = HtmlFormatter(nowrap=True)

_TAGS = {"a", "blockquote", "br", "code", "del", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}  # fmt: skip
_TABLE_VALUES = {"th": {"scope": {"col"}}}
_MESSAGE = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    tag_attribute_values=_TABLE_VALUES
    | {"pre": {"tabindex": {"0"}}, "div": {"tabindex": {"0"}}}
    | {tag: {"dir": {"auto"}} for tag in ("p", "ul", "ol", "blockquote")},
    allowed_classes={"div": {"scroll-x"}, "table": {"table"}, "td": {"num"}, "th": {"num"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="nofollow noopener noreferrer ugc",
)
_ARTICLE = nh3.Cleaner(
    tags=_TAGS | {"figcaption", "figure", "img", "section", "span", "sup"},
    attributes={
        "a": {"href", "title", "id", "aria-label"},
        "div": {"aria-label"},
        "img": {"src", "alt", "title"},
        "li": {"id"},
        "ol": {"start"},
        "section": {"aria-label"},
    }
    | {tag: {"id"} for tag in ("h2", "h3", "h4", "h5", "h6")},
    tag_attribute_values=_TABLE_VALUES
    | {
        "div": {"tabindex": {"0"}, "role": {"region", "note"}},
        "img": {"loading": {"lazy"}},
        "pre": {"tabindex": {"0"}},
        "span": {"aria-hidden": {"true"}},
    },
    allowed_classes={
        "div": {"scroll-x", "callout", *CALLOUTS.values()},
        "figure": {"code"},
        "hr": {"footnotes-sep"},
        "ol": {"steps"},
        "section": {"footnotes"},
        "span": {"sign", *filter(None, STANDARD_TYPES.values())},
        "sup": {"footnote-ref"},
        "table": {"table"},
        "td": {"num"},
        "th": {"num"},
    },
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


class TooMuchMarkup(ValueError):
    """A text holds more markup than is rendered."""


@dataclass(frozen=True)
class Article:
    """A rendered article.

    Attributes:
        html: safe HTML without a heading of first order, which is the page's title.
        toc: the headings of second order, each {"id": …, "words": …}.
        plain: the words alone, for search.
        heads: the words of all headings, for search.
    """

    html: str
    toc: list[dict[str, str]]
    plain: str
    heads: str


def render_markdown(text: str) -> str:
    """Safe HTML of a message: line breaks as typed, no pictures, no headings, links that vouch for nothing."""
    text = _readable(text)
    if _is_too_much(text):
        return _as_typed(text)
    md = _messages()
    tokens = md.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "p"  # a message has no place in the outline of its page
        if token.nesting == 1 and token.tag in ("p", "ul", "ol", "blockquote"):
            token.attrSet("dir", "auto")
        _soften(token)
    return _MESSAGE.clean(md.renderer.render(tokens, md.options, {}))


def render_article(text: str, words: Mapping[str, str] = WORDS) -> Article:
    """Safe HTML of an article, with its contents list; `words` are those of WORDS in the article's language.

    Raises:
        TooMuchMarkup: the text holds more than is rendered.
    """
    text = _readable(text)
    if _is_too_much(text):
        raise TooMuchMarkup(f"more than {MOST_MARKUP} signs of markup")
    md, env = _articles(), {"words": words}
    tokens = md.parse(text, env)
    heads = _name_headings(tokens)
    _name_tables(tokens, words["TABLE"])
    for token in tokens:
        if token.type == "ordered_list_open" and token.level == 0:
            token.attrSet("class", "steps")
        _soften(token)
    html = _ARTICLE.clean(md.renderer.render(tokens, md.options, env))
    toc = [{"id": ident, "words": said} for tag, ident, said in heads if tag == "h2"]
    return Article(html, toc, _plain(tokens), "\n".join(said for _tag, _ident, said in heads))


def escape_markdown(line: str) -> str:
    """One line of somebody's, such as a name, so that render_markdown() shows it as typed wherever it stands.

    Only what could be markup is marked, since a mail shows the text as it is: a dot in a name stays a dot.
    """
    line = re.sub(r"([\\`*_\[\]<>&~|@:])", r"\\\1", line).replace("//", "/\\/")
    return re.sub(r"^(\d*)([#+=.)-])", r"\1\\\2", line)


def excerpt(text: str, length: int = 160) -> str:
    """The first words of a markdown text on one line, without markup, at most `length` characters."""
    start = _readable(text[: length * 4 + 400])
    words = " ".join((start if _is_too_much(start) else _plain(_messages().parse(start))).split())
    if len(words) <= length:
        return words
    cut = words[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut).rstrip(" .,;:") + "…"


def _readable(text: str) -> str:
    """Without lone surrogates, which are no text and cannot be stored."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _is_too_much(text: str) -> bool:
    # The search for links looks at the rest of the text at each candidate.
    links = 20 * text.count("://") + 5 * text.count("@")
    return links + sum(text.count(sign) for sign in _SIGNS) > MOST_MARKUP


def _as_typed(text: str) -> str:
    blocks = re.split(r"\n{2,}", text.replace("\0", "\ufffd"))
    return "".join(
        '<p dir="auto">' + escape(block).replace("\n", "<br>") + "</p>" for block in blocks if block.strip()
    )


def _may_link(address: str) -> bool:
    # Only the web, mail, telephone and this site; //host and /\host are other sites to browsers.
    if re.match(r"/(?![/\\]|%5c)|#", address, re.IGNORECASE):
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("mailto", "tel") or (parts.scheme in ("http", "https") and bool(parts.netloc))


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 -- the library's name for it
        return _may_link(url)


def _build(*, breaks: bool) -> MarkdownIt:
    # One tilde stays a tilde: customers write "~5 minutes".
    options = {"html": False, "breaks": breaks, "strikethrough_single_tilde": False, "tasklists": False}
    md = _Markdown("gfm-like2", options)
    if md.linkify:
        md.linkify.set({"fuzzy_link": False})  # "manual.md" is a file here, not a site in Moldova
    for name, rule in _RULES.items():
        md.add_render_rule(name, rule)
    return md


@cache
def _messages() -> MarkdownIt:
    md = _build(breaks=True)
    md.options["alerts"] = False
    md.add_render_rule("table_open", _message_table_open)
    md.add_render_rule("image", _picture_as_link)
    return md


@cache
def _articles() -> MarkdownIt:
    md = _build(breaks=False).use(footnote_plugin, inline=False)
    for name, rule in _ARTICLE_RULES.items():
        md.add_render_rule(name, rule)
    return md


def _soften(token: Token) -> None:
    """Boxes to tick as signs, columns to the right as a class: neither inputs nor styles come from a text."""
    style = token.attrs.pop("style", "")
    if token.type in ("td_open", "th_open"):
        if style == "text-align:right":
            token.attrSet("class", "num")
        if token.tag == "th":
            token.attrSet("scope", "col")
    if token.type == "inline" and token.children:
        first = token.children[0]
        first.content = re.sub(r"^\[([ xX])\]\s", lambda m: "☐ " if m[1] == " " else "☑ ", first.content)
        _unpicture_links(token.children)


def _unpicture_links(children: Sequence[Token]) -> None:
    """A picture inside a link gives its words alone, since a link holds no second one."""
    inside = 0
    for child in children:
        inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if inside and child.type == "image":
            child.type, child.content = "text", child.content or str(child.attrGet("src"))


def _words_of(inline: Token) -> str:
    shown = {"text", "code_inline", "image", "softbreak", "hardbreak"}
    return "".join(c.content or " " for c in inline.children or () if c.type in shown)


def _plain(tokens: Sequence[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type == "inline":
            parts.append(_words_of(token))
        elif token.type in ("fence", "code_block"):
            parts.append(token.content)
    return "\n".join(part.strip() for part in parts if part.strip())


def _name_headings(tokens: Sequence[Token]) -> list[tuple[str, str, str]]:
    """Give headings an id each and return (tag, id, words); the first order is the page's own."""
    found: list[tuple[str, str, str]] = []
    taken: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            words = _words_of(tokens[place + 1])
            token.tag = tokens[place + 2].tag = "h2" if token.tag == "h1" else token.tag
            slug = "s-" + (re.sub(r"[\W_]+", "-", words.lower()).strip("-")[:60] or "part")
            taken[slug] = taken.get(slug, 0) + 1
            ident = slug if taken[slug] == 1 else f"{slug}--{taken[slug]}"
            token.attrSet("id", ident)
            found.append((token.tag, ident, words))
    return found


def _name_tables(tokens: Sequence[Token], word: str) -> None:
    """A table that scrolls is a region, called by the heading above it."""
    name, count = word, 0
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            name, count = _words_of(tokens[place + 1]) or word, 0
        elif token.type == "table_open":
            count += 1
            token.meta["name"] = name if count == 1 else f"{name} ({count})"


# ---- How single parts are written: renderer rules as markdown-it-py wants them ----
Tokens = Sequence[Token]


def _fence(_r: Any, tokens: Tokens, place: int, _options: Any, _env: Any) -> str:
    return f'<pre tabindex="0"><code>{escape(tokens[place].content)}</code></pre>\n'


def _message_table_open(*_: Any) -> str:
    return '<div class="scroll-x" tabindex="0"><table class="table">\n'


def _table_close(*_: Any) -> str:
    return "</table></div>\n"


def _picture_as_link(_r: Any, tokens: Tokens, place: int, _options: Any, _env: Any) -> str:
    """A picture from elsewhere would tell its host who reads."""
    address = str(tokens[place].attrGet("src"))
    return f'<a href="{escape(address)}">{escape(tokens[place].content or address)}</a>'


def _article_picture(r: Any, tokens: Tokens, place: int, options: Any, env: Any) -> str:
    address, words = str(tokens[place].attrGet("src")), tokens[place].content
    if not address.startswith("/"):
        return _picture_as_link(r, tokens, place, options, env)
    return f'<img src="{escape(address)}" alt="{escape(words)}" loading="lazy">'


def _article_table_open(_r: Any, tokens: Tokens, place: int, _options: Any, _env: Any) -> str:
    name = escape(tokens[place].meta["name"])
    return f'<div class="scroll-x" tabindex="0" role="region" aria-label="{name}"><table class="table">\n'


def _coloured(code: str, language: str) -> str:
    if not language or len(code) > MOST_CODE:
        return escape(code)
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return escape(code)
    return highlight(code, lexer, _formatter)


def _article_fence(_r: Any, tokens: Tokens, place: int, _options: Any, _env: Any) -> str:
    """Code with colours; what follows the language, "```ini laptop.conf", is its caption."""
    language, _, caption = tokens[place].info.strip().partition(" ")
    head = f"<figcaption>{escape(caption.strip())}</figcaption>" if caption.strip() else ""
    code = _coloured(tokens[place].content, language)
    return f'<figure class="code">{head}<pre tabindex="0"><code>{code}</code></pre></figure>\n'


def _callout_open(_r: Any, tokens: Tokens, place: int, _options: Any, _env: Any) -> str:
    tone = CALLOUTS[tokens[place].info.upper()]
    return f'<div class="callout {tone}" role="note"><span class="sign" aria-hidden="true"></span><div>\n'


def _callout_close(*_: Any) -> str:
    return "</div></div>\n"


def _callout_title(_r: Any, tokens: Tokens, place: int, _options: Any, env: Any) -> str:
    """The kind in a word, unless the author's text opens with a bold lead of its own."""
    word = env["words"][tokens[place + 1].content.upper()]
    following = tokens[place + 4].children if len(tokens) > place + 4 else None
    has_lead = following and any(c.type == "strong_open" for c in following[:2])
    tokens[place + 1].children = []  # the word that the parser put there is English
    return "" if has_lead else f"<strong>{escape(word)}</strong>"


def _nothing(*_: Any) -> str:
    return ""


def _footnotes_open(_r: Any, _tokens: Tokens, _place: int, _options: Any, env: Any) -> str:
    name = escape(env["words"]["NOTES"])
    return f'<hr class="footnotes-sep"><section class="footnotes" aria-label="{name}"><ol>\n'


def _footnote_anchor(_r: Any, tokens: Tokens, place: int, _options: Any, env: Any) -> str:
    meta, name = tokens[place].meta, escape(env["words"]["BACK"])
    which = f"{meta['id'] + 1}" + (f":{meta['subId']}" if meta.get("subId", 0) > 0 else "")
    return f' <a href="#fnref{which}" aria-label="{name}">↩\ufe0e</a>'


_RULES = {"fence": _fence, "code_block": _fence, "table_close": _table_close}
_ARTICLE_RULES = {
    "fence": _article_fence,
    "code_block": _article_fence,
    "image": _article_picture,
    "table_open": _article_table_open,
    "alert_open": _callout_open,
    "alert_close": _callout_close,
    "alert_title_open": _callout_title,
    "alert_title_close": _nothing,
    "footnote_block_open": _footnotes_open,
    "footnote_anchor": _footnote_anchor,
}
