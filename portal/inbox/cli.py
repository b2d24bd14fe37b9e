"""`portal mail`: what a mail server pipes in, the mailbox read once, and what we read in a mail."""

import json
import os
import re
import sys
from typing import Any, BinaryIO

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo, with_appcontext

from ..extensions import db
from ..kit.files import MB
from . import mailbox
from .actions import take_in
from .reading import Reading, read

CHUNK = 1 << 16  # bytes; the first one holds the head of what is too large


@click.group()
def mail() -> None:
    """Mail that comes in: receive it from a mail server, read the mailbox, look into a mail."""


@mail.command()
@click.option("--to", "recipient", default=None, help="To whom the mail server was told to bring it.")
@click.option(
    "--from", "sender", default=None, help="From whom, as the mail server was told; empty for reports."
)
@click.pass_context
def receive(ctx: click.Context, recipient: str | None, sender: str | None) -> None:
    """Take in one mail from standard input, for the pipe of a mail server.

    Ends with 0 once the mail is kept for good. Else with a code of sysexits.h, which mail servers go by:
    75 to try again later, 65 for a mail that is too large, of which the head was kept.
    """
    try:
        app: Flask = ctx.ensure_object(ScriptInfo).load_app()
        with app.app_context():
            fits = _receive(sys.stdin.buffer, recipient, sender)
    except Exception as error:  # noqa: BLE001 -- any trouble of ours is no fault of the mail: it must come again
        click.echo(f"portal: not kept, try again: {error}", err=True)
        ctx.exit(os.EX_TEMPFAIL)
    if not fits:
        click.echo(f"portal: larger than {app.config['MAIL_MB']} MB; only the head was kept", err=True)
        ctx.exit(os.EX_DATAERR)


def _receive(stream: BinaryIO, recipient: str | None, sender: str | None) -> bool:
    most, size = current_app.config["MAIL_MB"] * MB, 0
    chunks: list[bytes] = []
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size <= most or not chunks:
            chunks.append(chunk)
        elif (
            len(chunks) > 1
        ):  # too large: to its end it is read away, for a server dislikes a pipe that breaks
            del chunks[1:]
    raw = re.sub(rb"\AFrom [^\n]*\n", b"", b"".join(chunks), count=1)
    if sender is not None and sender.strip("<>").upper() == "MAILER-DAEMON":  # Postfix's word for nobody
        sender = ""
    stamps = [
        ("Delivered-To", recipient),
        ("Return-Path", None if sender is None else f"<{sender.strip('<>')}>"),
    ]
    top = "".join(f"{name}: {' '.join(value.split())}\n" for name, value in stamps if value is not None)
    raw = top.encode("utf-8", "surrogateescape") + raw
    fits = size <= most
    take_in(raw[: None if fits else CHUNK], None if fits else size)
    db.session.commit()
    return fits


@mail.command()
@with_appcontext
def poll() -> None:
    """Read the mailbox once; the worker does it each minute."""
    if not current_app.config["IMAP_SERVER"]:
        raise click.ClickException("No mailbox is set; see PORTAL_IMAP_SERVER.")
    count, more = 0, True
    try:
        while more:
            taken = mailbox.poll()
            count, more = count + taken.count, taken.more
    except mailbox.FAULTS as error:
        db.session.rollback()
        mailbox.note_failure(error)
        db.session.commit()
        raise click.ClickException(f"The mailbox cannot be read: {error}") from error
    click.echo(f"{count} new mails are kept; the worker sorts them.")


@mail.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.argument("file", type=click.File("rb"), default="-")
def parse(file: BinaryIO, as_json: bool) -> None:
    """Show what we read in a mail, from standard input or a file."""
    seen = _shown(read(file.read()))
    if as_json:
        click.echo(json.dumps(seen, ensure_ascii=False, indent=2))
        return
    for name, value in seen.items():
        click.echo(f"{name}: {value}")


def _shown(found: Reading) -> dict[str, Any]:
    files = [{"name": f.name, "type": f.type, "size": len(f.data), "sha256": f.sha256} for f in found.files]
    return {
        "from": found.sender,
        "subject": found.subject,
        "text": found.text,
        "html": found.html,
        "attachments": files,
        "automatic": found.automatic,
    }
