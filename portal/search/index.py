"""The index: put, drop and find; a missing or broken one makes search limited and never stops a page."""

import fcntl
import logging
import shutil
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, cast
from uuid import uuid4

from flask import Flask, current_app
from markupsafe import Markup

from ..config import LANGUAGES
from . import disk
from .documents import EVERYBODY, USUAL, Ask, Document, Hit, Results, Source, Way
from .marking import Marker
from .queries import synonyms_of
from .question import read
from .ranking import Ranked, rank
from .shelf import Selection, Shelf
from .words import ANY, clean

SHELVES = (*LANGUAGES, ANY)
WAIT = 1.0  # seconds that a page waits for its turn at a language
CACHED = 256  # answers kept per language
PATIENCE = 60.0  # seconds that a writer waits for a rebuild to end
MOST = 400  # characters of a question that count
log = logging.getLogger("portal.search")


class Unusable(Exception):
    """The index is missing, broken or busy; `portal search reindex` makes a new one."""


class Desk:
    """Where questions to one language are answered: one at a time, since they use the processor and nothing else."""

    def __init__(self, root: Path, locale: str) -> None:
        self.root, self.locale = root, locale
        self._turn = Lock()
        self._build = ""
        self._shelf: Shelf | None = None
        self._answers: OrderedDict[Ask, Results] = OrderedDict()

    def find(self, ask: Ask) -> Results:
        """Answers to a question.

        Raises:
            Exception: of many kinds, when there is no index or it is broken.
        """
        if not self._turn.acquire(timeout=WAIT):
            raise Unusable("another question takes too long")
        try:
            shelf = self._fresh()
            if ask not in self._answers:
                self._answers[ask] = _answer(shelf, ask, self.locale)
                if len(self._answers) > CACHED:
                    self._answers.popitem(last=False)
            self._answers.move_to_end(ask)
            return self._answers[ask]
        except BaseException:
            self.close()  # what went wrong is opened anew the next time
            raise
        finally:
            self._turn.release()

    def warm(self) -> None:
        """Open the index and learn its words, then decode the common ones; of ten thousand articles that takes seconds.

        Whoever asks meanwhile waits for one word at most.
        """
        with self._turn:
            view = self._fresh().view(EVERYBODY, frozenset())
            for _vocabulary in view.vocabularies():
                pass
            common = view.common()
        for stem in common:
            with self._turn:
                self._fresh().view(EVERYBODY, frozenset()).decode(stem)

    def close(self) -> None:
        if self._shelf:
            self._shelf.close()
        self._shelf = None
        self._answers.clear()

    def _fresh(self) -> Shelf:
        build = str((self.root / "current").readlink())
        if self._shelf is None or self._build != build:
            self.close()
            self._shelf, self._build = Shelf(self.root / build / self.locale), build
        elif self._shelf.refresh():
            self._answers.clear()
        return self._shelf


def _answer(shelf: Shelf, ask: Ask, locale: str) -> Results:
    view = shelf.view(ask.who, ask.way.facets)
    question = read(ask, locale, shelf.view(ask.who, frozenset()))
    if not question.parts and not question.phrases:
        return Results()
    ranking = rank(view, question, locale, ask.limit, ask.way.skip)
    marker = Marker(locale, question.meant(), question.beginning)
    hits = tuple(_hit(one, view, marker, brief=ask.way.brief) for one in ranking.found)
    return Results(hits, question.corrected if hits else None, ranking.share, total=ranking.total)


def _hit(one: Ranked, view: Selection, marker: Marker, *, brief: bool) -> Hit:
    held = view.stored(one.part, one.number)
    title, text = (Markup(said) for said in marker.show(held["title"], "" if brief else held["text"]))  # noqa: S704 -- escaped there
    return Hit(held["kind"], held["number"], title, text, held["url"], round(one.score, 3), one.matched)


