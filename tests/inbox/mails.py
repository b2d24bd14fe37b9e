"""Mails made in code, as senders make them."""

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

from portal.kit import clock
from portal.mail.threads import Thread

REPLY = "help@example.com"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")


def mail(
    sender: str = "Marta <customer@example.com>",
    to: str = REPLY,
    subject: str = "Re: The light is orange",
    body: str = "It is green now.",
    **headers: str,
) -> EmailMessage:
    """A mail with a fresh id; further headers by their names, with _ for -."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = headers.pop("Message_ID", make_msgid(domain="example.com"))
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    return made


def reply_to(ticket_id: int, person_id: int) -> str:
    """Where a person's answers to a ticket go."""
    address = Thread(ticket_id, person_id).reply_to
    assert address
    return address


def with_file(made: EmailMessage, name: str, data: bytes, kind: str = "image/png") -> EmailMessage:
    main, _, sub = kind.partition("/")
    made.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return made


def raw(lines: str, body: bytes = b"", **more: Any) -> bytes:
    """Bytes as they are typed, for what no library would write."""
    return lines.encode(more.get("charset", "utf-8")).replace(b"\n", b"\r\n") + b"\r\n\r\n" + body
