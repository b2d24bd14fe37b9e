"""Where the words of a post lead: its links as a browser would follow them, and those that hide where they go."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urlsplit

from ..kit.alike import plain, skeleton

SHORTENERS = frozenset(
    [
        "adf.ly",
        "bit.do",
        "bit.ly",
        "bl.ink",
        "buff.ly",
        "clck.ru",
        "cutt.ly",
        "encurtador.com.br",
        "goo.gl",
        "goo.su",
        "is.gd",
        "lnkd.in",
        "ow.ly",
        "rb.gy",
        "rebrand.ly",
        "s.id",
        "shorturl.at",
        "surl.li",
        "t.co",
        "t.ly",
        "tiny.cc",
        "tinyurl.com",
        "u.to",
        "urlz.fr",
        "v.gd",
        "vk.cc",
        "x.co",
    ]
)
_TOPS = (
    "com|net|org|info|biz|shop|xyz|top|site|online|store|club|vip|live|pro|casino|bet|icu|cyou|buzz|click|fun|space|"
    "website|tech|win|loan|work|link|cc|tk|ml|ru|su|br|es|de|uk|io|me|co|us|cn|in|pl|fr|it|nl|ua|рф|example|test"
)
_LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.{0,500}?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# An address that is no link, for eyes alone: "shop.example/now". What stands after an @ is a mailbox.
_NAKED = re.compile(
    rf"(?<![\w@./-])((?:[\w-]{{1,63}}\.){{1,4}}(?:{_TOPS}))(?![\w-]|\.[\w])(?:[/?][^\s<]{{0,300}})?"
)
# Dots that are written so that no machine sees them: "shop [dot] example", "shop . com".
_SAID_DOT = re.compile(
    r"\s{0,2}[(\[{]\s?(?:dot|ponto|punto|точка|\.|,)\s?[)\]}]\s{0,2}|(?<=\w)\s(?:dot|точка)\s(?=\w)"
)
_APART = re.compile(rf"(?<=\w)\s\.\s?(?=(?:{_TOPS})(?!\w))")
_SCHEME = re.compile(r"\b[a-z]{2,10}:/{1,2}")
_INNER = re.compile(r"https?:/{1,2}([\w.-]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """One link: the host that it leads to, as it is read, and how it hides that ("" if it does not)."""

    host: str
    trick: str = ""


def links_of(text: str, html: str) -> list[Link]:
    """The links of a post, each address once: those that its HTML has, and those that are only written."""
    shown = {address: _link(unescape(address), said) for address, said in _LINK.findall(html)}
    found = [link for link in shown.values() if link]
    hosts = {link.host for link in found}
    written = (_bare(match[1]) for match in _NAKED.finditer(_put_together(text)))
    return found + [Link(host) for host in dict.fromkeys(written) if host not in hosts]


def _put_together(text: str) -> str:
    return _APART.sub(".", _SAID_DOT.sub(".", _SCHEME.sub(" ", plain(text))))


def _bare(host: str) -> str:
    return unicodedata.normalize("NFKC", host).casefold().removeprefix("www.").strip(".")


def read_host(host: str) -> str:
    """A host as people read it: names in other alphabets come as Punycode (RFC 3492) to the browser."""
    try:
        return _bare(host.encode("ascii").decode("idna")) if "xn--" in host.casefold() else _bare(host)
    except UnicodeError:
        return _bare(host)


def _link(address: str, said: str) -> Link | None:
    """A link of the HTML; none if it leads to no site."""
    try:
        parts = urlsplit(address)
        host = read_host(unquote(parts.hostname or ""))
    except ValueError:
        return Link(address[:100], "odd")
    if parts.scheme not in ("http", "https") or not host:
        return None
    return Link(host, next(_tricks(host, parts.netloc, parts.query, unescape(_TAG.sub("", said))), ""))


def _tricks(host: str, netloc: str, query: str, said: str) -> Iterator[str]:
    if "@" in netloc:
        yield "user"
    named = _NAKED.search(_SCHEME.sub(" ", plain(said)))
    if named and not _is_one_site(_bare(named[1]), host):
        yield "other-host"
    if not host.isascii() and skeleton(host).isascii() and host.rpartition(".")[2].isascii():
        yield "twin-letters"
    if re.fullmatch(r"[\d.]+|\[?[\da-f:]+]?|0x[\da-f]+", host):
        yield "number"
    if any(not _is_one_site(_bare(inner), host) for inner in _INNER.findall(unquote(query))):
        yield "redirect"


def _is_one_site(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def is_under(host: str, site: str) -> bool:
    """Whether a host belongs to a site that a rule names, also when it only looks so."""
    return any(_belongs(read, said) for read, said in ((host, site), (skeleton(host), skeleton(site))))


def _belongs(host: str, site: str) -> bool:
    return host == site or host.endswith(f".{site}")


def is_short(host: str) -> bool:
    """Whether a host hides where its links go, as its business."""
    return host in SHORTENERS
