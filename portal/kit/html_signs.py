"""The little HTML that an article may hold: comments, which vanish, and a few tags without attributes."""

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.utils import is_code_block

OPEN, CLOSE = "<!--", "-->"
TAGS = ("kbd", "sub", "sup")
_TAG = re.compile(rf"<(?:/?(?:{'|'.join(TAGS)})|br ?/?)>", re.IGNORECASE)


def html_signs_plugin(md: MarkdownIt) -> None:
    """Rules for comments and tags; a comment that nothing closes, and a tag with attributes, are shown as typed."""
    md.block.ruler.before(
        "table", "comment", _block_comment, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    md.inline.ruler.before("autolink", "html_signs", _inline)


def _closes(env: Any, src: str, place: int) -> int:
    """Where the comment that opens at `place` is closed; -1 if nowhere, which is looked for once in each text."""
    if env.get("unclosed") is src:
        return -1
    found = src.find(CLOSE, place + 2)  # "<!-->" is a whole one
    if found < 0:
        env["unclosed"] = src
    return found


def _block_comment(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A comment that begins a line (CommonMark 0.31.2, 4.6, the second kind)."""
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(OPEN, begin) or is_code_block(state, start):
        return False
    closes = _closes(state.env, state.src, begin)
    if closes < 0:
        return False
    last = _line_of(state, start, end, closes)
    rest = state.src[closes + len(CLOSE) : state.eMarks[last]] if last is not None else ""
    if last is None or (rest.strip() and last == start):
        return False  # it reaches out of its list or quote, or stands in a paragraph
    if not silent:
        state.line = last + 1
        if rest.strip():  # the words after a comment of several lines are a line of their own
            state.bMarks[last], state.tShift[last] = closes + len(CLOSE), len(rest) - len(rest.lstrip())
            state.line = last
    return True


def _line_of(state: StateBlock, start: int, end: int, place: int) -> int | None:
    """The line of this block in which a place of the text lies."""
    low, high = start, end
    while low < high:
        middle = (low + high) // 2
        if state.eMarks[middle] < place:
            low = middle + 1
        else:
            high = middle
    return low if low < end else None


def _inline(state: StateInline, silent: bool) -> bool:
    src, place = state.src, state.pos
    if src[place] != "<":
        return False
    if src.startswith(OPEN, place):
        closes = _closes(state.env, src, place)
        if closes < 0:
            return False
        state.pos = closes + len(CLOSE)
        return True
    found = _TAG.match(src, place)
    if not found:
        return False
    if not silent:
        if found[0][1:3].lower() == "br":
            state.push("hardbreak", "br", 0)
        else:
            state.push("html_inline", "", 0).content = found[0].lower()
    state.pos = found.end()
    return True
