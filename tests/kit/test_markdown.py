"""Markdown becomes safe HTML, whatever it holds, and quickly."""

import time
from contextlib import suppress

import pytest
from bs4 import BeautifulSoup

from portal.kit.markdown import TooMuchMarkup, excerpt, render_article, render_markdown

LONG = 200_000
# Seconds of a processor. What explodes takes minutes; what takes half a second takes two on a machine that is busy.
PATIENCE = 5
FAMILIES = [
    ">", "> ", "[", "[]", "[a](", "[a](b", "![", "[![a](b)](c)", "*", "*a ", "a*", "*a_ ", "**a __b ", "_*", "~~a ",
    "`", "<", "<a", "<a@b.c>", "&", "&amp;", "&#x", "|", "a|", "|a|b|\n|-|-|\n", "- ", "1. ", "# ", "\\", "\0", "http://",
    "https://a.b ", "http://a.b/(", "a@", "a.b.c@d.e-f.g ", "mailto:", "(", "[a]: /b\n", "[^1]", "[^1]: a\n", "^[",
    "```\n", "~~~", "> [!NOTE]\n> a\n\n", "\u202e\u0627", "\r\n", "\t", "a\n", "- [ ] a\n", "a\n=\n", "<!--", "> <!--\n", "<!-- -->", "<kbd>", "<br>", "<![CDATA[",
    "[[a]]", "a.", "word ", "💥", "> - ", "***a ", '[a](b "', "a-",
]  # fmt: skip
GROWN = {
    "lists in lists": "".join("  " * i + "- a\n" for i in range(440)),
    "quotes in quotes": "\n".join(">" * i + " a" for i in range(630)),
    "growing backticks": "".join("e" + "`" * i for i in range(630)),
    "closed brackets": "[" * 100_000 + "]" * 100_000,
    "lines that go on with quotes": ">" * 35 + "a\n" + "b\n" * 14_000,
    "lines that go on with quotes in a list": "- " + "> " * 16 + "a\n" + "b\n" * 14_000,
    "lines of old machines": "> " * 18 + "a\r" + "b\r" * 90_000,
    "an endless list with numbers": "1. a\n" * 14_000,
    "wide table": "|a" * 500 + "|\n" + "|-" * 500 + "|\n" + "|\n" * 7_000,
}


@pytest.mark.parametrize("sign", FAMILIES)
@pytest.mark.parametrize("length", [LONG, 20_000])
def test_repeated_signs_take_little_time(sign: str, length: int) -> None:
    _is_quick((sign * length)[:length])


# Lexers of Pygments that some repeated sign of these made slow; each block by itself, and many of them.
CODES = {
    "c": "\n", "java": "a\n", "console": "a", "markdown": "\n", "rst": "a:", "apache": "<", "http": "a", "ini": "= ", "csharp": "a\n",
    "smalltalk": "a", "groovy": "a\n", "systemd": " ", "lilypond": "a", "nemerle": "a\n", "objective-c": "// ",
}  # fmt: skip


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("length", [30_000, 1_950])
def test_code_of_any_kind_takes_little_time(language: str, length: int) -> None:
    sign = CODES[language]
    code = (sign * length)[:length].strip("\n") + "\n"
    block = f"```{language}\n{sign if sign.isspace() else ''}{code}a\n```\n\n"
    began = time.process_time()
    with suppress(TooMuchMarkup):
        render_article(block * 6)
    assert time.process_time() - began < PATIENCE


@pytest.mark.parametrize("name", GROWN)
def test_grown_nesting_takes_less_than_a_second(name: str) -> None:
    _is_quick(GROWN[name][:LONG])


def _is_quick(text: str) -> None:
    began = time.process_time()
    render_markdown(text)
    assert time.process_time() - began < PATIENCE
    began = time.process_time()
    with suppress(TooMuchMarkup):
        render_article(text)
    assert time.process_time() - began < PATIENCE


def test_links_of_messages_vouch_for_nothing() -> None:
    soup = BeautifulSoup(render_markdown("https://a.example/x [b](/tickets/1) c@example.com"), "html.parser")
    assert [a["href"] for a in soup.select("a")] == [
        "https://a.example/x",
        "/tickets/1",
        "mailto:c@example.com",
    ]
    assert {" ".join(a["rel"]) for a in soup.select("a")} == {"nofollow noopener noreferrer ugc"}


def test_a_picture_in_a_message_is_a_link_and_loads_nothing() -> None:
    soup = BeautifulSoup(render_markdown("![the light](https://a.example/p.png)"), "html.parser")
    assert not soup.select("img")
    assert soup.select("a")[0].text == "the light"


def test_a_message_keeps_its_line_breaks_and_has_no_headings() -> None:
    html = render_markdown("# Hello\none\ntwo")
    assert html == '<p dir="auto">Hello</p>\n<p dir="auto">one<br>\ntwo</p>\n'


def test_what_holds_too_much_markup_is_shown_as_typed() -> None:
    text = "<b>[" * 20_000
    assert BeautifulSoup(render_markdown(text), "html.parser").text == text


def test_zero_bytes_lone_surrogates_and_right_to_left_are_text() -> None:
    html = render_markdown("a\0b \ud800 \u202eabc\n\nشكرا")
    assert "\0" not in html
    assert html.encode("utf-8")
    assert '<p dir="auto">شكرا</p>' in html


