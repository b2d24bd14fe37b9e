"""What editors are told of their files: all of it, in words that say what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.kb.actions import Changes
from portal.kb.jobs import catch_up, look_over
from portal.kb.models import Fault

from ..conftest import Cast
from .conftest import Write


def test_all_values_that_cannot_be_taken_are_told_at_once(
    write: Write, take_over: Callable[[], Changes]
) -> None:
    write("en/wifi/bad.md", "Bad", "x", "audience: nobody\nstatus: odd\norder: soon\n")
    assert [(fault.line, fault.why.partition(":")[0]) for fault in take_over().errors] == [
        (4, "audience"),
        (5, "status"),
        (6, "order"),
    ]


def test_a_file_without_a_title_is_told_how_to_begin(folder: Path, take_over: Callable[[], Changes]) -> None:
    (folder / "en/wifi").mkdir(parents=True)
    (folder / "en/wifi/bare.md").write_text("Only words.")
    (fault,) = take_over().errors
    assert fault.why.startswith("there is no title: begin the file with a line ---")


@pytest.fixture
def watched(
    app: Flask, folder: Path, take_over: Callable[[], Changes], monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[tuple[str, str, int]]]:
    """Let the worker look at the folder; returns the kind, path and line of what editors are told then."""
    monkeypatch.setitem(app.config, "KB_CONTENT", folder)
    app.extensions.pop("kb_seen", None)

    def look() -> list[tuple[str, str, int]]:
        app.extensions.get("kb_seen", type("", (), {})()).rests = 0.0  # as if it were later
        catch_up()
        look_over()
        rows = db.session.execute(select(Fault.kind, Fault.path, Fault.line))
        return sorted((row.kind, row.path, row.line) for row in rows)

    return look


def test_links_pictures_and_old_translations_stand_beside_what_is_not_taken_over_until_they_are_mended(
    write: Write, watched: Callable[[], list[tuple[str, str, int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("en/wifi/a.md", "A", "[b](/help/b) ![c](c.png)", "updated: 2026-02-01\n")
    write("ru/wifi/a.md", "A", "x", "updated: 2026-01-01\n")
    write("en/wifi/bad.md", "Bad", "x", "order: soon\n")
    there = [
        ("file", "en/wifi/bad.md", 4),
        ("link", "en/wifi/a.md", 6),
        ("picture", "en/wifi/a.md", 6),
        ("stale translation", "ru/wifi/a.md", 1),
    ]
    assert watched() == there

    write("en/wifi/bad.md", "Bad", "[a](/help/a)")
    write("en/wifi/b.md", "B", "x")
    rendered: list[object] = []
    monkeypatch.setattr("portal.kb.checks.parse", lambda file, *_more: rendered.append(file))
    assert watched() == there[2:]
    assert rendered == [], "what was taken over is not rendered again"


def test_the_editors_page_leads_to_the_articles_of_its_files(
    people: Cast, browser_of: Callable[..., object], write: Write, watched: Callable[[], object]
) -> None:
    write("en/wifi/a.md", "A", "[b](/help/nowhere)")
    watched()
    page = browser_of(people.editor).page("/editors")  # type: ignore[attr-defined]
    assert [a["href"] for a in page.select("section:has(#mend) tbody a")] == ["/help/a?lang=en"]
