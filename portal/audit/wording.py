"""What the acts of the record are called; the rows hold the plain English that they were written with."""

from ..kit.i18n import lazy

ACTS = {
    "signed up": lazy("signed up"),
    "signed in": lazy("signed in"),
    "failed to sign in": lazy("failed to sign in"),
    "signed out": lazy("signed out"),
    "signed out everywhere": lazy("signed out everywhere"),
    "changed the password": lazy("changed the password"),
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
}


def act_words(act: str) -> str:
    """An act in the reader's language."""
    return str(ACTS.get(act, act))


def object_words(about: str) -> str:
    """The object of an act in the reader's language: its kind and its number."""
    kind, _, key = about.rpartition(" ")
    return f"{OBJECTS.get(kind, kind)} {key}".strip()
