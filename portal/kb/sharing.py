"""The picture beside a shared link to an article: its title in large letters, drawn when somebody first asks for it."""

import io
import unicodedata
import zlib
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ..kit.company import the_company
from .access import VISITORS, readers_of
from .models import Article

FONT = Path(__file__).parent / "data" / "DejaVuSans-Bold.ttf"
SIZE, MARGIN, BAND = (1200, 630), 90, 18  # pixels; the band on top has the owner's colour
SIZES = {
    76: 3,
    64: 4,
    54: 4,
}  # of letters, tried one after the other, with the most lines that a title may take
SPACE = 1.25  # from line to line, beside the size of the letters
INK, PAPER, QUIET = "#14202b", "#ffffff", "#5a6772"
SHADES = 32  # of the picture, which keeps it small
KEPT = 200  # pictures in a process, of about 15 kB
# What the font has signs for: a title with others keeps the picture that all pages share.
WRITTEN = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x400, 0x45F),
    (0x490, 0x491),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x2190, 0x2193),
)


def address_of(article: Article) -> str:
    """Where the article's picture is; empty if it has none of its own: for those not public, none is made."""
    if VISITORS.isdisjoint(readers_of(article)) or not _can_be_drawn(article.title):
        return ""
    says = zlib.crc32(repr((article.title, *_looks())).encode())  # another title has another address
    return f"/help/pictures/cards/{article.locale}/{article.slug}.png?v={says:08x}"


def picture_of(title: str) -> bytes | None:
    """The PNG for a title, or None if the font lacks signs of it."""
    return _draw(_plain(title), *_looks()) if _can_be_drawn(title) else None


def _looks() -> tuple[str, str]:
    company = the_company()
    return company.name if _can_be_drawn(company.name) else "", company.accent


def _plain(words: str) -> str:
    return " ".join(unicodedata.normalize("NFC", words).split())


def _can_be_drawn(words: str) -> bool:
    return all(any(first <= ord(sign) <= last for first, last in WRITTEN) for sign in _plain(words))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(KEPT)
def _draw(title: str, name: str, accent: str) -> bytes:
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, SIZE[0], BAND), fill=accent)
    size, lines = _fitted(title)
    top = (SIZE[1] - BAND - len(lines) * size * SPACE) / 2 + BAND - size * 0.4
    for place, line in enumerate(lines):
        pen.text((MARGIN, top + place * size * SPACE), line, INK, _font(size))
    pen.text((MARGIN, SIZE[1] - MARGIN), _cut(name, 34), QUIET, _font(34), anchor="ls")
    out = io.BytesIO()
    image.quantize(SHADES, Image.Quantize.FASTOCTREE).save(out, "PNG")
    return out.getvalue()


def _fitted(title: str) -> tuple[int, list[str]]:
    """The size of letters in which a title fits, and its lines; what is too long for the smallest is cut."""
    *larger, (smallest, most) = SIZES.items()
    for size, few in larger:
        lines = _lines(title, size)
        if len(lines) <= few:
            return size, lines
    lines = _lines(title, smallest)
    rest = [_cut(f"{lines[most - 1]}…", smallest)] if len(lines) > most else lines[most - 1 : most]
    return smallest, [*lines[: most - 1], *rest]


def _lines(title: str, size: int) -> list[str]:
    lines = [""]
    for word in title.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or _fits(longer, size):
            lines[-1] = _cut(longer, size)
        else:
            lines.append(_cut(word, size))
    return lines


def _fits(words: str, size: int) -> bool:
    return _font(size).getlength(words) <= SIZE[0] - 2 * MARGIN


def _cut(words: str, size: int) -> str:
    """The beginning of words that are too wide for a line."""
    if _fits(words, size):
        return words
    while words and not _fits(f"{words}…", size):
        words = words[:-1]
    return f"{words}…"
