"""The way of a test mail in plain words, and what to tell the provider where it ends."""

from dataclasses import dataclass
from typing import Any

from flask import current_app

from ..kit.i18n import _
from ..mail.actions import kept_not_sent
from .mailway import CHECKS, domain_of
from .models import TestMail

CALLED = {"spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC"}


@dataclass(frozen=True)
class Step:
    """One step of the way.

    Attributes:
        tone: good, bad, wait or rest, as colours are called.
        said: what a server or the DNS said, word for word.
        advice: what to do, or to tell the provider; "" where nothing is to be done.
    """

    title: str
    words: str
    tone: str
    said: str = ""
    advice: str = ""

    @property
    def icon(self) -> str:
        return {"good": "circle-check", "bad": "alert-circle", "wait": "clock"}.get(self.tone, "circle-minus")


def way_of(test: TestMail) -> list[Step]:
    """Each step of a test mail."""
    checks = [_checked(name, test) for name in CHECKS] if test.checks else []
    return [_handed_over(test), _accepted(test), *checks, _arrived(test)]


def _handed_over(test: TestMail) -> Step:
    return Step(_("Handed over"), _("It is in the outbox, for %(email)s.", email=test.recipient), "good")


def _accepted(test: TestMail) -> Step:
    title = _("Accepted")
    if test.accepted_at and kept_not_sent():
        return Step(title, _("This is a demo: its mails are kept, to be read in its outbox."), "good")
    if test.accepted_at:
        return Step(title, _("The mail server took it and said:"), "good", test.answer or "250")
    if not test.trouble:
        return Step(title, _("It waits for the worker; that takes a few seconds."), "wait")
    if not current_app.config["MAIL_SERVER"]:
        words = _("No mail server is set.")
        advice = _(
            "Whoever looks after the server sets PORTAL_MAIL_SERVER and what belongs to it (README.md, “Configuration”) and starts the portal again. This mail goes then."
        )
        return Step(title, words, "bad", "", advice)
    words = (
        _("It was refused for good:") if test.is_final else _("It was not taken; we try again in a while:")
    )
    advice = _(
        "Tell your mail provider these words, and ask what is to be changed so that %(sender)s may send through %(server)s.",
        sender=test.sender,
        server=current_app.config["MAIL_SERVER"],
    )
    return Step(title, words, "bad", test.trouble, advice)


def _arrived(test: TestMail) -> Step:
    title = _("Arrived")
    if not test.accepted_at and not test.arrived_by and test.trouble:
        return Step(title, _("It has not left yet."), "rest")
    if test.arrived_by == "link":
        return Step(title, _("Its link was opened."), "good")
    if test.arrived_by:
        return Step(title, _("It came back into the portal's own mailbox."), "good")
    advice = ""
    if test.accepted_at:
        advice = _(
            "Not there after five minutes? Look among spam. If it is there, tell your provider that SPF, DKIM or DMARC of %(domain)s is not right; if it is nowhere, give them the server's words and the time.",
            domain=test.sender.rpartition("@")[2],
        )
    return Step(title, _("Open the mail and press its link."), "wait", "", advice)


def _checked(name: str, test: TestMail) -> Step:
    check: dict[str, Any] = test.checks.get(name) or {"state": "unseen", "said": ""}
    domain = domain_of(test.sender) or test.sender.rpartition("@")[2]
    tone, words = _state(name, check["state"], domain)
    advice = _advice(name, domain) if check["state"] in ("missing", "many", "failed") else ""
    if check["state"] == "unseen":
        advice = _("It shows when a test mail goes to the address of the portal's own mailbox.")
    return Step(CALLED[name], words, tone, str(check["said"]), advice)


def _state(name: str, state: str, domain: str) -> tuple[str, str]:
    """Tone and sentence of what was seen."""
    called = CALLED[name]
    return {
        "passed": ("good", _("The server that got the mail found it right:")),
        "failed": ("bad", _("The server that got the mail found it wrong:")),
        "there": ("good", _("%(domain)s has a record:", domain=domain)),
        "missing": ("bad", _("%(domain)s has no record for %(what)s.", domain=domain, what=called)),
        "many": ("bad", _("%(domain)s has more than one record, so none counts:", domain=domain)),
        "unsure": ("rest", _("The DNS did not answer; the next test mail asks again.")),
        "nameless": (
            "rest",
            _("%(domain)s is no name on the internet, so there is nothing to look up.", domain=domain),
        ),
    }.get(state, ("rest", _("Not seen yet.")))


def _advice(name: str, domain: str) -> str:
    """What to tell whoever looks after the domain."""
    if name == "spf":
        return _(
            "Ask whoever looks after %(domain)s: have one TXT record at %(domain)s that begins with v=spf1 and names the servers that send your mail. Your mail provider knows its words.",
            domain=domain,
        )
    if name == "dkim":
        return _(
            "Ask your mail provider to sign mails from %(domain)s with DKIM, and whoever looks after %(domain)s to add the key that the provider gives you.",
            domain=domain,
        )
    return _(
        "Ask whoever looks after %(domain)s: have one TXT record at _dmarc.%(domain)s. v=DMARC1; p=none is a beginning.",
        domain=domain,
    )
