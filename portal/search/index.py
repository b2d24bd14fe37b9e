"""The index: put, drop and find; a missing or broken one makes search limited and never stops a page."""

import fcntl
import logging
import shutil
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any, cast
from uuid import uuid4

from flask import Flask, current_app
from markupsafe import Markup
from whoosh import index, query
from whoosh.fields import ID, KEYWORD, NUMERIC, STORED, TEXT, Schema

from ..config import LANGUAGES
from . import words as w

Who = frozenset[str]
PUBLIC = "public"
POOL = 4  # searchers of a language; each is used by one thread at a time
WAIT = 1.0  # seconds that a page waits for one
MOST_WORDS = 10  # of a question: the rarest ones
MANY = 2000  # documents from which words that are everywhere are left out
CACHED = 256  # answers kept per language
PATIENCE = 60.0  # seconds that a writer waits for a rebuild to end
log = logging.getLogger("portal.search")


class Unusable(Exception):
    """The index is missing, broken or busy; `portal search reindex` makes a new one."""


@dataclass(frozen=True)
class Document:
    """What search holds of a row; `who` may find it."""

    kind: str
    id: int
    locale: str
    title: str
    heads: str
    text: str
    url: str
    who: tuple[str, ...] = (PUBLIC,)


@dataclass(frozen=True)
class Source:
    """Where a feature's documents come from: how many there are, and those of some ids or of all."""

    count: Callable[[], int]
    documents: Callable[[Sequence[int] | None], Iterable[Document]]


@dataclass(frozen=True)
class Hit:
    """One answer; title and excerpt are safe HTML with <mark>."""

    kind: str
    id: int
    title: Markup
    excerpt: Markup
    url: str


@dataclass(frozen=True)
class Results:
    """Answers, best first.

    Attributes:
        corrected: the question as it was understood, when a word was misspelt.
        limited: the index cannot be used at the moment.
    """

    hits: tuple[Hit, ...] = ()
    corrected: str | None = None
    limited: bool = False


@dataclass(frozen=True)
class Ask:
    """A question: see find()."""

    words: str
    who: Who
    limit: int
    beginning: bool
    correct: bool


@dataclass
class _Open:
    """A searcher on one state of the index."""

    build: str
    searcher: Any

    @property
    def state(self) -> tuple[str, int]:
        return self.build, self.searcher.reader().generation()


@dataclass
class _Known:
    """What was learnt from one state of the index."""

    state: tuple[str, int]
    answers: "OrderedDict[Ask, Results]" = field(default_factory=OrderedDict)
    dictionaries: dict[bool, dict[str, tuple[int, str]]] = field(default_factory=dict)


def _schema(locale: str) -> Schema:
    return Schema(
        key=ID(stored=False, unique=True),
        who=KEYWORD(),
        kind=STORED(),
        number=NUMERIC(stored=True),
        url=STORED(),
        title=TEXT(analyzer=w.analyzer(locale), phrase=False, stored=True),
        heads=TEXT(analyzer=w.analyzer(locale), phrase=False),
        text=TEXT(analyzer=w.analyzer(locale), phrase=False, stored=True),
        names=TEXT(analyzer=w.folded_analyzer(), phrase=False),
        # Words of what is not public stand apart, so that no suggestion tells them.
        public=KEYWORD(),
        staff=KEYWORD(),
    )


class Pool:
    """The searchers of one language."""

    def __init__(self, root: Path, locale: str) -> None:
        self.root, self.locale = root, locale
        self._turns = BoundedSemaphore(POOL)
        self._free: list[_Open] = []
        self._lock = Lock()
        self._known = _Known(("", -1))

    @contextmanager
    def _searcher(self) -> Iterator[_Open]:
        if not self._turns.acquire(timeout=WAIT):
            raise Unusable("all searchers are busy")
        try:
            opened = self._fresh()
            yield opened
            self._free.append(opened)  # only one that worked comes back
        finally:
            self._turns.release()

    def _fresh(self) -> _Open:
        build = str((self.root / "current").readlink())
        with suppress(IndexError):
            opened = self._free.pop()
            if opened.build == build and opened.searcher.up_to_date():
                return opened
            # Not refresh(): it keeps segments that it knows, and so shows what was dropped from them since.
            opened.searcher.close()
        return _Open(build, index.open_dir(self.root / build / self.locale).searcher())

    def find(self, ask: Ask) -> Results:
        with self._searcher() as opened:
            with self._lock:
                if self._known.state != opened.state:
                    self._known = _Known(opened.state)
                known = self._known
                if ask in known.answers:
                    known.answers.move_to_end(ask)
                    return known.answers[ask]
            results = _Search(self.locale, opened.searcher, known).answer(ask)
            with self._lock:
                known.answers[ask] = results
                if len(known.answers) > CACHED:
                    known.answers.popitem(last=False)
            return results