class Search:
    """All languages under one folder; `current` points to the build in use, and a rebuild swaps it in one step."""

    def __init__(self, root: Path, sources: Mapping[str, Source]) -> None:
        self.root, self.sources = root, sources
        self.name = uuid4().hex[
            :8
        ]  # of this process's hand at the index: what it wrote itself it need not hear of
        self.desks = {locale: Desk(root, locale) for locale in SHELVES}

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, also across processes; the lock of one that died is free."""
        self.root.mkdir(parents=True, exist_ok=True)
        until = time.monotonic() + PATIENCE
        with (self.root / "write.lock").open("w") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise Unusable("another writer holds the index") from None
                    time.sleep(0.05)
            yield

    def write(self, kind: str, ids: Iterable[int], documents: Iterable[Document]) -> None:
        """Put the documents in place of all that is held of `ids`, in one commit a language.

        Raises:
            Unusable: there is no index to write to.
        """
        keys, put = [f"{kind}:{i}" for i in ids], list(documents)
        with self._writing():
            try:
                for locale in SHELVES:
                    folder = (self.root / "current" / locale).resolve()
                    disk.change(folder, keys, [d for d in put if d.locale == locale])
            except Exception as error:  # a broken index breaks in many ways
                raise Unusable(f"the index cannot be written: {error!r}") from error

    def rebuild(self, track: Callable[[Iterable[Document]], Iterable[Document]] = iter) -> int:
        """Build all languages anew beside the old ones, then swap; returns how many documents there are."""
        with self._writing():
            build = self.root / f"build-{uuid4().hex[:12]}"
            writers: dict[str, Any] = {locale: disk.create(build / locale) for locale in SHELVES}
            count = 0
            for count, document in enumerate(track(self._all()), start=1):  # noqa: B007 -- the last one is the sum
                disk.add(writers[document.locale], document)
            for locale, writer in writers.items():
                writer.commit()
                disk.seal(build / locale)
            self._swap(build)
        return count

    def _all(self) -> Iterator[Document]:
        for source in self.sources.values():
            yield from source.documents(None)

    def _swap(self, build: Path) -> None:
        link = self.root / "current"
        before = link.readlink().name if link.is_symlink() else ""
        draft = self.root / f"{build.name}.link"
        draft.symlink_to(build.name)
        draft.replace(link)
        for old in self.root.glob("build-*"):  # pages may still read the one before
            if old.name not in (build.name, before):
                shutil.rmtree(old, ignore_errors=True)

    def warm(self) -> None:
        """Get ready for questions, language by language, so that nobody's first one waits; what is broken is left."""
        for desk in self.desks.values():
            with suppress(Exception):  # a broken index breaks in many ways
                desk.warm()

    def is_there(self) -> bool:
        """Whether there is an index to ask, at the first sight; trouble() looks into it."""
        return all(any((self.root / "current" / locale).glob("*.toc")) for locale in SHELVES)

    def was_made(self) -> bool:
        """Whether there ever was one here."""
        return (self.root / "current").exists()

    def trouble(self) -> str | None:
        """What is wrong with the index, in a sentence; None when all languages can be searched and nothing is damaged.

        Raises:
            Unusable: somebody writes to it for a long time.
        """
        with self._writing():
            for locale in SHELVES:
                folder = (self.root / "current" / locale).resolve()
                try:
                    Shelf(folder).close()
                except Exception as error:  # noqa: BLE001 -- a broken index breaks in many ways
                    return f"The search index for {locale} cannot be read: {error!r}."
                if not disk.is_whole(folder):
                    return f"The search index for {locale} is damaged."
        return None


def init_search(app: Flask, sources: Mapping[str, Source]) -> None:
    """Give the app its index under the instance folder; `sources` by the kind of their documents."""
    app.extensions["search"] = Search(Path(app.config["INSTANCE"]) / "search", sources)


def the_search() -> Search:
    """The index of the app at hand."""
    return cast("Search", current_app.extensions["search"])


def is_healthy() -> bool:
    """Whether every language can be searched; what is being written at the moment is."""
    try:
        return the_search().trouble() is None
    except Unusable:
        return True


def put(document: Document) -> None:
    """Hold a document in place of what was held of it; for the worker."""
    the_search().write(document.kind, [document.id], [document])


def drop(kind: str, row: int) -> None:
    """Forget a document in all languages; for the worker."""
    the_search().write(kind, [row], [])


def find(words: str, language: str, who: frozenset[str], limit: int = 20, way: Way = USUAL) -> Results:
    """Answers in one language, best first; never raises.

    Args:
        words: as typed. Words in quotation marks must stand side by side; nothing else is syntax.
        language: one of LANGUAGES, or ANY.
        who: the reader's tokens; only documents that one of them opens are found, or known of.
        limit: most answers.
    """
    try:
        said = " ".join(clean(words[:MOST].replace("\0", " ")).split())
        ask = Ask(said, who, limit, way, synonyms_of(language))
        return the_search().desks[language].find(ask)
    except Exception as error:  # noqa: BLE001 -- a broken index breaks in many ways, and none may break a page
        log.warning("search is limited", extra={"error": repr(error)})
        return Results(limited=True)