def test_lists_to_tick_tables_and_strikes_are_written() -> None:
    html = render_markdown("- [ ] a\n- [x] b\n\n|n|\n|-:|\n|1|\n\n~~no~~ ~5 min")
    assert "☐ a" in html
    assert "☑ b" in html
    assert '<div class="scroll-x" tabindex="0"><table class="table">' in html
    assert '<td class="num">1</td>' in html
    assert "<s>no</s> ~5 min" in html


def test_an_article_has_ids_contents_and_no_heading_of_first_order() -> None:
    article = render_article("# One\n\n## Two `x`\n\n### Three\n\n## Two x")
    assert article.toc == [
        {"id": "s-one", "words": "One"},
        {"id": "s-two-x", "words": "Two x"},
        {"id": "s-two-x--2", "words": "Two x"},
    ]
    assert "<h1" not in article.html
    assert article.heads.splitlines() == ["One", "Two x", "Three", "Two x"]


@pytest.mark.parametrize(
    ("kind", "tone"),
    [("NOTE", "info"), ("TIP", "good"), ("IMPORTANT", "info"), ("WARNING", "wait"), ("CAUTION", "bad")],
)
def test_an_alert_is_a_callout_with_its_word_or_its_own_lead(kind: str, tone: str) -> None:
    soup = BeautifulSoup(
        render_article(f"> [!{kind}]\n> Text\n\n> [!{kind}]\n> **Lead.** Text").html, "html.parser"
    )
    assert [" ".join(c["class"]) for c in soup.select(".callout")] == [f"callout {tone}"] * 2
    assert soup.select(".callout")[1].select("strong")[0].text == "Lead."
    assert len(soup.select(".callout strong")) == 2


def test_tables_of_an_article_are_named_regions_and_code_has_colours_and_a_caption() -> None:
    soup = BeautifulSoup(
        render_article("## Ports\n\n|a|\n|-|\n|1|\n\n```ini a.conf\n[Peer]\n```").html, "html.parser"
    )
    assert soup.select('div.scroll-x[role=region][tabindex="0"][aria-label=Ports] table')
    assert soup.select("figure.code figcaption")[0].text == "a.conf"
    assert soup.select("pre[tabindex] code span.k")


@pytest.mark.parametrize("language", ["csharp", "c#", "python", "ini"])
def test_a_long_block_of_code_has_colours_to_its_end_and_reads_as_it_was_written(language: str) -> None:
    lines = {"ini": "[Peer{n}]\nname = {n}  ; <b>\n\n"}.get(language, 'if (n == {n}) return "<b>";\n\n')
    code = "".join(lines.replace("{n}", str(number)) for number in range(130))
    found = BeautifulSoup(render_article(f"```{language}\n{code}```").html, "html.parser").code
    assert found
    assert found.text == code
    assert len(code) > 3_000
    assert len(found.select("span.k")) >= 130


@pytest.mark.parametrize(("text", "html"), [
    ("a <!-- c -->b", "<p>a b</p>\n"),
    ("<!-- link references -->\n[02]: /b\n\n[a][02]", '<p><a href="/b">a</a></p>\n'),
    ("<!--\n\n- a --> b\n\nc", "<p>b</p>\n<p>c</p>\n"),
    ("> <!-- a\n> b -->\n> c", "<blockquote>\n<p>c</p>\n</blockquote>\n"),
    ("<!-->a", "<p>a</p>\n"),
    ("`<!-- a -->`", "<p><code>&lt;!-- a --&gt;</code></p>\n"),
    ("<!-- a", "<p>&lt;!-- a</p>\n"),
    ("<KBD>A</KBD>+<kbd>B</kbd>", "<p><kbd>A</kbd>+<kbd>B</kbd></p>\n"),
    ("H<sub>2</sub>O<br/>m<sup>2</sup>", "<p>H<sub>2</sub>O<br>\nm<sup>2</sup></p>\n"),
    ("<kbd class=x>A", "<p>&lt;kbd class=x&gt;A</p>\n"),
    ("<kbd>A\n\nb</kbd>", "<p><kbd>A</kbd></p>\n<p>b</p>\n"),
])  # fmt: skip
def test_comments_vanish_and_a_few_tags_without_attributes_are_written(text: str, html: str) -> None:
    assert render_article(text).html == html


def test_steps_and_footnotes_of_an_article() -> None:
    soup = BeautifulSoup(render_article("1. a\n2. b[^1]\n\n[^1]: Note").html, "html.parser")
    assert soup.select("ol.steps > li")
    ids = {tag["id"] for tag in soup.select("[id]")}
    assert {str(a["href"])[1:] for a in soup.select("a")} <= ids


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Hello **you**\n\n[link](/x) `code`", "Hello you link code"),
        ("", ""),
        ("a " * 100, "a a a a a a a a a…"),
        ("x" * 300, "x" * 19 + "…"),
        ("<b>bold</b>", "<b>bold</b>"),
    ],
)
def test_an_excerpt_is_plain_words_on_one_line(text: str, words: str) -> None:
    assert excerpt(text, 20) == words