class _Search:
    """One question to one searcher."""

    def __init__(self, locale: str, searcher: Any, known: _Known) -> None:
        self.locale, self.searcher, self.known = locale, searcher, known
        self.reader = searcher.reader()

    def answer(self, ask: Ask) -> Results:
        asked = w.WORD.findall(ask.words)
        said = self._corrected(asked, ask) if ask.correct else asked
        terms = self._rarest({t for word in said if (t := w.term(word, self.locale[:2]))})
        beginning = w.fold(asked[-1]) if asked and ask.beginning and len(asked[-1]) > 1 else ""
        if not terms and not beginning:
            return Results()
        allowed = query.Or([query.Term("who", word) for word in sorted(ask.who)])
        question = self._question(terms, beginning)
        found = self.searcher.search(question, limit=ask.limit, filter=allowed, optimize=False)
        marker = w.Marker(self.locale, frozenset(terms), beginning)
        hits = tuple(self._hit(hit, marker) for hit in found)
        changed = [w.fold(a) for a in asked] != [w.fold(s) for s in said]
        return Results(hits, " ".join(said) if changed else None)

    @staticmethod
    def _hit(found: Any, marker: w.Marker) -> Hit:
        title, text = Markup(marker.mark(found["title"])), Markup(marker.excerpt(found["text"]))  # noqa: S704 -- escaped there
        return Hit(found["kind"], found["number"], title, text, found["url"])

    @staticmethod
    def _question(terms: Sequence[str], beginning: str) -> Any:
        parts = [
            query.Term(name, word, boost=boost)
            for word in terms
            for name, boost in (("title", 4.0), ("heads", 1.5), ("text", 1.0))
        ]
        if len(terms) > 1:
            parts.append(query.And([query.Term("title", word) for word in terms], boost=3.0))
        if beginning:
            parts.append(query.Prefix("names", beginning, boost=2.0))
        return query.Or(parts)

    def _in(self, word: str) -> int:
        """In how many documents a stem stands."""
        return max(self.reader.doc_frequency(name, word) for name in ("text", "title", "heads"))

    def _rarest(self, terms: Iterable[str]) -> list[str]:
        counted = sorted((count, word) for word in terms if (count := self._in(word)))
        total = self.reader.doc_count()
        telling = [pair for pair in counted if total < MANY or pair[0] <= total / 2]
        return [word for _count, word in (telling or counted)[:MOST_WORDS]]

    def _dictionary(self, who: Who) -> dict[str, tuple[int, str]]:
        everything = "staff" in who
        if everything not in self.known.dictionaries:
            fields = ("public", "staff") if everything else ("public",)
            made: dict[str, tuple[int, str]] = {}
            for name in fields:
                for text, info in self.reader.iter_field(name):
                    word = text.decode() if isinstance(text, bytes) else text
                    made[w.fold(word)] = max(
                        made.get(w.fold(word), (0, "")), (int(info.doc_frequency()), word)
                    )
            self.known.dictionaries[everything] = made
        return self.known.dictionaries[everything]

    def _corrected(self, asked: list[str], ask: Ask) -> list[str]:
        said = list(asked)
        for place, word in enumerate(asked):
            unfinished = ask.beginning and place == len(asked) - 1
            stem = w.term(word, self.locale[:2])
            if stem and not unfinished and not self._in(stem):
                said[place] = w.nearest(w.fold(word), self._dictionary(ask.who)) or word
        return said


