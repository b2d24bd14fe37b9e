"""Difficult mails: each is read as well as can be, fast, and none brings us down."""

import base64
import hashlib
import json
import os
import re
import sys
import time
import tracemalloc
from types import FrameType
from typing import Any

import pytest
from click.testing import CliRunner

from portal.cli import cli
from portal.inbox.markup import clean_html, to_markdown
from portal.inbox.reading import Reading, content_digest, read
from portal.inbox.tags import MOST_OPEN, straightened

from .mails import PNG, mail, raw, with_file

FROM = "From: Marta <marta@example.com>"
HTML = "Content-Type: text/html"


def parts(*bodies: bytes, kind: str = "mixed") -> bytes:
    made = b"".join(b"--x\r\n" + body + b"\r\n" for body in bodies)
    return raw(f'{FROM}\nContent-Type: multipart/{kind}; boundary="x"', made + b"--x--\r\n")


# What came, and what of it must be read.
DIFFICULT: list[tuple[str, bytes, dict[str, Any]]] = [
    ("nothing", b"", {"text": "", "sender": ""}),
    ("zero bytes", b"\0" * 500, {"sender": ""}),
    ("no head", b"just words", {"text": "just words"}),
    ("no body", raw(FROM), {"text": "", "sender": "marta@example.com", "sender_name": "Marta"}),
    ("no subject", raw(FROM, b"x"), {"subject": ""}),
    ("line ends of Unix", b"From: a@example.com\nSubject: s\n\nx\ny", {"subject": "s", "text": "x\ny"}),
    ("capitals", raw("FROM: A@EXAMPLE.COM\nsubject: s"), {"sender": "a@example.com", "subject": "s"}),
    (
        "8 bits, UTF-8",
        raw("From: Jos\u00e9 <a@b.example>\nSubject: Ol\u00e1", "\u00e9".encode()),
        {"sender_name": "Jos\u00e9", "subject": "Ol\u00e1", "text": "\u00e9"},
    ),
    (
        "8 bits, Windows",
        raw("From: Jos\u00e9 <a@b.example>\nSubject: Ol\u00e1", b"\xe9", charset="cp1252"),
        {"sender_name": "Jos\u00e9", "subject": "Ol\u00e1", "text": "\u00e9"},
    ),
    (
        "encoded words",
        raw(f"{FROM}\nSubject: =?koi8-r?B?8NLJ18XU?= =?utf-8?q?_a_=C3?=\n =?utf-8?q?=A9?="),
        {"subject": "\u041f\u0440\u0438\u0432\u0435\u0442 a \u00e9"},
    ),
    ("encoded words that lie", raw(f"{FROM}\nSubject: =?nonsense?Q?a=E9?= =?utf-8?B?!!!?= =?x?"), {}),
    (
        "a charset that does not exist",
        raw(f"{FROM}\nContent-Type: text/plain; charset=klingon", "\u00e9t\u00e9".encode()),
        {"text": "\u00e9t\u00e9"},
    ),
    (
        "a charset that lies",
        raw(f"{FROM}\nContent-Type: text/plain; charset=us-ascii", b"\xe9t\xe9 x"),
        {"text": "\u00e9t\u00e9 x"},
    ),
    (
        "one broken sign",
        raw(
            f"{FROM}\nContent-Type: text/plain; charset=utf-8",
            "\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440, \u043a\u0430\u043a \u0434\u0435\u043b\u0430".encode()
            + b"\xff",
        ),
        {
            "text": "\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440, \u043a\u0430\u043a \u0434\u0435\u043b\u0430\ufffd"
        },
    ),
    (
        "Japanese",
        raw(f"{FROM}\nContent-Type: text/plain; charset=iso-2022-jp", "\u3053\u3093".encode("iso-2022-jp")),
        {"text": "\u3053\u3093"},
    ),
    ("broken base64", raw(f"{FROM}\nContent-Transfer-Encoding: base64", b"!!aGVs\r\nbG8"), {"text": "hello"}),
    (
        "an encoding that does not exist",
        raw(f"{FROM}\nContent-Transfer-Encoding: x-none", b"hello"),
        {"text": "hello"},
    ),
    (
        "HTML alone",
        raw(f"{FROM}\n{HTML}", b"<p>Hi <b>you</b><br>all"),
        {"text": "Hi **you**\nall", "html": "<p>Hi <b>you</b><br>all</p>"},
    ),
    (
        "text empty, HTML not",
        parts(
            b"Content-Type: text/plain\r\n\r\n \r\n",
            b"Content-Type: text/html\r\n\r\n<p>x</p>",
            kind="alternative",
        ),
        {"text": "x"},
    ),
    (
        "both",
        parts(
            b"Content-Type: text/plain\r\n\r\nplain",
            b"Content-Type: text/html\r\n\r\n<p>rich</p>",
            kind="alternative",
        ),
        {"text": "plain", "html": "<p>rich</p>"},
    ),
    (
        "text, a file, more text",
        parts(b"\r\none", b"Content-Type: image/png\r\n\r\nx", b"\r\ntwo"),
        {"text": "one\n\ntwo", "files": [("image.png", "image/png", 1)]},
    ),
    ("no boundary", raw(f"{FROM}\nContent-Type: multipart/mixed", b"hello"), {"text": "hello"}),
    (
        "no end",
        raw(f"{FROM}\nContent-Type: multipart/mixed; boundary=x", b"--x\r\n\r\nhello"),
        {"text": "hello"},
    ),
    (
        "a mail inside",
        parts(b"Content-Type: message/rfc822\r\n\r\nFrom: b@example.com\r\nSubject: in/ner\r\n\r\nx"),
        {"text": "", "sender": "marta@example.com", "names": ["in ner.eml"]},
    ),
    (
        "a name in 8 bits",
        parts('Content-Disposition: attachment; filename="d\u00e9j\u00e0.png"\r\n\r\nx'.encode()),
        {"names": ["d\u00e9j\u00e0.png"]},
    ),
    (
        "a name in pieces",
        parts(
            b"Content-Disposition: attachment; filename*0*=UTF-8''%e2%82%ac; filename*1*=%20a.png\r\n\r\nx"
        ),
        {"names": ["\u20ac a.png"]},
    ),
    (
        "a name of no charset",
        parts(b"Content-Disposition: attachment; filename*=klingon''%e2.txt\r\n\r\nx"),
        {},
    ),
    (
        "a name with an encoded word",
        parts(b'Content-Disposition: attachment; filename="=?utf-8?q?=C3=A9.png?="\r\n\r\nx'),
        {"names": ["\u00e9.png"]},
    ),
    (
        "lines broken by a program",
        raw(f"{FROM}\nContent-Type: text/plain; format=flowed", b"one \r\ntwo\r\n> q \r\n-- \r\nme"),
        {"text": "one two\n> q \n-- \nme"},
    ),
    (
        "lines broken by a program, and stuffed",
        raw(
            f"{FROM}\nContent-Type: text/plain; format=flowed; delsp=yes",
            b"a \n b \n  c\n \n>d \ne \n-- \nf ",
        ),
        {"text": "ab c\n\n>d \ne \n-- \nf"},
    ),
    ("two senders", raw("From: a@example.com\nFrom: b@example.com"), {"sender": ""}),
    ("several in one", raw("From: a@example.com, b@example.com"), {"sender": ""}),
    ("no sender", raw("Subject: x"), {"sender": ""}),
    ("a group", raw("From: undisclosed-recipients:;"), {"sender": ""}),
    ("a comment as a sender", raw("From: a@example.org)b@evil.example"), {"sender": ""}),
    (
        "control signs",
        raw("From: \x07Bo\x00b <a@example.com>\nSubject: a\x1b[31mb", b"a\x07b\x00"),
        {"subject": "a [31mb", "text": "ab"},
    ),
    (
        "a line of mbox before it",
        b"From marta@example.com Mon\nFrom: a@example.com\nSubject: s\n\nx",
        {"sender": "a@example.com", "text": "x"},
    ),
]
# Made to be slow, or to break.
HOSTILE: list[tuple[str, bytes]] = [
    ("120 parts in each other", raw(FROM + "".join(f'\nContent-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}' for n in range(120)))),
    ("2,000 headers", raw(FROM + "".join(f"\nX-{n}: 1" for n in range(2000)))),
    ("a header of 300 kB", raw(f"{FROM}\nSubject: {'a' * 300_000}")),
    ("brackets", raw("From: " + "(" * 50_000)),
    ("quotes", raw("From: " + '"' * 50_001)),
    ("senders", raw("From: " + "a@b.example," * 15_000)),
    ("words begun", raw(f"{FROM}\nSubject: " + "=?utf-8?q?a" * 15_000)),
    ("ids begun", raw(f"{FROM}\nReferences: " + "<a" * 90_000)),
    ("pictures, then blocks", raw(f"{FROM}\n{HTML}", b"<img>" * 40_000 + b"<div></div>" * 20_000)),
    ("empty blocks", raw(f"{FROM}\n{HTML}", b"<div> </div>" * 80_000)),
    ("lines in open tags", raw(f"{FROM}\n{HTML}", b"<b>" * 1_900 + b"x<br>" * 16_000)),
    ("fences in fences", raw(f"{FROM}\n{HTML}", b"<pre>" * 250 + b"`" * 200_000)),
    ("cells", raw(f"{FROM}\n{HTML}", b"<table><tr>" + b"<td>x" * 150_000)),
    ("tags that a parser opens again in each paragraph", raw(f"{FROM}\n{HTML}", b"<p>" + b"".join(b"<b x=%d>" % n for n in range(1_000)) + b"<p>x" * 20_000)),
    ("links that it opens again", raw(f"{FROM}\n{HTML}", b"<p><a href=" + b"x" * 90_000 + b">" + b"<p>x" * 20_000)),
    ("ends of other tags", raw(f"{FROM}\n{HTML}", b"<b></i>" * 100_000)),
    ("ends in tables", raw(f"{FROM}\n{HTML}", b"<b><table><td></b></table>" * 15_000 + b"<p>x" * 30_000)),
    ("ends in attributes", raw(f"{FROM}\n{HTML}", b'<b x="</b>">' * 14_000 + b"<p>x" * 15_000)),
    ("ends in comments", raw(f"{FROM}\n{HTML}", b"<b><!--</b>-->" * 9_000 + b"<p>x" * 10_000)),
    ("lists in lists", raw(f"{FROM}\n{HTML}", b"<ul><li>x" * 1_000 + b"<p>x" * 28_000)),
    ("quotes in quotes", raw(f"{FROM}\n{HTML}", b"<blockquote>" * 1_900 + b"x<br>" * 28_000)),
    ("attributes", raw(f"{FROM}\n{HTML}", b"<p " + b" ".join(b"a%d" % n for n in range(130_000)) + b">x")),
    ("lines that flow", raw(f"{FROM}\nContent-Type: text/plain; format=flowed", b"a \n" * 300_000)),
    ("30,000 parts", parts(*[b"Content-Type: text/html\r\n\r\n<b>x"] * 30_000)),
    ("parts of reports", raw(f"{FROM}\nContent-Type: message/delivery-status", b"a: b\r\n\r\n" * 60_000)),
    ("lines in 59 parts", raw(FROM + "".join(f'\nContent-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}' for n in range(59)), b"\n" * 300_000)),
    ("parts in each other, their marks in pieces", raw(FROM + "".join(f'\nContent-Type: multipart/mixed; boundary*0="b{n}"\n\n--b{n}' for n in range(300)), b"\n" * 20_000)),
    ("lines", raw(FROM, b"\n" * 5_000_000)),
    ("text", raw(FROM, b"x" * 1_000_001)),
    ("headers of a part", parts(b"a: b\r\n" * 300_000)),
    ("a part's parameters", parts(b"Content-Type: text/plain; a=" + b'";' * 500_000)),
    ("parameters", raw(f"{FROM}\nContent-Type: text/plain" + ";" * 190_000)),
    ("lines of Macs in 59 parts", raw(FROM + "".join(f'\nContent-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}' for n in range(59)), b"\r" * 300_000)),
    ("parameters of 190 parts", parts(*[b"Content-Type: text/plain" + b";" * 4_000 + b"\r\n\r\nx"] * 190)),
    ("names in slow charsets", parts(*[b"Content-Disposition: attachment; filename*=punycode''-" + b"a" * 4_000 + b"\r\n\r\nx"] * 190)),
    ("folds of a header in a mail inside", raw(f"{FROM}\nContent-Type: message/rfc822\n", b"Subject: a;\r\n " * 250_000)),
    ("uuencoded lines", raw(f"{FROM}\nContent-Transfer-Encoding: uuencode", b"begin 644 a\n" + b"M\n" * 500_000)),
    *((f"{tag} again and again", raw(f"{FROM}\n{HTML}", tag.encode() * 150_000)) for tag in ("<div>", "<b>", "<ul><li>", "&", "<!--", "<p ", "<![CDATA[")),
]  # fmt: skip


