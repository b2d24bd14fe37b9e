"""What an author writes once and uses often: variables, {{ product_name }}, and snippets, {{ snippet "name" }}."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.utils import is_code_block

DEPTH = 5  # snippets in snippets
INSERT = re.compile(r'\{\{\s*(?:snippet\s+"([^"\n]{0,80})"|([\w.-]{1,80}))\s*\}\}')
_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]]+|[\w.+-]+@[\w-]+(\.[\w-]+)+")

Find = Callable[[str], str | None]


class BadMarkup(ValueError):
    """A text cannot be rendered.

    Attributes:
        why: what is wrong, in a phrase.
        line: where, counted from 1.
    """

    def __init__(self, why: str, line: int = 1) -> None:
        super().__init__(why)
        self.why, self.line = why, line


def fill_line(line: str, find: Find) -> str:
    """A line of plain text, such as a title, with the values of its variables.

    Raises:
        BadMarkup: there is no such variable.
    """
    return _filled(line, find, str, [])


def inserts_plugin(md: MarkdownIt, weigh: Callable[[Any, str], None]) -> None:
    """Rules for {{ … }}; whoever parses gives `variable` and `snippet` in the environment, each a Find.

    Args:
        md: the parser that learns them.
        weigh: is told each text that comes in, with the environment, and raises when it is too much.
    """

    def snippet(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
        found = INSERT.fullmatch(
            state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].rstrip()
        )
        if not found or found[1] is None or is_code_block(state, start):
            return False
        if not silent:
            state.tokens += _unfold(state, found[1], start, weigh)
            state.line = start + 1
        return True

    def variables(state: StateCore) -> None:
        for token in state.tokens:
            if token.type == "inline" and "{{" in token.content:
                token.content = _fill_block(token, state.env, weigh)

    md.block.ruler.before(
        "table", "snippet", snippet, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    md.core.ruler.before("inline", "variables", variables)


def _unfold(state: StateBlock, name: str, line: int, weigh: Callable[[Any, str], None]) -> list[Token]:
    """The blocks of a snippet, which stand in the article at `line`."""
    env, within = state.env, state.env.setdefault("within", ())
    where = f"{_place(within)}snippet “{name}”"
    if name in within:
        raise BadMarkup(f"{where} holds itself", line + 1)
    if len(within) >= DEPTH:
        raise BadMarkup(f"{where} lies more than {DEPTH} snippets deep", line + 1)
    try:
        text = env["snippet"](name)
    except BadMarkup as error:
        raise BadMarkup(f"{where}: {error.why}", line + 1) from error
    if text is None:
        raise BadMarkup(f"there is no {where}", line + 1)
    weigh(env, text)
    env["within"] = (*within, name)
    tokens: list[Token] = []
    try:
        state.md.block.parse(text, state.md, env, tokens)
    except BadMarkup as error:
        raise BadMarkup(error.why, line + 1) from error
    env["within"] = within
    for token in tokens:
        token.level += state.level
        token.map = [line, line + 1]
        token.meta = {"within": (*within, name)} | token.meta
    return tokens


def _place(within: tuple[str, ...]) -> str:
    return "".join(f"snippet “{name}”: " for name in within)


def _fill_block(token: Token, env: Any, weigh: Callable[[Any, str], None]) -> str:
    """The text of a paragraph, a heading or a cell with the values of its variables, as text that is no markup."""

    def find(name: str) -> str | None:
        value: str | None = env["variable"](name)
        if value is not None:
            weigh(env, value)
        return value

    within = token.meta.get("within", ())
    first = (token.map or [0])[0]
    try:
        return _filled(token.content, find, as_text, code_spans(token.content))
    except BadMarkup as error:
        # Inside a snippet all lines are the one that called it.
        line = first + 1 + (0 if within else error.line - 1)
        raise BadMarkup(f"{_place(within)}{error.why}", line) from error


def as_text(value: str) -> str:
    """A value so that it is shown as typed; a whole web or mail address stays one that becomes a link."""
    return value if _ADDRESS.fullmatch(value) else re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", value)


def _filled(text: str, find: Find, write: Callable[[str], str], as_typed: list[tuple[int, int]]) -> str:
    parts, done = [], 0
    starts = [start for start, _end in as_typed]
    for found in INSERT.finditer(text):
        span = bisect_left(starts, found.start()) - 1
        if (span >= 0 and found.start() < as_typed[span][1]) or _is_escaped(text, found.start()):
            continue
        line = text.count("\n", 0, found.start()) + 1
        if found[1] is not None:
            raise BadMarkup(f"snippet “{found[1]}”: a snippet stands on a line of its own", line)
        try:
            value = find(found[2])
        except BadMarkup as error:
            raise BadMarkup(error.why, line) from error
        if value is None:
            raise BadMarkup(f"there is no variable “{found[2]}”; \\{{{{ shows the signs themselves", line)
        parts += [text[done : found.start()], write(value)]
        done = found.end()
    return "".join([*parts, text[done:]])


def _is_escaped(text: str, place: int) -> bool:
    before = place
    while before and text[before - 1] == "\\":
        before -= 1
    return (place - before) % 2 == 1


def code_spans(text: str) -> list[tuple[int, int]]:
    """Where code stands in a line of markdown (CommonMark 0.31.2, 6.1): it shows {{ x }} as typed."""
    runs = [found.span() for found in re.finditer("`+", text)]
    closers: dict[int, list[int]] = defaultdict(list)
    for start, end in runs:
        closers[end - start].append(start)
    spans: list[tuple[int, int]] = []
    place = 0
    for start, end in runs:
        opens = start + _is_escaped(text, start)
        if start < place or opens == end:
            continue
        alike = closers.get(end - opens, [])
        closing = bisect_left(alike, end)
        if closing < len(alike):
            place = alike[closing] + end - opens
            spans.append((opens, place))
    return spans
