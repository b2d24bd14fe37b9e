"""Articles are what the files of the content folder say."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.kb.actions import Changes, sync
from portal.kb.models import Article, Section
from portal.outbox.models import Job

from .conftest import Write

TakeOver = Callable[[], Changes]


def _title(slug: str, locale: str = "en") -> str | None:
    return db.session.scalar(select(Article.title).where(Article.slug == slug, Article.locale == locale))


def test_a_second_sync_finds_nothing_to_do(centre: Changes, take_over: TakeOver) -> None:
    again = take_over()
    assert len(centre.added) == 6
    assert (again.added, again.changed, again.removed, again.same) == ([], [], [], 6)


def test_a_changed_file_changes_its_article_and_leaves_work_for_search(
    centre: Changes, write: Write, folder: Path
) -> None:
    write("en/wifi/guest-network.md", "Guests", "New text")
    changes = sync(folder)
    assert changes.changed == ["en/guest-network"]
    assert _title("guest-network") == "Guests"
    job = db.session.scalars(select(Job).where(Job.kind == "search.index")).one()
    assert len(job.payload["articles"]) == 1


def test_a_broken_file_keeps_its_last_good_version_and_names_the_line(centre: Changes, folder: Path) -> None:
    path = folder / "en/wifi/guest-network.md"
    path.write_text("---\ntitle: Guests\norder: soon\n---\nText", encoding="utf-8")
    changes = sync(folder)
    assert _title("guest-network") == "Make a guest network"
    assert [str(e) for e in changes.errors] == [f"{path}:3: order: a whole number is needed"]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"---\ntitle: [a\n---\nx", 3),
        (b"---\nsummary: x\n---\nx", 1),
        (b"---\ntitle: a\n---\n\xff", 4),
        (b"---\ntitle: a\n---\nx\0", 4),
        (b"---\ntitle: a\nupdated: soon\n---\nx", 3),
        (b"---\ntitle: a\ntags: {a: 1}\n---\nx", 3),
        (b"---\ntitle: a\nstatus: maybe\n---\nx", 3),
        (b"", 1),
    ],
)
def test_every_kind_of_broken_file_is_an_error_with_its_line(
    take_over: TakeOver, folder: Path, data: bytes, line: int
) -> None:
    (folder / "en/wifi").mkdir(parents=True)
    (folder / "en/wifi/x.md").write_bytes(data)
    changes = take_over()
    assert [e.line for e in changes.errors] == [line]
    assert changes.added == []


def test_a_removed_file_removes_its_article_from_page_and_search(
    centre: Changes, folder: Path, take_over: TakeOver, client: object
) -> None:
    (folder / "en/bills/change-address.md").unlink()
    changes = take_over()
    assert changes.removed == ["en/change-address"]
    assert client.get("/help/change-address").status_code == 404  # type: ignore[attr-defined]
    assert b"/help/change-address" not in client.get("/help/search?q=address").data  # type: ignore[attr-defined]


def test_a_missing_folder_removes_nothing(centre: Changes, folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sync(folder / "nowhere")
    assert _title("guest-network")


def test_links_and_odd_names_are_refused(
    take_over: TakeOver, write: Write, folder: Path, tmp_path: Path
) -> None:
    write("en/wifi/search.md", "Kept for the search page", "x")
    write("en/wifi/Роутер.md", "Odd", "x")
    (tmp_path / "outside.md").write_text("---\ntitle: Outside\n---\nx", encoding="utf-8")
    (folder / "en/wifi/link.md").symlink_to(tmp_path / "outside.md")
    changes = take_over()
    assert changes.added == []
    assert sorted(e.path.name for e in changes.errors) == ["link.md", "search.md", "Роутер.md"]


def test_the_same_name_in_two_sections_is_an_error(take_over: TakeOver, write: Write) -> None:
    write("en/a/same.md", "First", "x")
    write("en/b/same.md", "Second", "x")
    changes = take_over()
    assert changes.added == ["en/same"]
    assert "same name already" in str(changes.errors[0])


def test_a_section_has_a_row_in_every_language_and_counts_each_article_once(centre: Changes) -> None:
    rows = db.session.scalars(select(Section).where(Section.slug == "wifi")).all()
    assert {(row.locale, row.title, row.articles) for row in rows} == {
        (locale, "Routers and Wi-Fi", 2) for locale in ("en", "pt_BR", "es", "ru")
    }


def test_a_draft_that_is_published_becomes_findable(
    centre: Changes, write: Write, take_over: TakeOver, client: object
) -> None:
    write("en/wifi/secret-plans.md", "Zanzibar firmware plans", "The zanzibar update.")
    take_over()
    assert b"/help/secret-plans" in client.get("/help/search?q=zanzibar").data  # type: ignore[attr-defined]
