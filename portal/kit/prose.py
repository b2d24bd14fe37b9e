"""How the single parts of a text are written: renderer rules as markdown-it-py wants them."""

from collections.abc import Sequence
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

MOST_CODE = 50_000  # characters of a code block that are coloured
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


def _coloured(code: str, language: str) -> str:
    if not language or len(code) > MOST_CODE:
        return escape(code)
    try:
        lexer = _lexer_of(language)(stripnl=False, ensurenl=False)
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
