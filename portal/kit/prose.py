"""How the single parts of a text are written: renderer rules as markdown-it-py wants them."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

from .cleaning import CALLOUTS
from .figures import write_figure, write_link, write_picture, write_video

# Lexers go over a text with expressions that look far ahead: 16,000 empty lines of C take them minutes. Coloured are
# languages that were measured, in pieces that none of them is slow with; all else is shown plain.
MOST_COLOURED = 6_000  # characters of an article
PIECE, PIECES = 2_000, {"csharp": 600}  # characters that a lexer is given at once
_LANGUAGES = frozenset(["apache", "bash", "bat", "c", "cmake", "console", "cpp", "csharp", "css", "diff", "docker", "go", "graphql", "html", "http", "ini", "java", "javascript", "json", "jsx", "kotlin", "lua", "make", "markdown", "nginx", "objective-c", "perl", "php", "powershell", "properties", "python", "pycon", "r", "ruby", "rust", "scala", "scss", "sql", "swift", "toml", "tsx", "typescript", "vb.net", "xml", "yaml"])  # fmt: skip
_ENDLESS = re.compile(r"\s{60}|\S{200}")
_formatter: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
_lexer_of = lru_cache(200)(find_lexer_class_by_name)  # it walks through all six hundred
Tokens = Sequence[Token]


def details_plugin(md: MarkdownIt) -> None:
    """`:::details Title`, closed by `:::`; the title may hold markup."""

    def is_details(params: str, _markup: str) -> bool:
        return params.split(maxsplit=1)[:1] == ["details"]

    def title(state: StateCore) -> None:
        tokens: list[Token] = []
        for token in state.tokens:
            tokens.append(token)
            if token.type == "container_details_open":
                words = token.info.strip()[len("details") :].strip() or state.env["words"]["MORE"]
                inline = Token(
                    "inline", "", 0, content=words, map=token.map, children=[], level=token.level + 2
                )
                inline.meta = {"within": token.meta.get("within", ())}
                tokens += [Token("summary_open", "summary", 1), inline, Token("summary_close", "summary", -1)]
        state.tokens = tokens

    container_plugin(md, "details", validate=is_details, render=_details)
    md.core.ruler.after("block", "details_title", title)


def _details(_r: Any, tokens: Tokens, place: int, _options: Any, _env: Any) -> str:
    return "<details>" if tokens[place].nesting == 1 else "</div></details>\n"


def _summary_close(*_: Any) -> str:
    return '</summary><div class="inside">\n'


def _fence(_r: Any, tokens: Tokens, place: int, _options: Any, _env: Any) -> str:
    return f'<pre tabindex="0"><code>{escape(tokens[place].content)}</code></pre>\n'


def _message_table_open(*_: Any) -> str:
    return '<div class="scroll-x" tabindex="0"><table class="table">\n'


def _table_close(*_: Any) -> str:
    return "</table></div>\n"


def _picture_as_link(_r: Any, tokens: Tokens, place: int, _options: Any, _env: Any) -> str:
    """A picture in a message would tell its host who reads."""
    return write_link(tokens[place])


def _article_picture(_r: Any, tokens: Tokens, place: int, _options: Any, _env: Any) -> str:
    return write_picture(tokens[place])


def _article_table_open(_r: Any, tokens: Tokens, place: int, _options: Any, _env: Any) -> str:
    name = escape(tokens[place].meta["name"])
    return f'<div class="scroll-x" tabindex="0" role="region" aria-label="{name}"><table class="table">\n'


def _coloured(code: str, language: str, env: Any) -> str:
    """Code with colours as far as an article may have them; a long block is coloured piece by piece."""
    try:
        lexer = _lexer_of(language)(stripnl=False, ensurenl=False) if language else None
    except ClassNotFound:
        lexer = None
    if lexer is None or _LANGUAGES.isdisjoint(lexer.aliases):
        return escape(code)
    done = []
    for piece in _pieces(code, PIECES.get(lexer.aliases[0], PIECE)):
        left = MOST_COLOURED - env.get("coloured", 0) - len(piece)
        if left < 0 or _ENDLESS.search(piece):
            done.append(escape(piece))
        else:
            env["coloured"] = MOST_COLOURED - left
            done.append(highlight(piece, lexer, _formatter))
    return "".join(done)


def _pieces(code: str, most: int) -> Iterator[str]:
    """Code in pieces of at most so many characters, cut where a stretch of it ends, or at least a line."""
    while len(code) > most:
        cut = next((at + len(end) for end in ("\n\n", "\n") if (at := code.rfind(end, 0, most)) > 0), most)
        yield code[:cut]
        code = code[cut:]
    yield code


def _article_fence(_r: Any, tokens: Tokens, place: int, _options: Any, env: Any) -> str:
    """Code with colours; what follows the language, "```ini laptop.conf", is its caption."""
    language, _, caption = tokens[place].info.strip().partition(" ")
    head = f"<figcaption>{escape(caption.strip())}</figcaption>" if caption.strip() else ""
    code = _coloured(tokens[place].content, language, env)
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


BOTH = {"fence": _fence, "code_block": _fence, "table_close": _table_close}
MESSAGE = {"table_open": _message_table_open, "image": _picture_as_link}
ARTICLE = {
    "fence": _article_fence,
    "code_block": _article_fence,
    "image": _article_picture,
    "figure": write_figure,
    "video": write_video,
    "summary_close": _summary_close,
    "table_open": _article_table_open,
    "alert_open": _callout_open,
    "alert_close": _callout_close,
    "alert_title_open": _callout_title,
    "alert_title_close": _nothing,
    "footnote_block_open": _footnotes_open,
    "footnote_anchor": _footnote_anchor,
}
