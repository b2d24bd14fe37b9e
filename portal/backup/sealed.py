"""A file that only who has the key can read, and nobody can change, cut or reorder unseen.

First a line that names the form, then a line of JSON with what the key is made with, both plain; then the content in
frames of FRAME bytes, the last one shorter, each AES-256-GCM with 16 bytes of tag. A frame's nonce is its number (11
bytes) and whether it is the last (1 byte), and each is bound to the two lines: the STREAM construction (Hoang,
Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, 2015), as age has it.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NAME, FORM = b"portal backup ", b"1"
FRAME, TAG = 1 << 20, 16
LONGEST_HEAD = 2000
LEAST_PASSPHRASE, LEAST_KEY_FILE = 12, 32
MOST_MEMORY_KB, MOST_PASSES = 1 << 20, 20  # what a file may ask of who opens it
KEY_BYTES = 32


class BadBackup(Exception):
    """A file is no backup that can be used, or a key is not its key; the message is a sentence that says what to do."""


@dataclass(frozen=True)
class Secret:
    """What a key is made of: a passphrase, or the bytes of a key file."""

    words: bytes
    is_file: bool = False
    known: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)  # to make one takes long

    def key(self, head: dict[str, Any]) -> bytes:
        """The key of one file: another one for each salt, so that no nonce is ever used twice with it."""
        salt = bytes.fromhex(head["salt"])
        if self.is_file:
            return HKDF(SHA256(), KEY_BYTES, salt, b"portal backup").derive(self.words)
        how = json.dumps([head["salt"], head["passes"], head["memory"]])
        if how not in self.known:
            self.known[how] = hash_secret_raw(
                self.words, salt, head["passes"], head["memory"], 1, hash_len=KEY_BYTES, type=Type.ID
            )
        return self.known[how]


def passphrase(words: str) -> Secret:
    """Raises BadBackup for one that is too short to hold."""
    if len(words) < LEAST_PASSPHRASE:
        raise BadBackup(f"The passphrase needs {LEAST_PASSPHRASE} or more characters.")
    return Secret(words.encode())


def key_file(path: Path) -> Secret:
    """Raises BadBackup for a file that cannot be read or is too small for a key."""
    try:
        words = path.read_bytes()
    except OSError as error:
        raise BadBackup(f"The key file {path} cannot be read: {error.strerror}.") from error
    if len(words) < LEAST_KEY_FILE:
        raise BadBackup(
            f"The key file {path} holds less than {LEAST_KEY_FILE} bytes; "
            f"make one with: head -c {LEAST_KEY_FILE} /dev/urandom > {path}"
        )
    return Secret(words, is_file=True)


def _check(key: bytes) -> str:
    """By this a wrong key is told from a damaged file; it says nothing of the key."""
    return hmac.new(key, b"portal backup check", hashlib.sha256).hexdigest()[:16]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Sealer:
    """A file to write into; `close` writes the end, without which nothing of it is believed."""

    def __init__(self, file: IO[bytes], secret: Secret) -> None:
        head: dict[str, Any] = {
            "key": "file" if secret.is_file else "passphrase",
            "salt": secrets.token_hex(32),
        }
        if not secret.is_file:  # RFC 9106, 4: the second recommended choice
            head |= {"memory": 65536, "passes": 3}
        key = secret.key(head)
        lines = NAME + FORM + b"\n" + json.dumps(head | {"check": _check(key)}).encode() + b"\n"
        file.write(lines)
        self._file, self._cipher, self._bound = file, AESGCM(key), lines
        self._kept, self._number = bytearray(), 0

    def write(self, data: bytes) -> None:
        self._kept += data
        while len(self._kept) > FRAME:  # a full frame waits until more comes: it may be the last
            self._put(bytes(self._kept[:FRAME]), last=False)
            del self._kept[:FRAME]

    def close(self) -> None:
        self._put(bytes(self._kept), last=True)

    def _put(self, frame: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), frame, self._bound))
        self._number += 1


class Opener:
    """Reads what a Sealer wrote; every byte it gives was looked at first.

    Raises:
        BadBackup: while opening it or reading from it.
    """

    def __init__(self, file: IO[bytes], secret: Secret) -> None:
        first, second = file.readline(LONGEST_HEAD), file.readline(LONGEST_HEAD)
        head = _read_head(first, second)
        if secret.is_file != (head["key"] == "file"):
            kind = "a key file (--key-file)" if head["key"] == "file" else "a passphrase"
            raise BadBackup(f"This backup was made with {kind}; it can be opened with that alone.")
        key = secret.key(head)
        if not hmac.compare_digest(_check(key), str(head.get("check"))):
            raise BadBackup("This is not the key or passphrase that the backup was made with.")
        self._file, self._cipher, self._bound = file, AESGCM(key), first + second
        self._kept, self._at, self._number = b"", 0, 0
        self._next = file.read(FRAME + TAG)
        self._ended = False

    def read(self, count: int) -> bytes:
        """Exactly so many bytes. Raises BadBackup if there are fewer."""
        parts = []
        while count:
            if self._at == len(self._kept):
                self._turn()
            part = self._kept[self._at : self._at + count]
            self._at += len(part)
            count -= len(part)
            parts.append(part)
        return b"".join(parts)

    def at_end(self) -> bool:
        """Whether all was read, up to the mark of the end."""
        return self._ended and self._at == len(self._kept)

    def _turn(self) -> None:
        if self._ended:
            raise BadBackup("The backup ends before its content does; it cannot be used.")
        frame, self._next = self._next, self._file.read(FRAME + TAG)
        self._ended = not self._next
        try:
            self._kept = self._cipher.decrypt(_nonce(self._number, last=self._ended), frame, self._bound)
        except (InvalidTag, ValueError) as error:
            raise BadBackup(
                "The backup is cut short or was changed: "
                f"what stands {'at its end' if self._ended else f'after {self._number} MB'} is not what was written. "
                "Take another one, or copy it anew."
            ) from error
        self._at, self._number = 0, self._number + 1


def _read_head(first: bytes, second: bytes) -> dict[str, Any]:
    if not first.startswith(NAME):
        raise BadBackup("This is no backup of a portal.")
    if first != NAME + FORM + b"\n":
        form = first.removeprefix(NAME).decode("ascii", "replace").strip()[:20]
        raise BadBackup(f"This backup is of form {form!r}, and this portal reads form 1; use a newer portal.")
    try:
        head = json.loads(second)
        good = head["key"] in ("file", "passphrase") and len(bytes.fromhex(head["salt"])) == KEY_BYTES
        if head["key"] == "passphrase":
            good = good and 8 <= head["memory"] <= MOST_MEMORY_KB and 1 <= head["passes"] <= MOST_PASSES  # noqa: PLR2004 -- Argon2's least
    except (ValueError, KeyError, TypeError) as error:
        raise BadBackup("The beginning of the backup is damaged; take another one.") from error
    if not good:
        raise BadBackup("The beginning of the backup is damaged; take another one.")
    return dict(head)
