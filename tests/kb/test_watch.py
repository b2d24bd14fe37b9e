"""A change on disk is on the site by itself, in seconds, whichever worker sees it first."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select

from portal.extensions import db
from portal.kb.jobs import watch
from portal.kb.models import Article, Revision, Section
from portal.outbox.models import Job

from ..real import until

SOON = 60  # seconds that a busy machine may need; mostly it takes two


@pytest.fixture
def watched(real_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Two workers watch an empty folder."""
    monkeypatch.setitem(real_app.config, "KB_CONTENT", tmp_path / "articles")
    ended = threading.Event()
    workers = [threading.Thread(target=watch, args=(real_app, ended), daemon=True) for _ in range(2)]
    for worker in workers:
        worker.start()
    yield real_app
    ended.set()
    for worker in workers:
        worker.join(10)
    real_app.extensions.pop("kb_seen", None)
    with real_app.app_context():
        for table in (Article, Section):
            db.session.execute(delete(table))
        db.session.execute(delete(Job).where(Job.kind == "search.index"))
        db.session.commit()


def test_a_change_is_on_the_site_by_itself(watched: Flask, tmp_path: Path) -> None:
    path = tmp_path / "articles/en/wifi/deep/guests.md"
    browser = watched.test_client()

    def shows(words: str) -> bool:
        return words in browser.get("/help/guests").text

    def revision() -> int:
        with watched.app_context():
            return db.session.scalar(select(Revision.value)) or 0

    first = revision()
    path.parent.mkdir(parents=True)
    for number in range(2):
        path.write_text(f"---\ntitle: Guests\n---\nVersion {number}.")
        until(lambda n=number: shows(f"Version {n}."), SOON)  # type: ignore[misc]
    path.unlink()
    (path.parent / "another.md").write_text("---\ntitle: Another\n---\nx")
    until(lambda: browser.get("/help/guests").status_code == 404, SOON)
    assert revision() - first <= 5, "two workers do not do the same twice"
