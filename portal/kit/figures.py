"""Pictures and videos of an article: with sizes so that nothing jumps, and nothing from elsewhere before a click."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from .inserts import BadMarkup
from .outline import words_of
from .videos import Video, find_video

READ = 672  # pixels that a line of an article is wide at most
WIDEST = 2000
_ATTRIBUTES = re.compile(r"\{([^{}\n]{1,100})\}")
_SIZE = re.compile(r'(?:^|\s)(width|height)="?([^\s"]*)"?')

Tokens = Sequence[Token]


@dataclass(frozen=True)
class Picture:
    """A picture that this site serves.

    Attributes:
        address: where it is served.
        width: in pixels, as height.
        small: address of a smaller version for phones, or "".
        small_width: its width in pixels.
    """

    address: str
    width: int
    height: int
    small: str = ""
    small_width: int = 0


FindPicture = Callable[[str, int], Picture | None]


def sizes_plugin(md: MarkdownIt) -> None:
    """Take in `![words](a.png){width=400}`; all else that stands in the braces is dropped."""

    def sizes(state: StateInline, silent: bool) -> bool:
        if state.pending or not state.tokens or state.tokens[-1].type != "image":
            return False
        found = _ATTRIBUTES.match(state.src, state.pos, state.posMax)
        if not found:
            return False
        if not silent:
            state.tokens[-1].meta["sizes"] = dict(_SIZE.findall(found[1]))
        state.pos = found.end()
        return True

    md.inline.ruler.push("sizes", sizes)


def _lines(tokens: Tokens) -> Iterator[tuple[int, Token, int]]:
    """(place, inline token, number of its first line)."""
    for place, token in enumerate(tokens):
        if token.type == "inline" and token.children:
            yield place, token, (token.map or [0])[0] + 1


def _lone(tokens: Tokens, place: int) -> list[Token]:
    """What a paragraph holds, when it is a paragraph."""
    children = tokens[place].children or []
    return (
        [c for c in children if c.type != "text" or c.content.strip()] if tokens[place - 1].tag == "p" else []
    )


def _stand_alone(tokens: Tokens, place: int, child: Token) -> None:
    """Write `child` in place of the paragraph around it, since no figure stands in one."""
    tokens[place].children = [child]
    tokens[place - 1].hidden = tokens[place + 1].hidden = True


def place_videos(tokens: Tokens, hosts: Collection[str]) -> list[str]:
    """Make a figure of each paragraph that is nothing but a link or a picture with a video's address.

    Returns:
        The hosts of the players, "https://…", each once.
    """
    needed: dict[str, None] = {}
    for place, _inline, _line in _lines(tokens):
        lone = _lone(tokens, place)
        if not lone or lone[0].type not in ("image", "link_open"):
            continue
        whole = lone[0].type == "image" or (lone[-1].type == "link_close" and lone[-1].level == lone[0].level)
        if (
            (lone[0].type == "image" and len(lone) > 1)
            or not whole
            or sum(c.type == "link_open" for c in lone) > 1
        ):
            continue
        address = str(lone[0].attrGet("src") or lone[0].attrGet("href") or "")
        video = find_video(address, hosts)
        if not video:
            continue
        words = words_of(
            Token("inline", "", 0, children=lone[0].children if lone[0].type == "image" else lone[1:-1])
        )
        bare = words.strip().lower() in ("", "video") or find_video(words.strip(), hosts) or "://" in words
        figure = Token("video", "figure", 0, content="" if bare else words.strip())
        figure.meta = {"video": video, "caption": lone[0].attrGet("title") or ""}
        _stand_alone(tokens, place, figure)
        needed[video.host] = None
    return list(needed)


def place_pictures(tokens: Tokens, find: FindPicture) -> None:
    """Look up the pictures of this site, and make a figure of one that stands alone and has a title.

    Raises:
        BadMarkup: a size makes no sense, or `find` says what is wrong with a picture.
    """
    for place, inline, first in _lines(tokens):
        line = first
        for child in inline.children or ():
            line += child.type in ("softbreak", "hardbreak") and not inline.meta.get("within")
            if child.type == "image":
                _look_up(child, find, line)
        lone = _lone(tokens, place)
        if len(lone) == 1 and lone[0].type == "image" and lone[0].attrGet("title") and is_ours(lone[0]):
            lone[0].type = "figure"
            _stand_alone(tokens, place, lone[0])


def _look_up(image: Token, find: FindPicture, line: int) -> None:
    address = str(image.attrGet("src"))
    if is_ours(image) and not address.startswith("/"):
        image.meta["picture"] = find(address, line)
    sizes = image.meta.get("sizes", {})
    for name, value in sizes.items():
        if not re.fullmatch(r"[1-9]\d{0,3}", value) or int(value) > WIDEST:
            raise BadMarkup(
                f"{name} of a picture: a whole number from 1 to {WIDEST} is needed, in pixels", line
            )


def is_ours(image: Token) -> bool:
    """Whether a picture is this site's: one from elsewhere would tell its host who reads."""
    address = str(image.attrGet("src"))
    return (
        not re.match(r"[a-z][a-z0-9+.-]*:|//|$", address, re.IGNORECASE)
        and image.meta.get("picture", True) is not None
    )