def _seen(found: Reading, name: str) -> Any:
    if name == "files":
        return [(f.name, f.type, len(f.data)) for f in found.files]
    return [f.name for f in found.files] if name == "names" else getattr(found, name)


@pytest.mark.parametrize(("name", "came", "wanted"), DIFFICULT, ids=[name for name, *_ in DIFFICULT])
def test_a_difficult_mail_is_read_as_well_as_can_be(name: str, came: bytes, wanted: dict[str, Any]) -> None:
    found = read(came)
    assert {key: _seen(found, key) for key in wanted} == wanted
    assert not found.odd
    assert len(content_digest(came, len(came))) == 64


@pytest.mark.parametrize(("name", "came"), HOSTILE, ids=[name for name, _ in HOSTILE])
def test_a_hostile_mail_takes_no_time_and_breaks_nothing(name: str, came: bytes) -> None:
    began = time.process_time()
    found = read(came)
    content_digest(came, len(came))
    assert time.process_time() - began < 2
    assert found.odd or (len(found.text) < 1_100_000 and len(found.html) < 3_000_000)


def _steps(came: bytes) -> int:
    """Lines of Python that reading a mail takes, and characters that it makes."""
    steps = 0

    def trace(_frame: FrameType, _event: str, _given: Any) -> Any:
        nonlocal steps
        steps += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        found = read(came)
    finally:
        sys.settrace(before)
    assert not found.odd
    return steps + len(found.text) + len(found.html)


