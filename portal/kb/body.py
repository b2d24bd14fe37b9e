"""The text of an article below its values, line by line."""

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"\{/\*.*?\*/\}")  # of MDX
_TAG_ALONE = re.compile(r"\s*</?(?:[A-Z][\w.]*(?:\s[^<>]*)?)?/?>\s*")  # <Note> or </Note> or <> of MDX
_MODULE = re.compile(r"(?:import|export)\s.*\bfrom\s+['\"].*|import\s+['\"].*")


def outside_code(body: str) -> Iterator[tuple[int, str, bool]]:
    """The lines of a text by number from 0, and whether each is text and not in a block of code."""
    fence = ""
    for number, line in enumerate(body.split("\n")):
        mark = re.match(r" {0,3}(?:> ?)*(`{3,}|~{3,})", line)
        if mark and not fence:
            fence = mark[1]
            yield number, line, False
        elif fence:
            if mark and mark[1].startswith(fence) and not line.strip("`~> "):
                fence = ""
            yield number, line, False
        else:
            yield number, line, True


def as_markdown(body: str) -> str:
    """The text without what only a page of components can show, line by line."""
    lines = []
    for _number, line, is_text in outside_code(body):
        if is_text and (_TAG_ALONE.fullmatch(line) or _MODULE.fullmatch(line)):
            lines.append("")
        elif is_text:
            lines.append(_COMMENT.sub("", line))
        else:
            lines.append(line)
    return "\n".join(lines)
