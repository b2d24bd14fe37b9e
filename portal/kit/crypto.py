"""Secrets: random tokens, their digests, and passwords."""

import base64
import hashlib
import hmac
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app


def new_token() -> str:
    """A random token of 256 bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a token: a thief of the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def signature(purpose: str, words: str) -> str:
    """Our mark of 130 bits on `words`, another for each purpose; small letters and digits, which mail systems leave alone."""
    key = hashlib.sha256(f"{purpose}|{current_app.config['SECRET_KEY']}".encode()).digest()
    made = hmac.new(key, words.encode(), hashlib.sha256).digest()
    return base64.b32encode(made)[:26].decode().lower()


def is_signed(purpose: str, words: str, given: str) -> bool:
    """Whether `given` is our mark on `words`; a mail system may have changed its capitals."""
    return hmac.compare_digest(signature(purpose, words).encode(), given.lower().encode())


@cache
def _hasher(memory: int) -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=memory, parallelism=1)


def _current() -> PasswordHasher:
    return _hasher(current_app.config["ARGON_MEMORY_KB"])


def hash_password(password: str) -> str:
    """Argon2id at OWASP's least settings (Password Storage Cheat Sheet: 19 MiB, t=2, p=1) unless the owner asks for more."""
    return _current().hash(password)


@cache
def _nobody(memory: int) -> str:
    return _hasher(memory).hash(secrets.token_urlsafe(16))


def check_password(stored: str | None, password: str) -> bool:
    """Whether the password is right; without a stored one the same work is done, so that time tells nothing."""
    try:
        _current().verify(stored or _nobody(current_app.config["ARGON_MEMORY_KB"]), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_old(stored: str) -> bool:
    """Whether a stored password should be hashed anew with today's settings."""
    return _current().check_needs_rehash(stored)
