"""What search costs: the pages of results and suggestions, taking over articles and indexing them, beside SQLite's FTS5."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from flask import Flask
from tqdm import tqdm

from portal.app import create_app
from portal.extensions import db
from portal.gunicorn_conf import when_ready
from portal.instance import prepare
from portal.kb.actions import sync
from portal.search.documents import Document
from portal.search.index import the_search

from .table import columns, verdict
from .text import Writer

SECTIONS = 20
WARM = 100  # questions that a process was asked before
MOST_SEARCH, MOST_SUGGEST = 60, 25  # milliseconds of the server at the 95th percentile
MOST_SYNC, MOST_SAME = 60, 2  # seconds for 5,000 files, the first time and when nothing changed
FILES = 5_000


@dataclass
class Costs:
    """Seconds of the processor for each page and each kind of work at one amount of articles: a busy machine does not count."""

    articles: int
    first: float
    search: list[float]
    suggest: list[float]
    yardstick: list[float]
    sync: float
    same: float
    reindex: float
    update: float


def measure(articles: int, questions: int) -> Costs:
    """Fill an instance from files and ask it so many different questions."""
    with tempfile.TemporaryDirectory(prefix="portal-finding-") as name:
        folder = Path(name) / "kb_content"
        _write(folder, articles)
        app = create_app({"PORTAL_INSTANCE": f"{name}/instance", "PORTAL_KB_CONTENT": str(folder)})
        with app.app_context():
            prepare()
            first = _timed(lambda: sync(folder, lambda files: tqdm(files, "Sync", disable=None, leave=False)))
            db.session.commit()
            again = _timed(lambda: sync(folder))
            db.session.rollback()
            reindex = _timed(the_search().rebuild)
            update = _update()
            held = list(the_search().sources["articles"].documents(None))
            db.session.remove()
        costs = Costs(
            articles, *_pages(app, questions), _yardstick(held, questions), first, again, reindex, update
        )
        with app.app_context():
            db.engine.dispose()
    return costs


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _write(folder: Path, articles: int) -> None:
    writer = Writer(5)
    for number in range(articles):
        path = folder / "en" / f"section-{number % SECTIONS}" / f"article-{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        front = f"---\ntitle: {writer.title()}\nsummary: {writer.sentence()}\n---\n"
        path.write_text(front + writer.article(), encoding="utf-8")


def _update() -> float:
    """Seconds until a change of one article can be found, on the whole of ten."""
    documents = list(the_search().sources["articles"].documents(range(1, 11)))

    def put(document: Document) -> None:
        the_search().write("articles", [document.id], [document])

    return median(_timed(partial(put, document)) for document in documents)


def _questions(amount: int) -> list[str]:
    """Three words, and every third a sentence, so that no answer is kept from before."""
    writer = Writer(6)
    return [writer.words(3 if number % 3 else 12) for number in range(amount)]


def _pages(app: Flask, amount: int) -> tuple[float, list[float], list[float]]:
    client = app.test_client()
    when_ready(None)  # as in a web process
    app.extensions["search"].warm()
    *before, first = _questions(amount + WARM + 1)[amount:]
    asked = _questions(amount)

    def search_for(question: str) -> float:
        return _timed(lambda: client.get("/help/search", query_string={"q": question}))

    cold = search_for(first)
    for question in before:
        search_for(question)
    search = [search_for(question) for question in asked]

    def suggest_for(question: str, place: int) -> float:
        values, fragment = {"q": question[: 6 + place % 12]}, {"HX-Request": "true"}
        return _timed(lambda: client.get("/help/suggest", query_string=values, headers=fragment))

    suggest = [suggest_for(question, place) for place, question in enumerate(asked)]
    return cold, search, suggest


def _yardstick(documents: Sequence[Any], amount: int) -> list[float]:
    """The same questions to FTS5 over the same articles: any of the words, by bm25, with snippets."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE article USING fts5(title, heads, text, tokenize='porter unicode61')")
    base.executemany("INSERT INTO article VALUES (?, ?, ?)", ((d.title, d.heads, d.text) for d in documents))
    ask = "SELECT title, snippet(article, 2, '<mark>', '</mark>', '…', 30) FROM article WHERE article MATCH ? ORDER BY bm25(article, 6, 2.5, 1) LIMIT 20"
    said = [" OR ".join(f'"{word}"' for word in q.split()) for q in _questions(amount)]
    seconds = [_timed(lambda: base.execute(ask, (one,)).fetchall()) for one in said]  # noqa: B023 -- called at once
    base.close()
    return seconds


def lines(found: Sequence[Costs]) -> list[str]:
    """The figures at each amount as a table."""
    head = ["search", *(cell for costs in found for cell in (f"{costs.articles:,} articles", ""))]
    rows = [[name, *(cell for costs in found for cell in figure(costs))] for name, figure in FIGURES.items()]
    return [
        "Search, by the processor's time, beside SQLite's FTS5, which makes no page",
        "",
        *columns(head, rows),
        "",
    ]


def _p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1] * 1000


def _pair(seconds: Sequence[float], most: float | None) -> tuple[str, str]:
    p95 = _p95(seconds)
    return f"{median(seconds) * 1000:.1f} / {p95:.1f}", verdict(round(p95, 1), most)


FIGURES: dict[str, Callable[[Costs], tuple[str, str]]] = {
    "page of results, median / p95 ms": lambda c: _pair(c.search, MOST_SEARCH),
    "first page of a process, ms": lambda c: (f"{c.first * 1000:.0f}", ""),
    "suggestions, median / p95 ms": lambda c: _pair(c.suggest, MOST_SUGGEST),
    "FTS5 alone, median / p95 ms": lambda c: _pair(c.yardstick, None),
    "page of results : FTS5": lambda c: (f"{median(c.search) / median(c.yardstick):.1f}", ""),
    "sync, s": lambda c: (
        f"{c.sync:.1f}",
        verdict(round(c.sync / c.articles * FILES, 1), MOST_SYNC) + " for 5,000",
    ),
    "sync when nothing changed, s": lambda c: (
        f"{c.same:.2f}",
        verdict(round(c.same / c.articles * FILES, 2), MOST_SAME) + " for 5,000",
    ),
    "reindex, s": lambda c: (f"{c.reindex:.1f}", ""),
    "update of one article, ms": lambda c: (f"{c.update * 1000:.0f}", ""),
}
