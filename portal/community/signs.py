"""Signs that a machine, or somebody with something to sell, wrote a post: each is weak, several together are not."""

import re
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from ..kit.alike import mixed, plain, readings, skeleton, unseen
from ..kit.markdown import render_markdown
from .links import Link, is_short, links_of

QUICK = 3  # seconds that nobody takes to write
MARKS = 8  # of a text's words: two texts are alike when half of these are the same
_LINK_SIGNS = ("link", "links", "many-links", "many-links", "link-farm")  # by how many there are
READ = 20_000  # characters that are compared
_PHONE = re.compile(r"(?<![\w#./-])\+?\(?\d(?:[\s().\-–/]{0,3}\d){8,14}(?![\w/-])")
# Numbers of networks and moments, which have as many digits: 192.168.1.20/24, 2026-11-22 10:30:59, a1:b2:…
_NO_PHONE = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}(?::\d\d){1,2}|(?:[\da-f]{2}[:-]){5}[\da-f]{2}")  # fmt: skip
_NUMBERED = re.compile(r"(?:s/?n|serial|serie|série|imei|mac|order|pedido|nº|no|n\.|ticket|id|заказ\w*|номер|серийн\w*)[\s:.#№]{0,3}$")  # fmt: skip
_HANDLE = re.compile(r"\b(?:whats?\s?app|wpp|zap|telegram|telegramm|телеграм\w*|ватсап\w*|вотсап\w*|viber|вайбер|wechat|skype|t\.me|wa\.me)\b|(?<![\w.])@\w{4,30}bot\b")  # fmt: skip
_MAILBOX = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,60}")
_DIGITS = re.compile(r"\D+")
_WORD = re.compile(r"\w+")
# What is sold by such posts, in the languages of the portal, as skeleton() reads it; one of them alone says nothing.
TRADE = (
    "casino bet bets betting gambling jackpot slots poker bonus lottery viagra cialis pharmacy pills weightloss keto "
    "crypto bitcoin forex trading invest investment investments profit profits earnings loan loans payday escort "
    "dating webcam porn replica rolex seo backlink backlinks followers guaranteed earn income millionaire giveaway "
    "winner helpline tollfree hacker astrologer "
    "aposta apostas cassino emprestimo emprestimos lucro lucros ganhe renda investimento investimentos seguidores "
    "emagrecer acompanhantes sorteio bonus loteria "
    "apuesta apuestas prestamo prestamos ganancias ingresos inversion inversiones adelgazar rifa "
    "казино ставки ставка бонус займ займы заработок зарабатывай доход прибыль инвестиции биткоин подписчики интим "
    "диплом дипломы выигрыш розыгрыш похудение крипта"
)
_TRADE = frozenset(skeleton(word) for word in TRADE.split())
WEIGHT = {
    "trap": 6,
    "quick": 3,
    "young": 1,
    "unconfirmed": 1,
    "link": 1,
    "links": 2,
    "many-links": 3,
    "link-farm": 5,
    "always-links": 3,
    "disguised": 4,
    "short-link": 4,
    "phone": 3,
    "handle": 2,
    "mailbox": 1,
    "trade": 2,
    "much-trade": 4,
    "capitals": 1,
    "unseen": 3,
    "mixed": 3,
    "picture": 3,
    "gibberish": 2,
    "alike": 3,
    "much-alike": 5,
    "again": 2,
    "much-again": 5,
    "same-contact": 2,
    "bad-company": 3,
    "waiting": 4,
    "hidden-before": 4,
    "fast": 2,
}


@dataclass(frozen=True)
class Sending:
    """How words came in.

    Attributes:
        seconds: how long the form was open; None when it does not say.
        trapped: whether the field that people do not see is filled.
        files: digests of the files that came along.
    """

    seconds: float | None
    trapped: bool = False
    files: Sequence[str] = ()


@dataclass(frozen=True)
class Writing:
    """What stands in a post, read once: its links, its other ways to be reached, and what to compare it by."""

    text: str
    links: Sequence[Link]
    phones: Sequence[str]
    said: tuple[str, str, list[str]] = field(repr=False)

    @property
    def contacts(self) -> list[int]:
        """Marks of where it leads: hosts and numbers."""
        return [
            _mark(f"to {one}") for one in dict.fromkeys([*(link.host for link in self.links), *self.phones])
        ]

    @property
    def shingles(self) -> list[int]:
        """Marks of what it says: the smallest of its groups of three words, so that small changes leave most of them.

        Source: Broder, On the resemblance and containment of documents (1997).
        """
        return marks_of_words(self.said[0])


