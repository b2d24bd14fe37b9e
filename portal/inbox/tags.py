"""HTML as anybody may send it, as the few tags that we read: each ended, none crossing another, not too many inside each other.

Cleaner and writer work on what comes from here. What they cost grows with how deep tags stand in each other, and a
parser that mends crossed tags writes them again in each paragraph; so nothing is left to mend.
"""

import re
from collections.abc import Iterator

MOST_OPEN = 100  # tags inside each other; of those that are deeper the words are kept
PARTS_OF_TABLES = {"tr", "td", "th", "tbody", "thead"}
# Of these nothing is shown, or what stands in them is no words.
UNSEEN = {"script", "style", "title", "noscript", "template", "textarea", "select", "xmp", "iframe", "object", "svg", "math"}  # fmt: skip
ALONE = {"br", "hr", "img"}
ATTRIBUTES = {"a": {"href"}, "img": {"alt"}, "ol": {"start"}}
MOST_VALUE = 2_000  # characters of an attribute; browsers take no longer address

# A comment, what is like one, or a tag. It begins once and never looks back: what has no end goes to the end of all.
_TOKEN = re.compile(
    r"""<!--(?:-?>|.*?(?:--!?>|\Z)) | <(?:[!?]|/(?![a-zA-Z]))[^>]*+(?:>|\Z)
    | <(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)
      (?P<given>(?:[^=>]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+)*+)(?P<whole>>|\Z)""",
    re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([^\s=/"'>]++)(?:\s*+=\s*+("[^"]*+"?|'[^']*+'?|\S*+))?""")
_UNSEEN_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in UNSEEN}
_IN_P = {"td", "th", "table"}
# What a tag ends by its start, and what keeps it from looking further; as the HTML standard says, 13.2.6.4.7 and on.
_ENDS = {
    "li": ({"li"}, {"ul", "ol", "blockquote"} | _IN_P),
    "dt": ({"dt", "dd"}, {"dl"} | _IN_P),
    "dd": ({"dt", "dd"}, {"dl"} | _IN_P),
    "a": ({"a"}, _IN_P),
    "td": ({"td", "th"}, {"table"}),
    "th": ({"td", "th"}, {"table"}),
    "tr": ({"tr"}, {"table"}),
    "tbody": ({"tbody", "thead"}, {"table"}),
    "thead": ({"tbody", "thead"}, {"table"}),
}
_ENDING_P = {"p", "table", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "div", "li", "dt", "dd", "dl", "section", "article", "header", "footer", "center", "hr"}  # fmt: skip


def bare_words(html: str) -> str:
    """What stands between the tags."""
    return " ".join(words for words, _ in _tokens(html) if words)


def straightened(html: str, kept: set[str]) -> str:
    """The HTML with the tags in `kept` alone, and of their attributes those that we read."""
    tags = _Tags(kept)
    for words, token in _tokens(html):
        tags.put(words)
        if token is not None:
            tags.meet(token)
    return tags.whole()


def _tokens(html: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Words, each with the tag that follows; without what is never shown."""
    at = 0
    while token := _TOKEN.search(html, at):
        name = (token["name"] or "").lower()
        yield html[at : token.start()], token if name else None
        at = token.end()
        if name in UNSEEN and not token["end"] and not token["given"].endswith("/"):
            end = _UNSEEN_END[name].search(html, at)
            at = end.start() if end else len(html)
    yield html[at:], None


class _Tags:
    """Writes tags down so that each is ended inside the one it stands in."""

    def __init__(self, kept: set[str]) -> None:
        self.kept = kept
        self.made: list[str] = []
        self.open: list[str] = []
        self.dropped: dict[str, int] = {}  # tags that are too deep, whose ends must not end others

    def whole(self) -> str:
        self._end_from(0)
        return "".join(self.made)

    def put(self, words: str) -> None:
        self.made.append(words.replace("<", "&lt;"))

    def meet(self, token: re.Match[str]) -> None:
        name = token["name"].lower()
        if name not in self.kept or not token["whole"]:
            return
        if token["end"]:
            self._end(name)
        elif self._fits(name):
            self._begin(name, _attributes(name, token["given"]))

    def _end(self, name: str) -> None:
        if self.dropped.get(name):
            self.dropped[name] -= 1
            return
        place = self._place({name}, {"table"} if name == "table" or name in PARTS_OF_TABLES else _IN_P)
        if place is None and name in ("br", "p"):  # browsers make an empty one of it
            self.made.append("<br>" if name == "br" else "<p></p>")
        self._end_from(place)

    def _fits(self, name: str) -> bool:
        """Whether it may stand here: parts of tables in tables alone, and in a table nothing but them."""
        if name == "table" and self._in_table():
            self._end("table")
        if name in PARTS_OF_TABLES:
            return "table" in self.open
        return not self._in_table()

    def _in_table(self) -> bool:
        return bool(self.open) and self.open[-1] in ("table", "tr", "tbody", "thead")

    def _begin(self, name: str, attributes: str) -> None:
        if name in _ENDING_P:
            self._end_from(self._place({"p"}, _IN_P))
        if name in ("tr", "tbody", "thead"):
            self._end_from(self._place({"td", "th"}, {"table"}))
        if name in ("tbody", "thead"):
            self._end_from(self._place({"tr"}, {"table"}))
        if name in _ENDS:
            self._end_from(self._place(*_ENDS[name]))
        if name not in ALONE and len(self.open) >= MOST_OPEN:
            self.dropped[name] = self.dropped.get(name, 0) + 1
            return
        self.made.append(f"<{name}{attributes}>")
        if name not in ALONE:
            self.open.append(name)

    def _place(self, names: set[str], until: set[str]) -> int | None:
        """Where the innermost open tag of these names stands."""
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place] in names:
                return place
            if self.open[place] in until:
                return None
        return None

    def _end_from(self, place: int | None) -> None:
        if place is not None:
            self.made += [f"</{name}>" for name in reversed(self.open[place:])]
            del self.open[place:]


def _attributes(name: str, given: str) -> str:
    wanted = dict.fromkeys(ATTRIBUTES.get(name, ()))
    if not wanted:
        return ""
    made = ""
    for key, value in _ATTRIBUTE.findall(given):
        if key.lower() in wanted and len(value) <= MOST_VALUE:
            del wanted[key.lower()]
            words = value.strip(value[0]) if value[:1] in ("'", '"') else value
            made += f' {key.lower()}="{words.replace(chr(34), "&quot;")}"'
    return made