# Begun once, then again and again.
GROWING = [
    ("", "<img><img><div></div>"),
    ("", "<div> </div>"),
    ("<b>" * 90, "x<br>"),
    ("<pre>" * 90, "`"),
    ("<table><tr>", "<td>x"),
    ("<p>" + "".join(f"<b x={n}>" for n in range(90)), "<p>x"),
    ("<p><a href=" + "x" * 1_900 + ">", "<p>x"),
    ("", "<b></i><p>x"),
    ("", "<b><table><td></b></table>"),
    ("<table>", "<b><tr><td></b>x"),
    ("", "<ul><li>x"),
    ("<ol>", "<li>x"),
    ("", "<blockquote>x<br>"),
    ("", '<table><td><a href="x">y'),
    ("", "</p></b>"),
    ("", "<a>"),
    ("", "&lt;"),
    ("", "<!--</b>-->"),
    ("<p ", "a "),
]


@pytest.mark.parametrize(("begun", "again"), GROWING)
def test_four_times_as_much_html_is_four_times_the_work(begun: str, again: str) -> None:
    once, four = (_steps(raw(f"{FROM}\n{HTML}", (begun + again * count).encode())) for count in (300, 1_200))
    assert four < 4.5 * once


@pytest.mark.parametrize(("begun", "again"), GROWING)
def test_tags_are_ended_inside_the_one_they_stand_in(begun: str, again: str) -> None:
    open_: list[str] = []
    for end, name in re.findall(r"<(/?)(?!br)(\w+)", straightened(begun + again * 500, {"p", "b", "a", "table", "td", "tr", "ul", "ol", "li", "blockquote", "pre", "div"})):  # fmt: skip
        if end:
            assert open_.pop() == name
        else:
            open_.append(name)
            assert len(open_) <= MOST_OPEN
    assert not open_


