"""One language of the index on disk, as Whoosh keeps it: its fields, changes in one commit, and telling damage."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from whoosh import formats
from whoosh.codec.whoosh3 import W3Codec, W3LeafMatcher
from whoosh.fields import NUMERIC, STORED, FieldType, Schema
from whoosh.filedb.filestore import FileStorage

from . import words as w
from .documents import Document

SEALS = "seals.json"
HEAVY = {"title": 6.0, "tags": 4.0, "heads": 2.5, "summary": 2.5, "text": 1.0}
BLOCK = 512  # documents of a word that are written together
GAP = 20  # places between two fields, so that no phrase reaches from one into the next


class _Stems(FieldType):
    """Stems with their places, each weighted by the fields it stands in."""

    def __init__(self) -> None:
        super().__init__(formats.Positions(), None, scorable=True)

    def index(self, value: Iterable[tuple[str, float, int]], **_more: Any) -> Iterator[Any]:
        places: dict[str, list[int]] = {}
        weights: dict[str, float] = {}
        for stem, weight, place in value:
            places.setdefault(stem, []).append(place)
            weights[stem] = weights.get(stem, 0.0) + weight
        for stem, at in places.items():
            yield stem.encode(), len(at), weights[stem], self.format.encode(at)


class _Names(FieldType):
    """Words as they are."""

    def __init__(self, *, unique: bool = False) -> None:
        super().__init__(formats.Existence(), None, unique=unique)

    def index(self, value: Iterable[str], **_more: Any) -> Iterator[Any]:
        for name in value:
            yield name.encode(), 1, 1.0, b""


def schema() -> Schema:
    return Schema(
        key=_Names(unique=True),
        who=_Names(),
        facet=_Names(),
        stem=_Stems(),
        word=_Names(),
        number=NUMERIC(stored=True),
        kind=STORED(),
        url=STORED(),
        title=STORED(),
        text=STORED(),
        lift=STORED(),
    )


def _said(document: Document) -> Iterator[tuple[str, float, int]]:
    """Every word of a document with its weight and its place."""
    base = 0
    for name, weight in HEAVY.items():
        said = getattr(document, name)
        place = 0
        for word, place in w.spoken(w.clean("\n".join(said) if name == "tags" else said)):
            yield word[: w.LONGEST].lower(), weight, base + place
        base += place + GAP


def add(writer: Any, document: Document) -> None:
    """Give a document to a writer of Whoosh."""
    said = list(_said(document))
    stems = ((stem, weight, place) for word, weight, place in said if (stem := w.term(word, document.locale)))
    writer.add_document(
        key=[f"{document.kind}:{document.id}"],
        who=document.who,
        facet=(f"kind:{document.kind}", *document.facets),
        stem=stems,
        word=set() if document.locale == w.ANY else {word for word, _weight, _place in said},
        number=document.id,
        kind=document.kind,
        url=document.url,
        title=w.clean(document.title),
        text=w.clean(f"{document.summary}\n{document.text}"),
        lift=document.lift,
    )


def _codec() -> W3Codec:
    """How postings are written: a common word is read whole, so that large blocks as they are save half of that."""
    return W3Codec(blocklimit=BLOCK, compression=0)


def create(folder: Path) -> Any:
    """An empty index in a folder; returns its writer."""
    folder.mkdir(parents=True)
    return FileStorage(str(folder)).create_index(schema()).writer(limitmb=128, codec=_codec())


def open_index(folder: Path) -> Any:
    """The index of a folder, read without memory mapping: a file cut short would end the process otherwise."""
    return FileStorage(str(folder), supports_mmap=False).open_index()


def blocks(reader: Any, name: str, text: str) -> Iterator[tuple[Sequence[int], Sequence[float]]]:
    """Numbers and weights of the documents that hold a term, as they lie on disk: dropped ones are among them.

    Whoosh gives them one by one and leaves out the dropped ones, which takes four times as long.
    """
    if (name, text) not in reader:
        return
    matcher = reader.postings(name, text)
    matcher = getattr(matcher, "child", matcher)
    while matcher.is_active():
        weight = matcher.weight()  # reads the block
        if isinstance(matcher, W3LeafMatcher):
            gaps, weights = matcher._data[0], matcher._weights  # noqa: SLF001 -- nothing public gives a block as it is
            yield tuple(accumulate(gaps)), weights
            matcher._next_block()  # noqa: SLF001 -- nor steps over one
        else:
            yield (matcher.id(),), (weight,)
            matcher.next()


def change(folder: Path, keys: Sequence[str], documents: Sequence[Document]) -> None:
    """Put documents in place of all that is held under the keys, in one commit."""
    held = open_index(folder)
    with held.reader() as reader:
        gone = [key for key in keys if ("key", key) in reader]
    if not gone and not documents:
        return
    writer = held.writer(limitmb=32, codec=_codec())
    try:
        for key in gone:
            writer.delete_by_term("key", key)
        for document in documents:
            add(writer, document)
    except BaseException:
        writer.cancel()
        raise
    writer.commit()
    seal(folder)


def _sums(folder: Path) -> dict[str, int]:
    files = (f for f in sorted(folder.iterdir()) if f.suffix in (".seg", ".toc"))
    return {file.name: zlib.crc32(file.read_bytes()) for file in files}


def seal(folder: Path) -> None:
    """Note the checksums of the files, by which damage is told from change."""
    draft = folder / f"{SEALS}.new"
    draft.write_text(json.dumps(_sums(folder)), encoding="utf-8")
    draft.replace(folder / SEALS)


def is_whole(folder: Path) -> bool:
    """Whether every file is as it was written."""
    try:
        return bool(json.loads((folder / SEALS).read_text(encoding="utf-8")) == _sums(folder))
    except (OSError, ValueError):
        return False
