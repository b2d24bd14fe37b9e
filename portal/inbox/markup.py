"""HTML of mails into safe HTML, and into markdown that reads like the words that were written."""

import re
from html import escape, unescape
from html.parser import HTMLParser

import nh3

from .tags import ALONE, ATTRIBUTES, UNSEEN, bare_words, straightened

MOST_HTML = 1_000_000  # characters that are read; nobody writes more, programs do
MOST_TAGS = 30_000  # nobody writes more; of such HTML the bare words are read
MOST_SIGNS = 30_000  # entities, of which each costs 15 µs
DEEPEST = 8  # quotes and lists inside each other that keep their signs; each costs two signs a line
_BLOCKS = {"p", "table", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
_LINES = {"div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "center", "tbody", "thead"}
_STRONG = {"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6", "th"}
_INNER = {"a", "blockquote", "li", "pre", "em", "i"} | _STRONG  # written once their end is reached
_TAGS = _BLOCKS | _LINES | _INNER | ALONE | {"span", "td", "code", "s", "u", "sub", "sup", "dl", "small"}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=UNSEEN,
    attributes=ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="nofollow noopener noreferrer ugc",
)
_SIGNS = re.compile(r"[\\`*]|(?<!\w)_|_(?!\w)|(?<=\])\(")
_AT_START = re.compile(r"^(#{1,6}|>|[+-]|\d{1,9}(?=[.)]\s))(?=[\s.)]|$)")


class TooMuch(ValueError):
    """More than we read: nobody writes it by hand."""


def clean_html(html: str) -> str:
    """What a mail shows, without scripts, styles, forms, pictures from elsewhere and whatever else acts by itself.

    Raises:
        TooMuch: it is longer than we read.
    """
    many = html.count("<") > MOST_TAGS or html.count("&") > MOST_SIGNS
    words = bare_words(html[: MOST_HTML + 1]) if many else straightened(html, _TAGS)
    if len(html if many else words) > MOST_HTML:
        raise TooMuch
    return escape(unescape(words)) if many else _CLEANER.clean(words)


def to_markdown(html: str) -> str:
    """The words of cleaned HTML with links, quotes, lists and stress; all else that markdown could take for markup is escaped."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    text = "\n".join(line.rstrip() for line in writer.whole().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


class _Writer(HTMLParser):
    """Writes down what it is fed. It is fed what the cleaner made, so that every tag has its end and none is odd."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None], list[str]]] = [("", {}, [])]
        self.counts: list[int | None] = []
        self.deep = 0
        self.verbatim = 0  # how many `pre` are open

    def whole(self) -> str:
        while len(self.open) > 1:
            self.handle_endtag(self.open[-1][0])
        return "".join(self.open[0][2])

    def _put(self, words: str) -> None:
        if words:
            self.open[-1][2].append(words)

    def _begins_line(self) -> bool:
        before = self.open[-1][2]
        if before:
            return before[-1].endswith("\n")
        return len(self.open) == 1 or self.open[-1][0] in _BLOCKS | {"li"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._put("\n")
        elif tag == "hr":
            self._put("\n\n---\n\n")
        elif tag == "img":
            self._put(dict(attrs).get("alt") or "")
        elif tag in ("ul", "ol"):
            self.counts.append(0 if tag == "ol" else None)
        elif tag == "td":
            self._put(" ")
        self._separate(tag)
        if tag in _INNER:
            self.deep += tag in ("blockquote", "li")
            self.verbatim += tag == "pre"
            self.open.append((tag, dict(attrs), []))

    def _separate(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._put("\n\n")
        elif tag in _LINES and not self._begins_line():
            self._put("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.counts:
            self.counts.pop()
        if tag in _INNER and self.open[-1][0] == tag:
            _, attrs, words = self.open.pop()
            self.verbatim -= tag == "pre"
            self._put(self._closed(tag, attrs, "".join(words)))
            self.deep -= tag in ("blockquote", "li")
        self._separate(tag)

    def _closed(self, tag: str, attrs: dict[str, str | None], words: str) -> str:
        if self.verbatim and tag != "a":
            return words
        if tag == "pre":
            fence = "```" + "`" * max((len(run) for run in re.findall("`+", words)), default=0)
            return f"{fence}\n{words.strip(chr(10))}\n{fence}"
        if tag in ("blockquote", "li"):
            return self._indented(tag, words.strip())
        inner = words.strip()
        if not inner or "\n" in inner:
            return words
        before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
        if tag == "a":
            inner = _link(inner, attrs.get("href") or "")
        elif not inner.startswith("*"):
            inner = f"**{inner}**" if tag in _STRONG else f"*{inner}*"
        return before + inner + after

    def _indented(self, tag: str, words: str) -> str:
        if self.deep > DEEPEST:
            return words
        lines = re.sub(r"\n{3,}", "\n\n", words).split("\n")
        if tag == "blockquote":
            return "\n".join(f"> {line}".rstrip() for line in lines)
        count = self.counts[-1] if self.counts else None
        if self.counts and count is not None:
            self.counts[-1] = count + 1
        sign = "- " if count is None else f"{count + 1}. "
        return sign + ("\n" + " " * len(sign)).join(lines)

    def handle_data(self, data: str) -> None:
        if self.verbatim:
            self._put(data)
            return
        words = _SIGNS.sub(r"\\\g<0>", re.sub(r"[ \t\r\n\f\xa0]+", " ", data))
        if self._begins_line():
            words = _AT_START.sub(_escape_start, words.lstrip())
        self._put(words)


def _escape_start(found: re.Match[str]) -> str:
    """A sign at the start of a line that would make a list, a heading or a quote of it; of a number its stop."""
    return found[0] + "\\" if found[0].isdigit() else "\\" + found[0]


def _link(words: str, address: str) -> str:
    plain = address.removeprefix("mailto:").rstrip("/")
    if not address or words.replace("\\", "").rstrip("/") in (address.rstrip("/"), plain):
        return plain if address.startswith("mailto:") else address or words
    return f"[{words}](<{address}>)"
