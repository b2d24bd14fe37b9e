"""What the acts of the record are called; the rows hold the plain English that they were written with."""

from typing import Any

from ..kit.i18n import _, lazy
from ..people.permissions import ROLE_NAMES, SENTENCES, Permission

ACTS = {
    "signed up": lazy("signed up"),
    "signed in": lazy("signed in"),
    "failed to sign in": lazy("failed to sign in"),
    "signed out": lazy("signed out"),
    "signed out everywhere": lazy("signed out everywhere"),
    "changed the password": lazy("changed the password"),
    "used a sign-in link": lazy("used a sign-in link"),
    "asked for another address": lazy("asked for another address"),
    "changed the address": lazy("changed the address"),
    "called off a change of address": lazy("called off a change of address"),
    "objected to a change of address": lazy("objected to a change of address"),
    "asked for a code to read out": lazy("asked for a code to read out"),
    "changed the profile": lazy("changed the profile"),
    "changed what comes by mail": lazy("changed what comes by mail"),
    "added a ready answer": lazy("added a ready answer"),
    "changed a ready answer": lazy("changed a ready answer"),
    "deleted a ready answer": lazy("deleted a ready answer"),
    "erased a person": lazy("erased a person"),
    "exported what is kept of a person": lazy("exported what is kept of a person"),
    "changed the synonyms": lazy("changed the synonyms"),
    "changed the pinned answers": lazy("changed the pinned answers"),
    "tried again": lazy("tried again"),
    "dropped": lazy("dropped"),
    "restored the portal from a backup": lazy("restored the portal from a backup"),
    "put a mail into a request": lazy("put a mail into a request"),
    "made a request of a mail": lazy("made a request of a mail"),
    "set a mail aside": lazy("set a mail aside"),
    "took a mail back": lazy("took a mail back"),
    "made a space": lazy("made a space of the community"),
    "changed a space": lazy("changed a space of the community"),
    "added a member": lazy("added a member"),
    "removed a member": lazy("removed a member"),
    "invited a colleague": lazy("invited a colleague"),
    "sent an invitation again": lazy("sent an invitation again"),
    "withdrew an invitation": lazy("withdrew an invitation"),
    "accepted an invitation": lazy("accepted an invitation"),
    "gave a role": lazy("gave a role"),
    "took a role": lazy("took a role"),
    "made a role": lazy("made a role"),
    "changed a role": lazy("changed a role"),
    "deleted a role": lazy("deleted a role"),
    "deactivated a person": lazy("deactivated a person"),
    "activated a person": lazy("activated a person"),
    "made a team": lazy("made a team"),
    "changed a team": lazy("changed a team"),
    "deleted a team": lazy("deleted a team"),
    "changed name, logo or colour": lazy("changed name, logo or colour of the company"),
    "changed the languages or the time zone": lazy("changed the languages or the time zone"),
    "changed the opening hours": lazy("changed the opening hours"),
    "changed the hours to an answer": lazy("changed the hours to an answer"),
    "changed the sender of mails": lazy("changed the sender of mails"),
    "changed the words of mails": lazy("changed the words of mails"),
    "sent a test mail": lazy("sent a test mail"),
    "saw a test mail arrive": lazy("saw a test mail arrive"),
    "changed the public name": lazy("changed the name in the community"),
    "linked to an idea": lazy("linked to an idea"),
    "decided an idea": lazy("decided what becomes of an idea"),
    "wrote an article": lazy("wrote an article"),
    "made the demo": lazy("made the demo"),
    "published a page": lazy("published a page"),
    "changed how we are reached": lazy("changed how we are reached"),
}
OBJECTS = {
    "person": lazy("person"),
    "sign-in": lazy("sign-in"),
    "job": lazy("job"),
    "mail": lazy("mail"),
    "ready answer": lazy("ready answer"),
    "synonyms": lazy("synonyms"),
    "pinned answers": lazy("pinned answers"),
    "space": lazy("space"),
    "invitation": lazy("invitation"),
    "role": lazy("role"),
    "team": lazy("team"),
    "test mail": lazy("test mail"),
    "company": lazy("company"),
    "company page": lazy("company page"),
    "topic": lazy("topic"),
    "article": lazy("article"),
}

UNNUMBERED = {
    "sign-in",
    "test mail",
    "role",
    "team",
}  # a number says nothing; roles and teams are named by told()


def act_words(act: str) -> str:
    """An act in the reader's language."""
    return str(ACTS.get(act, act))


def told(detail: dict[str, Any]) -> str:
    """What a line tells of roles and teams, beside who and what: their names, and what a role may do more and less."""
    role = detail.get("role", "")
    team = detail.get("team", "")
    names = [
        str(ROLE_NAMES.get(role, role)),
        team if isinstance(team, str) else "",
    ]  # a number tells nobody anything
    names += [f"+ {SENTENCES[Permission(name)]}" for name in detail.get("added", ()) if name in SENTENCES]
    names += [f"− {SENTENCES[Permission(name)]}" for name in detail.get("removed", ()) if name in SENTENCES]
    return " · ".join(filter(None, names))


def source_words(source: str) -> str:
    """Where an act came from: an address, or the command line."""
    return _("command line") if source == "command" else source


def object_words(about: str, name: str = "") -> str:
    """The object of an act in the reader's language: its kind, and its name or else its number."""
    kind, _, key = about.rpartition(" ")
    known = name or ("" if kind in UNNUMBERED else key)
    words = str(OBJECTS.get(kind, kind))
    return f"{words}: {known}" if name else f"{words} {known}".strip()
