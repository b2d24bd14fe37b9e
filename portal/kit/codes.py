"""Codes that are read out on the telephone."""

import hmac
import secrets

from flask import current_app

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that sounds or looks like another one
LENGTH = 8


def new_code() -> str:
    """A code as it is read out: two groups of four; 31^8 of them."""
    code = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return f"{code[:4]}-{code[4:]}"


def digest_of(what: str, code: str) -> str:
    """What is stored of a code for something, named by `what`: useless without the instance's secret key."""
    plain = "".join(sign for sign in code.upper() if sign in SIGNS)
    return hmac.new(str(current_app.secret_key).encode(), f"{what}|{plain}".encode(), "sha256").hexdigest()