def test_a_mail_at_the_border_is_read_and_one_beyond_it_is_kept_for_agents() -> None:
    text = b"Content-Type: text/plain\r\n\r\nx"
    assert [read(parts(*[text] * count)).odd for count in (190, 210)] == [False, True]
    long = b"\r\n" + b"x" * 400_000
    assert [read(parts(*[long] * count)).odd for count in (2, 3)] == [False, True]
    picture = b'<p>before<img src="data:image/png;base64,' + b"A" * 2_000_000 + b'">after</p>'
    assert read(raw(f"{FROM}\n{HTML}", picture)).text == "beforeafter"


def test_every_beginning_of_a_mail_is_read() -> None:
    whole = with_file(mail(subject="\u00e9", body="<p>"), "\u00e9.png", PNG).as_bytes()
    for end in range(0, len(whole), 7):
        assert not read(whole[:end]).odd
        read(os.urandom(30) + whole[end:])


def test_a_large_mail_costs_few_times_its_size() -> None:
    came = parts(
        b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(bytes(3_000_000))
    )
    tracemalloc.start()
    found = read(came)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found.files[0].data) == 3_000_000
    assert most < 8 * len(came)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>lines</p>", "One\n\nTwo\nlines"),
        ("<div>One</div><div>Two</div><div><br></div><div>Three</div>", "One\nTwo\n\nThree"),
        ('See <a href="https://a.example/x_y">this</a>', "See [this](<https://a.example/x_y>)"),
        ('<a href="https://a.example/">https://a.example</a>', "https://a.example/"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ("<blockquote>said<blockquote>before</blockquote></blockquote>", "> said\n>\n> > before"),
        ("<ul><li>a<ol><li>b<li>c</ol></li><li>d</li></ul>", "- a\n\n  1. b\n  2. c\n- d"),
        ("<pre>a\n  b *c*</pre>", "```\na\n  b *c*\n```"),
        ("<p># no heading</p><p>1. no list</p><p>2 * 3 * 4 and snake_case _x_</p>", "\\# no heading\n\n1\\. no list\n\n2 \\* 3 \\* 4 and snake_case \\_x\\_"),
        ("<style>p{}</style><script>x()</script><title>t</title>Hi<img alt=':)' src='http://t.example/1'>", "Hi:)"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n c"),
        ("<p>a<ul><li>b</li></ul></p>c</p>d", "a\n\n- b\n\nc\n\nd"),
        ("<table><tr><td><div>a</td></div><td><p>b</table><b>c<p>d</b>e", "a\n\nb\n\nc\n\nd\n\ne"),
        ("<div>" * 150 + "deep" + "</div>" * 150 + "<b>x</b>", "deep\n**x**"),
        ("a < b <!-- <b> --><!--[if mso]>c<![endif]--><![if !mso]>d<![endif]><p title='>'>e", "a < b d\n\ne"),
        ("<svg/>a<svg><title>b</title></svg><STYLE>c</style >d<a href='https://e.example/?a=1&amp;b=\"2'>f</a>", "ad[f](<https://e.example/?a=1&b=\"2>)"),
        ('<pre>a <b>b</b> <a href="https://c.example">d</a></pre>', "```\na b [d](<https://c.example>)\n```"),
        ("<h1>Head</h1>x &lt;b&gt; &amp;amp;", "**Head**\n\nx <b> &amp;"),
    ],
)  # fmt: skip
def test_html_becomes_markdown_that_reads_like_it(html: str, text: str) -> None:
    assert to_markdown(clean_html(html)).strip() == text