def read(text: str, own: Collection[str]) -> Writing:
    """Read the words of a post; links to one of our `own` hosts are none."""
    links = [link for link in links_of(text, render_markdown(text)) if link.trick or link.host not in own]
    return Writing(text, links, list(_phones(plain(text[:READ]))), readings(text))


def _phones(small: str) -> Iterator[str]:
    small = _NO_PHONE.sub("§", small)
    for found in _PHONE.finditer(small):
        digits = _DIGITS.sub("", found[0])
        grouped = found[0].lstrip().startswith(("+", "(")) or len(re.findall(r"\d+", found[0])) > 1
        if grouped and not _NUMBERED.search(small[max(0, found.start() - 16) : found.start()]):
            yield digits[-9:]


def _mark(words: str) -> int:
    return zlib.crc32(words.encode()) << 31 | zlib.adler32(words.encode()) >> 1


def marks_of_words(said: str) -> list[int]:
    """The marks of words that stand one blank apart; of very few words there are none."""
    found = [word for word in said.split() if not word.isdigit()]
    if len(found) < 5:  # noqa: PLR2004 -- "Thank you, that works" is said by many
        return []
    groups = {_mark(" ".join(found[place : place + 3])) for place in range(len(found) - 2)}
    return sorted(groups)[:MARKS]


def file_marks(sending: Sending | None) -> list[int]:
    """Marks of the files that came along."""
    return [_mark(f"file {digest}") for digest in sending.files] if sending else []


def signs_in(writing: Writing) -> Iterator[str]:
    """What the words themselves show."""
    yield from _of_links(writing.links)
    if writing.phones:
        yield "phone"
    small = plain(writing.text[:READ])
    if _HANDLE.search(small):
        yield "handle"
    if _MAILBOX.search(small):
        yield "mailbox"
    yield from _of_words(writing)


def _of_links(links: Sequence[Link]) -> Iterator[str]:
    if links:
        yield _LINK_SIGNS[min(len(links), len(_LINK_SIGNS)) - 1]
    if any(link.trick for link in links):
        yield "disguised"
    if any(is_short(link.host) for link in links):
        yield "short-link"


def _of_words(writing: Writing) -> Iterator[str]:
    found = {*writing.said[0].split(), *writing.said[1].split(), *writing.said[2]} & _TRADE
    if len(found) > 1:
        yield "trade" if len(found) < 4 else "much-trade"  # noqa: PLR2004 -- a choice, as all weights
    letters = [c for c in writing.text[:READ] if c.isalpha() and c.lower() != c.upper()]
    if len(letters) > 20 and sum(c.isupper() for c in letters) > 0.7 * len(letters):  # noqa: PLR2004 -- so many that it is meant
        yield "capitals"
    if unseen(writing.text[:READ]):
        yield "unseen"
    if mixed(writing.text[:READ]) or writing.said[2]:
        yield "mixed"
    if _is_gibberish(writing.said[0].split()):
        yield "gibberish"


def _is_gibberish(said: Sequence[str]) -> bool:
    """Words that are no words: one is said again and again, or they are very long."""
    if len(said) < 8:  # noqa: PLR2004 -- too few to tell
        return False
    return len(set(said)) < len(said) / 4 or sum(map(len, said)) > 20 * len(said)


def signs_of_sending(sending: Sending | None, writing: Writing) -> Iterator[str]:
    """What the form and the files show."""
    if sending is None:
        return
    if sending.trapped:
        yield "trap"
    if sending.seconds is None or sending.seconds < QUICK:
        yield "quick"
    if (sending.files or writing.links) and len(_WORD.findall(_without_links(writing.text))) < 4:  # noqa: PLR2004 -- words beside it
        yield "picture"


def _without_links(text: str) -> str:
    return re.sub(r"\S*(?:://|www\.)\S*", " ", text[:READ])


def weight(signs: Collection[str]) -> int:
    """All signs together."""
    return sum(WEIGHT.get(sign, 0) for sign in set(signs))
