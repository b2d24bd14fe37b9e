"""What may stand in rendered texts at all: the tags, attributes and addresses, whatever a text or a rule wrote."""

import re
from typing import Any
from urllib.parse import urlsplit

import nh3
from pygments.token import STANDARD_TYPES

CALLOUTS = {"NOTE": "info", "TIP": "good", "IMPORTANT": "info", "WARNING": "wait", "CAUTION": "bad"}
SCHEMES = {"http", "https", "mailto", "tel"}
_TAGS = {"a", "blockquote", "br", "code", "del", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}  # fmt: skip
_TABLE_VALUES = {"th": {"scope": {"col"}}}
_MESSAGE: dict[str, Any] = {
    "tags": _TAGS,
    "attributes": {"a": {"href", "title"}, "ol": {"start"}},
    "tag_attribute_values": _TABLE_VALUES
    | {"pre": {"tabindex": {"0"}}, "div": {"tabindex": {"0"}}}
    | {tag: {"dir": {"auto"}} for tag in ("p", "ul", "ol", "blockquote")},
    "allowed_classes": {"div": {"scroll-x"}, "table": {"table"}, "td": {"num"}, "th": {"num"}},
    "url_schemes": SCHEMES,
}
MESSAGE = nh3.Cleaner(**_MESSAGE, link_rel="nofollow noopener noreferrer ugc")
VOUCHED = nh3.Cleaner(**_MESSAGE, link_rel="noopener noreferrer")
ARTICLE = nh3.Cleaner(
    tags=_TAGS
    | {"details", "figcaption", "figure", "img", "kbd", "section", "span", "sub", "summary", "sup"},
    attributes={
        "a": {"href", "title", "id", "aria-label"},
        "div": {"aria-label"},
        "figure": {"data-player", "data-title"},
        "img": {"src", "alt", "title", "width", "height", "srcset", "sizes"},
        "li": {"id"},
        "ol": {"start"},
        "section": {"aria-label"},
    }
    | {tag: {"id"} for tag in ("h2", "h3", "h4", "h5", "h6")},
    tag_attribute_values=_TABLE_VALUES
    | {
        "div": {"tabindex": {"0"}, "role": {"region", "note"}},
        "img": {"loading": {"lazy"}, "decoding": {"async"}},
        "pre": {"tabindex": {"0"}},
        "span": {"aria-hidden": {"true"}},
    },
    allowed_classes={
        "div": {"scroll-x", "callout", "inside", *CALLOUTS.values()},
        "figure": {"code", "picture", "video"},
        "hr": {"footnotes-sep"},
        "li": {"task"},
        "ol": {"steps"},
        "section": {"footnotes"},
        "span": {"sign", "play", "video-title", "video-note", *filter(None, STANDARD_TYPES.values())},
        "sup": {"footnote-ref"},
        "table": {"table"},
        "td": {"num"},
        "th": {"num"},
    },
    url_schemes=SCHEMES,
    link_rel=None,
)


def may_link(address: str, relative: bool = False) -> bool:
    r"""Only the web, mail, telephone and this site; //host and /\host are other sites to browsers.

    Args:
        address: as it would be written.
        relative: an address seen from the text's own place, "guest-network" or "../a.md", will do as well.
    """
    if re.match(r"/(?![/\\]|%5c)|#", address, re.IGNORECASE):
        return True
    # RFC 3986, 3.1: what a scheme is made of; all else before a colon is a path.
    if relative and re.match(r"(?!%5c|[/\\]|[a-z][a-z0-9+.-]*:)", address, re.IGNORECASE):
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("mailto", "tel") or (parts.scheme in ("http", "https") and bool(parts.netloc))