@pytest.mark.parametrize(
    "html",
    [
        "<xmp><script>alert(1)</script></xmp>",
        "<form action=https://evil.example><input name=password><button>ok</button></form>",
        "<base href=//evil.example><meta http-equiv=refresh content='0;url=//evil.example'>",
        "<img src=x onerror=alert(1)><svg onload=alert(1)><math><mtext></form><form>",
        '<div style="position:fixed" hx-get="/admin" data-hx-on:click="x" id="main" class="btn">x</div>',
        "<a href='data:text/html,x'>x</a><a href=' java\nscript:alert(1)'>y</a>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)
def test_nothing_that_acts_is_left_of_html(html: str) -> None:
    left = clean_html(html).lower()
    words = (
        "<script",
        "onerror",
        "onload",
        "<form",
        "<input",
        "<base",
        "<meta",
        "style",
        "hx-",
        "data:",
        "script:",
        " id=",
        "class",
        "src=",
    )
    assert not [word for word in words if word in left]


def test_a_mail_is_shown_as_json() -> None:
    letter = with_file(mail(subject="\u00dcber"), "a.png", PNG)
    letter["Auto-Submitted"] = "auto-replied"
    shown = json.loads(CliRunner().invoke(cli, ["mail", "parse", "--json"], input=letter.as_bytes()).output)
    files = shown.pop("attachments")
    assert shown == {
        "from": "customer@example.com",
        "subject": "\u00dcber",
        "text": "It is green now.",
        "html": "",
        "automatic": True,
    }
    assert files[0].pop("sha256") == hashlib.sha256(PNG).hexdigest()
    assert files == [{"name": "a.png", "type": "image/png", "size": len(PNG)}]
    assert json.loads(CliRunner().invoke(cli, ["mail", "parse", "--json"], input=b"").output)["text"] == ""
    assert "subject: \u00dcber" in CliRunner().invoke(cli, ["mail", "parse"], input=letter.as_bytes()).output
