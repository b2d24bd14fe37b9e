"""A small help centre in a folder: three languages, two sections, one draft."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from portal.extensions import db
from portal.kb.actions import Changes, sync
from portal.kb.documents import SOURCE
from portal.outbox.models import Job
from portal.people.models import Grant, Person, Role
from portal.search.index import Search
from portal.search.jobs import HANDLERS

Write = Callable[..., Path]
ARTICLES = {
    "en/wifi/guest-network.md": ("Make a guest network", "Guests reach the internet and nothing else.", ""),
    "en/wifi/place-the-router.md": (
        "Place the router well",
        "Walls of concrete swallow the signal.",
        "order: 5\n",
    ),
    "en/wifi/secret-plans.md": (
        "Zanzibar firmware plans",
        "The zanzibar update is not announced.",
        "status: draft\n",
    ),
    "en/bills/change-address.md": ("Change the address on a bill", "Open the invoice first.", ""),
    "pt_BR/wifi/guest-network.md": ("Crie uma rede para visitas", "Visitas usam a internet e nada mais.", ""),
    "ru/bills/refund.md": ("Вернуть деньги", "Возврат приходит за три дня.", ""),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kb_content"


@pytest.fixture
def write(folder: Path) -> Write:
    """Write a file of the content folder: write("en/wifi/x.md", "Title", "Text", more="status: draft\\n")."""

    def put(name: str, title: str, text: str, more: str = "") -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: {title}\nsummary: About it\n{more}---\n{text}\n", encoding="utf-8")
        return path

    return put


@pytest.fixture
def take_over(
    app: Flask, db_session: object, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Changes]:
    """Sync the folder as the command does, then let search do its jobs, with an index of this test's own."""
    monkeypatch.setitem(app.extensions, "search", Search(tmp_path / "index", {"articles": SOURCE}))

    def run() -> Changes:
        changes = sync(folder)
        db.session.commit()
        for job in db.session.query(Job).filter_by(kind="search.index", done=None).all():
            payload = dict(job.payload)
            db.session.delete(job)
            db.session.commit()
            HANDLERS["search.index"](payload)
        return changes

    return run


@pytest.fixture
def centre(write: Write, take_over: Callable[[], Changes]) -> Changes:
    for name, (title, text, more) in ARTICLES.items():
        write(name, title, text, more)
    write("en/wifi/_section.md", "Routers and Wi-Fi", "", "icon: router\n")
    return take_over()


@pytest.fixture
def editor() -> Person:
    """Somebody who may preview articles."""
    return Person(
        email="e@example.com", grants=[Grant(role=Role(key="editor", permissions=["articles.preview"]))]
    )
