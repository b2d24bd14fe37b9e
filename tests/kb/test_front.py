"""What stands above a text: understood in many spellings, refused with its line."""

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.kb.actions import Changes, sync
from portal.kb.body import as_markdown
from portal.kb.checks import check
from portal.kb.files import find_files
from portal.kb.models import Article, Fault
from portal.kb.names import link_of
from portal.kb.translations import note_source

from .conftest import Write

pytestmark = pytest.mark.usefixtures("db_session")
TakeOver = Callable[[], Changes]


def only(app: Flask, path: Path, data: bytes) -> tuple[Article | None, str]:
    """What becomes of the only file: its article, or the fault."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    changes = sync(path.parents[2])
    article = db.session.scalars(select(Article)).one_or_none()
    return article, "".join(f"{e.line}: {e.why}" for e in changes.errors)


def test_every_value_is_taken(app: Flask, folder: Path) -> None:
    text = b"""---
title: 404
tags: wifi, no
products: [MR-6]
status: In review
publish-from: 2026-12-01
publish until: 2026-12-24 18:00+02:00
reviewBy: 2027-01-31
owner: Ana
old_addresses: [old-name, /help/deep/old]
---
# 404

Text"""
    article, fault = only(app, folder / "en/wifi/x.md", text)
    assert not fault
    assert article
    assert (article.title, article.tags, article.products) == ("404", ["wifi", "no"], ["MR-6"])
    assert (article.status, article.review_by) == ("in review", date(2027, 1, 31))
    assert article.opens == datetime(2026, 12, 1, tzinfo=UTC)
    assert article.closes == datetime(2026, 12, 24, 16, tzinfo=UTC)
    assert article.old_addresses == ["/help/old-name", "/help/deep/old"]
    assert "404" not in article.html, "the heading is on the page already"


@pytest.mark.parametrize(
    "text",
    [
        b"---\ntitle: T\ndescription: About it\nsidebar_position: 7\n---\nText",
        b'+++\ntitle = "T"\ndescription = "About it"\nweight = 7\n+++\nText',
        b"---\r\nsummary: About it\r\norder: 7\r\nms.date: 03/18/2026\r\n---\r\n# T\r\n\r\nText",
        b"\xef\xbb\xbf---\ntitle: T\nsummary: About it\norder: 7\n---\nText",
    ],
)
def test_files_written_for_other_programs_are_understood(app: Flask, folder: Path, text: bytes) -> None:
    article, fault = only(app, folder / "en/wifi/x.mdx", text)
    assert not fault
    assert article
    assert (article.title, article.summary, article.order, article.plain.strip()) == (
        "T",
        "About it",
        7,
        "Text",
    )


# Four times itself, twelve times over: a thousand letters that are sixty million once they are written out.
BOMB = b"a0: &a0 [x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 4)) for n in range(1, 13)
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"---\ntitle: [a\n---\nx", "3: not YAML"),
        (b"---\ntitle: Caf\xe9\n---\nx", "2: not UTF-8"),
        (b"---\ntitle: a\n---\n" + b"x" * 5_000_000, "1: the file is larger"),
        (b"---\ntitle: a\naudience: all\n---\nx", "3: audience: one of these"),
        (b"---\ntitle: a\naudience: organisation\n---\nx", "3: audience: "),
        (b"---\ntitle: a\naudience: public\norganisations: [Longport]\n---\nx", "4: organisations: "),
        (b"---\ntitle: a\npublish from: 9999-12-31\n---\nx", "3: publish from: a year"),
        (b"---\ntitle: a\npublish from: 2026-02-30\n---\nx", "3: publish from: a day"),
        (b"---\ntitle: a\npublish from: 2026-05-02\npublish until: 2026-05-01\n---\nx", "4: publish until"),
        (b"---\ntitle: a\nold addresses: [https://example.com/x]\n---\nx", "3: old addresses"),
        (b"---\ntitle: a\nold addresses: [../admin]\n---\nx", "3: old addresses"),
        (b"---\ntitle: a\ntags: [" + b"x," * 60 + b"]\n---\nx", "3: tags: more than"),
        (b"---\ntitle: " + b"[" * 9000 + b"\n---\nx", "1: cannot be understood: nested"),
        (b"---\ntitle:\n" + b"- " * 6000 + b"\n---\nx", "1: cannot be understood: nested"),
        (b"---\ntitle: a\n" + b"x: y\n" * 9000 + b"---\nx", "1: what stands above"),
        (b"---\na: &a [x]\nb: &b [*a,*a]\nc: &c [*b,*b]\ntitle: a\ntags: *c\n---\nx", "6: tags: a list of words"),
        (b"---\n" + BOMB + b"title: a\nstatus: *a12\n---\nx", "16: status: one of these"),
        (b"---\n" + BOMB + b"title: a\nupdated: *a12\n---\nx", "16: updated: a day"),
        (b'---\ntitle: "\\0\\a"\n---\nx', "2: title: words are needed"),
        (b'---\ntitle: a\nold addresses: ["/help/\\0 x"]\n---\nx', "3: old addresses"),
        (b"+++\ntitle = 'a'\n" + b"a." * 9000 + b"b = 1\n+++\nx", "1: cannot be understood: nested"),
        (b"---\ntitle: a\nno end", "1: what stands above"),
        (b"---\n- a\n---\nx", "1: there is no title"),
        (b"---\ntitle: !!python/object/apply:os.system [ls]\n---\nx", "2: title: words are needed"),
        (b"---\ntitle: \x07\n---\nx", "1: cannot be understood"),
        (b"+++\ntitle = \n+++\nx", "1: cannot be understood"),
        (b"", "1: there is no title"),
    ],
)  # fmt: skip
def test_a_bad_file_is_a_fault_with_its_line_and_harms_no_other(
    app: Flask, write: Write, folder: Path, data: bytes, said: str
) -> None:
    write("es/wifi/good.md", "Bueno", "x")
    begun = time.monotonic()
    article, fault = only(app, folder / "en/wifi/x.md", data)
    assert article
    assert article.title == "Bueno"
    assert fault.startswith(said), fault
    assert time.monotonic() - begun < 2
    row = db.session.scalars(select(Fault)).one()
    assert (row.path, row.why in fault) == ("en/wifi/x.md", True)


@pytest.mark.parametrize(
    "text",
    ["# x" + " " * 390_000 + "y\n", "# x" + " #" * 190_000 + "y\n", "{/*" * 130_000, "{/* a" * 70_000, "> " * 190_000],
    ids=["a heading", "a heading that closes", "comments", "longer comments", "quotes"],
)  # fmt: skip
def test_a_text_made_to_be_slow_is_read_or_refused_at_once(app: Flask, folder: Path, text: str) -> None:
    began = time.process_time()
    only(app, folder / "en/wifi/x.md", f"---\ntitle: a\n---\n{text}".encode())
    check(folder)
    assert time.process_time() - began < 4


def test_signs_that_no_column_and_no_feed_takes_are_left_out(app: Flask, folder: Path) -> None:
    data = b'---\ntitle: "a\\0b\\x01\\u202e\\ufffe"\nsummary: "c\\e"\ntags: ["t\\0"]\nupdated: 2026-01-02\n---\nx'
    article, fault = only(app, folder / "en/wifi/x.md", data)
    assert article
    assert (article.title, article.summary, article.tags, fault) == ("a b", "c", ["t"], "")
    assert ElementTree.fromstring(app.test_client().get("/help/feed.atom").data).tag.endswith("feed")


def test_a_fault_stays_with_its_moment_until_the_file_is_mended(app: Flask, folder: Path) -> None:
    only(app, folder / "en/wifi/x.md", b"---\ntitle: [a\n---\nx")
    at = db.session.scalars(select(Fault.at)).one()
    sync(folder)
    assert db.session.scalars(select(Fault.at)).one() == at
    only(app, folder / "en/wifi/x.md", b"---\ntitle: a\n---\nx")
    assert db.session.scalars(select(Fault)).all() == []


def test_nothing_is_read_through_links_or_pipes(
    take_over: TakeOver, write: Write, folder: Path, tmp_path: Path
) -> None:
    write("en/wifi/good.md", "Good", "x")
    outside = tmp_path / "outside/secret"
    outside.mkdir(parents=True)
    (outside / "leak.md").write_text("---\ntitle: Leak\n---\nx")
    (folder / "en/wifi/link.md").symlink_to(outside / "leak.md")
    (folder / "en/linked").symlink_to(tmp_path / "outside")
    (folder / "en/loop").symlink_to(folder)
    (folder / "es").symlink_to(tmp_path / "outside")
    (folder / "en/wifi/folder.md").mkdir()
    os.mkfifo(folder / "en/wifi/pipe.md")
    changes = take_over()
    assert changes.added == ["en/good"]
    assert {e.path.name for e in changes.errors} == {"link.md", "linked", "loop", "es", "pipe.md"}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("My Article (1).md", "my-article-1"),
        ("Ação_rápida.md", "acao-rapida"),
        ("Selecting-Parts--Select-Object-.MD", "selecting-parts-select-object"),
        ("index.md", "wifi"),
        ("README.md", "wifi"),
        ("Настройка.md", None),
        ("日本.md", None),
        ("\u202e.md", None),
        ("a" * 121 + ".md", None),
        (os.fsdecode(b"caf\xe9.md"), None),
    ],
)
def test_a_files_name_gives_its_address(app: Flask, folder: Path, name: str, slug: str | None) -> None:
    article, fault = only(app, folder / "en/wifi" / name, b"---\ntitle: a\n---\nx")
    assert (article.slug if article else None) == slug
    assert bool(fault) == (slug is None)
    named, fault = only(app, folder / "en/wifi" / name, b"---\ntitle: a\nslug: said-so\n---\nx")
    assert not fault
    assert named
    assert named.slug == "said-so"


def test_what_cannot_be_read_keeps_its_articles(take_over: TakeOver, write: Write, folder: Path) -> None:
    write("en/wifi/one.md", "One", "x")
    write("en/bills/two.md", "Two", "x")
    take_over()
    (folder / "en/wifi/one.md").unlink()
    (folder / "en/wifi/one.md").mkdir()  # as root may read anything, a folder stands for what cannot be read
    (folder / "en/bills/two.md").write_bytes(b"\xff")
    assert take_over().removed == ["en/one"]
    (folder / "en/bills/two.md").unlink()
    assert take_over().removed == [], "an empty folder is a disk that is not there"
    assert "holds no article" in db.session.scalars(select(Fault.why)).one()


def test_an_edit_of_the_same_size_at_the_same_moment_is_seen(folder: Path, write: Write) -> None:
    path = write("en/wifi/one.md", "One", "aaaa")
    about, state = path.stat(), find_files(folder).state
    path.write_text(path.read_text().replace("aaaa", "bbbb"))
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert path.stat().st_size == about.st_size
    assert find_files(folder).state != state


def test_links_between_files_lead_to_articles() -> None:
    meant = {"./Guest_Net.md": "guest-net", "react/index.mdx": "react", "../a/b.markdown": "b"}
    assert {link: link_of(link).removeprefix("/help/") for link in meant} == meant
    assert [link_of(other) for other in ("/help/a", "guest", "x.pdf")] == ["/help/a", "guest", "x.pdf"]


def test_what_is_of_components_is_no_part_of_the_text() -> None:
    text = (
        "import X from './x'\n<Intro>\n\nSee it.\n\n"
        "</Intro>\n[1]: react/index.mdx\n## Head {/*head*/}\n```jsx\n<Intro>\n[a](b.md)\n```"
    )
    lines = as_markdown(text).split("\n")
    assert len(lines) == len(text.split("\n"))
    assert lines[7] == "## Head "
    assert lines[8:] == ["```jsx", "<Intro>", "[a](b.md)", "```"]
    assert "Intro" not in "".join(lines[:8])


def test_a_translation_takes_a_note_and_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    for text in (b"---\ntitle: a\n---\nx\n---\ny", b"---\r\nsource: old\r\ntitle: a\r\n---\r\nx"):
        path.write_bytes(text)
        note_source(path, "abc")
        note_source(path, "def")
        assert path.read_bytes().count(b"source: def") == 1
        assert (
            path.read_bytes().replace(b"source: def", b"").split()
            == text.replace(b"source: old", b"").split()
        )
