"""Headers and charsets as senders really write them: encoded words, 8-bit signs, charsets that do not exist."""

import binascii
import re
from email.message import Message
from email.quoprimime import header_decode

# An encoded word (RFC 2047); spaces inside are forbidden, but sent. A run of them is one text, cut anywhere.
_RUN = re.compile(r"=\?[^?\s]{1,60}\?[bqBQ]\?[^?]*\?=(?:\s*=\?[^?\s]{1,60}\?[bqBQ]\?[^?]*\?=)*")
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?]*)?\?([bqBQ])\?([^?]*)\?=")
# What people mean by a charset: the larger one that holds it, as browsers do (WHATWG Encoding).
_MEANT = {"iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8", "gb2312": "gb18030", "gbk": "gb18030"}  # fmt: skip
_NO_CHARSETS = {"idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape", "undefined"}  # fmt: skip


def raw_values(message: Message, name: str) -> list[str]:
    """All values of a header as they came, 8-bit signs as surrogates."""
    return [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]


def charset_text(data: bytes, charset: str | None) -> str:
    """Bytes as text: as they say, else as UTF-8, else with a few signs replaced, else as Windows-1252, which fits all."""
    said = (charset or "utf-8").strip().lower()
    said = _MEANT.get(said, said)
    names = ["utf-8"] if said in _NO_CHARSETS else [said, "utf-8"]
    for name in names:
        try:
            return data.decode(name)
        except (LookupError, ValueError):
            continue
    for name in names:
        try:
            lenient = data.decode(name, "replace")
        except (LookupError, ValueError):
            continue
        if lenient.count("\ufffd") * 20 < len(lenient):
            return lenient
    return data.decode("cp1252", "replace")


def _decoded_run(run: re.Match[str]) -> str:
    pieces: list[tuple[str, bytes]] = []
    for charset, way, text in _WORD.findall(run[0]):
        data = _word_bytes(way, text)
        if (
            pieces and pieces[-1][0] == charset.lower()
        ):  # a sign of several bytes may be cut between two words
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + data)
        else:
            pieces.append((charset.lower(), data))
    return "".join(charset_text(data, charset) for charset, data in pieces)


def _word_bytes(way: str, text: str) -> bytes:
    if way in "qQ":
        return header_decode(text).encode("latin-1", "replace")
    try:
        return binascii.a2b_base64(text + "=" * (-len(text) % 4))
    except ValueError:
        return text.encode("utf-8", "replace")


def decoded(raw: str, *, words: bool = True) -> str:
    """A header's value as people read it, on one line; `words` says whether encoded words are read too."""
    plain = raw if raw.isascii() else charset_text(raw.encode("utf-8", "surrogateescape"), None)
    plain = re.sub(r"[\r\n]+[ \t]*", " ", plain)
    return _RUN.sub(_decoded_run, plain) if words else plain
