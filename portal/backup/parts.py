"""What is inside a backup: pieces one after the other, each with its name and size, and at the end a list to check by.

A piece is four bytes (how long its head is), the head as JSON {"name", "size"}, and its bytes. The first is `head.json`,
the last `list.json`; between them stand `tables/<name>/<number>` (lines of rows, zlib), `files/…`, `articles/…` and
`keys/…`. The list holds, for each part of the backup, how many pieces, rows and bytes it has, and their
BLAKE2b: SHA-256 takes twice as long where the processor does not help.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any

from .sealed import BadBackup, Opener, Sealer

HEAD, LIST = "head.json", "list.json"
CHUNK = 1 << 20
LONGEST_HEAD, LARGEST_LIST = 4000, 64 << 20


@dataclass
class Part:
    """What one part of a backup holds, counted while it is written or read."""

    pieces: int = 0
    rows: int = 0
    bytes: int = 0
    sum: Any = field(default_factory=partial(hashlib.blake2b, digest_size=32))

    def as_json(self) -> dict[str, Any]:
        return {
            "pieces": self.pieces,
            "rows": self.rows,
            "bytes": self.bytes,
            "blake2b": self.sum.hexdigest(),
        }


def part_of(name: str) -> str:
    """The part that a piece belongs to: "tables/person" of "tables/person/3", "files" of "files/ab/abcd"."""
    words = name.split("/")
    return "/".join(words[:2]) if words[0] == "tables" else words[0]


class _Counted:
    """Counts the parts as pieces go by."""

    def __init__(self) -> None:
        self.parts: dict[str, Part] = {}

    def begin(self, name: str, size: int) -> Part:
        part = self.parts.setdefault(part_of(name), Part())
        part.pieces += 1
        part.bytes += size
        part.sum.update(f"{name}\n{size}\n".encode())
        return part

    def told(self) -> dict[str, Any]:
        return {name: part.as_json() for name, part in self.parts.items()}


class Writer(_Counted):
    """Writes pieces into a sealed file; `end` writes the list and the mark of the end."""

    def __init__(self, sealer: Sealer, head: dict[str, Any]) -> None:
        super().__init__()
        self._sealer = sealer
        self.put(HEAD, json.dumps(head).encode())

    def put(self, name: str, data: bytes) -> None:
        self._name(name, len(data))
        self.begin(name, len(data)).sum.update(data)
        self._sealer.write(data)

    def put_rows(self, name: str, lines: bytes) -> None:
        """Lines of rows, as one piece."""
        self.put(name, zlib.compress(lines, 1))
        self.parts[part_of(name)].rows += lines.count(b"\n")

    def put_file(self, name: str, file: IO[bytes], size: int) -> None:
        """A file as it is.

        Raises:
            OSError: it ends before `size` bytes.
        """
        self._name(name, size)
        part = self.begin(name, size)
        while size:
            data = file.read(min(size, CHUNK))
            if not data:
                raise OSError(f"{name} became shorter while it was read")
            part.sum.update(data)
            self._sealer.write(data)
            size -= len(data)

    def end(self) -> dict[str, Any]:
        """The list, as it was written."""
        told = self.told()
        data = json.dumps(told).encode()
        self._name(LIST, len(data))
        self._sealer.write(data)
        self._sealer.close()
        return told

    def _name(self, name: str, size: int) -> None:
        head = json.dumps({"name": name, "size": size}).encode()
        self._sealer.write(len(head).to_bytes(4, "big") + head)


@dataclass
class Piece:
    """One piece; `chunks` are its bytes, to be read before the next piece is."""

    name: str
    size: int
    chunks: Iterator[bytes]

    def data(self) -> bytes:
        return b"".join(self.chunks)


def rows_in(data: bytes) -> bytes:
    """The lines of a piece of a table."""
    return zlib.decompress(data)


class Reader(_Counted):
    """Reads the pieces of a backup, and at its end compares what was read with the list.

    Raises:
        BadBackup: while reading.
    """

    def __init__(self, opener: Opener) -> None:
        super().__init__()
        self._opener = opener
        first = self._next()
        if first is None or first.name != HEAD:
            raise BadBackup("The backup does not begin as one; it cannot be used.")
        self.head: dict[str, Any] = json.loads(first.data())

    def __iter__(self) -> Iterator[Piece]:
        while piece := self._next():
            yield piece
            for _rest in piece.chunks:  # what nobody wanted to read is looked at all the same
                pass

    def _next(self) -> Piece | None:
        count = int.from_bytes(self._opener.read(4), "big")
        if count > LONGEST_HEAD:
            raise BadBackup("The backup holds what no portal wrote; it cannot be used.")
        told = json.loads(self._opener.read(count))
        name, size = str(told["name"]), int(told["size"])
        if name == LIST:
            self._compare(size)
            return None
        # "files//etc/x" would be an absolute path once its first word is taken off.
        if {"", ".", ".."} & set(name.split("/")) or "\0" in name or size < 0:
            raise BadBackup(f"The backup holds a file of the name {name!r}, which no portal writes.")
        return Piece(name, size, self._chunks(self.begin(name, size), name, size))

    def _chunks(self, part: Part, name: str, size: int) -> Iterator[bytes]:
        unpacked = zlib.decompressobj() if name.startswith("tables/") else None
        while size:
            data = self._opener.read(min(size, CHUNK))
            part.sum.update(data)
            if unpacked:
                part.rows += unpacked.decompress(data).count(b"\n")
            size -= len(data)
            yield data

    def _compare(self, size: int) -> None:
        if size > LARGEST_LIST:
            raise BadBackup("The backup's own list is too long; it cannot be used.")
        told = json.loads(self._opener.read(size))
        read = self.told()
        for name in sorted(told.keys() | read.keys()):
            if told.get(name) != read.get(name):
                raise BadBackup(f"The part {name} is not what the backup's own list says; it cannot be used.")
        if not self._opener.at_end():
            raise BadBackup("The backup goes on after its end; it cannot be used.")


def look_through(opener: Opener, seen: Callable[[int], None] = lambda _count: None) -> Reader:
    """Read a backup to its end, and so see that it is whole; returns the reader with its head and counts.

    Args:
        opener: the file.
        seen: is told of bytes as they are read.

    Raises:
        BadBackup: it is not.
    """
    reader = Reader(opener)
    for piece in reader:
        for data in piece.chunks:
            seen(len(data))
    return reader