def _shown_size(picture: Picture, sizes: dict[str, str]) -> tuple[int, int]:
    if "width" in sizes:
        width = int(sizes["width"])
        return width, int(sizes.get("height", 0)) or max(1, round(picture.height * width / picture.width))
    if "height" in sizes:
        height = int(sizes["height"])
        return max(1, round(picture.width * height / picture.height)), height
    return picture.width, picture.height


def _attributes(image: Token) -> dict[str, str | int]:
    """The attributes of a picture beside its words."""
    picture: Picture | None = image.meta.get("picture")
    if not picture:
        return {"src": str(image.attrGet("src")), **image.meta.get("sizes", {})}
    width, height = _shown_size(picture, image.meta.get("sizes", {}))
    said: dict[str, str | int] = {"src": picture.address, "width": width, "height": height}
    if picture.small:
        shown = min(width, READ)
        said["srcset"] = f"{picture.small} {picture.small_width}w, {picture.address} {picture.width}w"
        said["sizes"] = f"(max-width: {shown + 32}px) 100vw, {shown}px"
    return said


def write_picture(image: Token, titled: bool = True) -> str:
    """An <img>; a picture that is not ours is a link."""
    if not is_ours(image):
        return write_link(image)
    said = _attributes(image) | {"alt": words_of(image)}
    if titled and image.attrGet("title"):
        said["title"] = str(image.attrGet("title"))
    written = "".join(f' {name}="{escape(str(value))}"' for name, value in said.items())
    return f'<img{written} loading="lazy" decoding="async">'


def write_link(image: Token) -> str:
    """A picture as a link; one that is missing as its words alone."""
    address, words = str(image.attrGet("src")), words_of(image)
    if image.meta.get("picture", True) is None:
        return escape(words)
    return f'<a href="{escape(address)}">{escape(words or address)}</a>'


def write_figure(_r: Any, tokens: Tokens, place: int, _options: Any, _env: Any) -> str:
    image = tokens[place]
    caption = escape(str(image.attrGet("title")))
    return f'<figure class="picture">{write_picture(image, titled=False)}<figcaption>{caption}</figcaption></figure>\n'


def write_video(_r: Any, tokens: Tokens, place: int, _options: Any, env: Any) -> str:
    """A link to the video; a small script puts the player in its place when it is pressed."""
    video: Video = tokens[place].meta["video"]
    words, caption = env["words"], tokens[place].meta["caption"]
    title = escape(tokens[place].content or words["VIDEO"])
    note = escape(words["PLAYS"].replace("%(site)s", video.site))
    below = f"<figcaption>{escape(str(caption))}</figcaption>" if caption else ""
    return (
        f'<figure class="video" data-player="{escape(video.player)}" data-title="{title}">'
        f'<a href="{escape(video.page)}"><span class="play" aria-hidden="true"></span><span class="video-title">{title}</span>'
        f'<span class="video-note">{note}</span></a>{below}</figure>\n'
    )