class Search:
    """All languages under one folder; `current` points to the build in use, and a rebuild swaps it in one step."""

    def __init__(self, root: Path, sources: Mapping[str, Source]) -> None:
        self.root, self.sources = root, sources
        self.pools = {locale: Pool(root, locale) for locale in LANGUAGES}

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, also across processes."""
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
                for locale in LANGUAGES:
                    folder = (self.root / "current" / locale).resolve()
                    _write(folder, keys, [d for d in put if d.locale == locale])
            except Exception as error:  # a broken index breaks in many ways
                raise Unusable(f"the index cannot be written: {error!r}") from error

    def rebuild(self, track: Callable[[Iterable[Document]], Iterable[Document]] = iter) -> int:
        """Build all languages anew beside the old ones, then swap; returns how many documents there are."""
        with self._writing():
            build = self.root / f"build-{uuid4().hex[:12]}"
            writers: dict[str, Any] = {}
            for locale in LANGUAGES:
                (build / locale).mkdir(parents=True)
                writers[locale] = index.create_in(build / locale, _schema(locale)).writer(limitmb=64)
            count = 0
            for count, document in enumerate(track(self._all()), start=1):  # noqa: B007 -- the last one is the sum
                _add(writers[document.locale], document)
            for writer in writers.values():
                writer.commit()
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

    def trouble(self) -> str | None:
        """What is wrong with the index, in a sentence; None when all languages can be searched."""
        for locale in LANGUAGES:
            try:
                with index.open_dir((self.root / "current" / locale).resolve()).searcher() as searcher:
                    searcher.search(query.Every(), limit=1)
            except Exception as error:  # noqa: BLE001 -- a broken index breaks in many ways
                return f"The search index for {locale} cannot be read: {error!r}."
        return None


def _write(folder: Path, keys: list[str], documents: list[Document]) -> None:
    held = index.open_dir(folder)
    with held.reader() as reader:
        gone = [key for key in keys if ("key", key) in reader]
    if not gone and not documents:
        return
    writer = held.writer(limitmb=32)
    try:
        for key in gone:
            writer.delete_by_term("key", key)
        for document in documents:
            _add(writer, document)
    except BaseException:
        writer.cancel()
        raise
    writer.commit()


def _add(writer: Any, document: Document) -> None:
    said = f"{document.title} {document.heads} {document.text}".lower()
    field_of_words = "public" if PUBLIC in document.who else "staff"
    spelling = {field_of_words: " ".join(sorted(set(w.WORD.findall(said))))}
    writer.add_document(
        key=f"{document.kind}:{document.id}",
        who=" ".join(document.who),
        kind=document.kind,
        number=document.id,
        url=document.url,
        title=document.title,
        heads=document.heads,
        text=document.text,
        names=document.title,
        **spelling,
    )


def init_search(app: Flask, sources: Mapping[str, Source]) -> None:
    """Give the app its index under the instance folder; `sources` by the kind of their documents."""
    app.extensions["search"] = Search(Path(app.config["INSTANCE"]) / "search", sources)


def the_search() -> Search:
    """The index of the app at hand."""
    return cast("Search", current_app.extensions["search"])


def is_healthy() -> bool:
    """Whether every language can be searched."""
    return the_search().trouble() is None


def put(document: Document) -> None:
    """Hold a document in place of what was held of it; for the worker."""
    the_search().write(document.kind, [document.id], [document])


def drop(kind: str, row: int) -> None:
    """Forget a document in all languages; for the worker."""
    the_search().write(kind, [row], [])


def find(  # noqa: PLR0913 -- two of them are switches with a usual value
    words: str,
    language: str,
    who: Who = frozenset({PUBLIC}),
    limit: int = 20,
    *,
    beginning: bool = False,
    correct: bool = True,
) -> Results:
    """Answers in one language, best first; never raises.

    Args:
        words: as typed; nothing in it is syntax. The first 300 characters count.
        language: one of LANGUAGES.
        who: the words that the reader holds; a document is found by one that holds any of its own.
        limit: most answers.
        beginning: the last word may be the beginning of one, as while typing.
        correct: misspelt words are replaced by the nearest known ones.
    """
    ask = Ask(" ".join(w.WORD.findall(words[:300])).lower(), who, limit, beginning, correct)
    try:
        return the_search().pools[language].find(ask)
    except Exception as error:  # noqa: BLE001 -- a broken index breaks in many ways, and none may break a page
        log.warning("search is limited", extra={"error": repr(error)})
        return Results(limited=True)
