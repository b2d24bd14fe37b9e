"""Why a mail is where it is, in words for agents; one table for the list, a mail's page and tests."""

from ..kit.i18n import lazy

REASONS = {
    "": lazy("Nobody looked at it yet."),
    "unknown": lazy("Nobody here has this address."),
    "first": lazy("It answers none of our mails; its sender has an account."),
    "bad_token": lazy("The address it was sent to has a mark that is not ours."),
    "other_sender": lazy("It answers a mail that we sent to somebody else."),
    "gone": lazy("What it answers is not here any more."),
    "not_allowed": lazy("Its sender may not answer in this request."),
    "empty": lazy("It holds no words and no files."),
    "loop": lazy("Many answers in a short time: perhaps a program writes them."),
    "large": lazy("It is too large, so only its head was kept."),
    "odd": lazy("It could not be read; its raw form is kept."),
    "automatic": lazy("A program wrote it."),
    "own": lazy("It is one of our own mails, come back."),
    "copy": lazy("A mail with the same id was here before."),
    "placed": lazy("It stands in a request."),
    "aside": lazy("It was set aside."),
}
QUIET = {"automatic", "own", "copy"}
SHOWS = {
    "waiting": (lazy("To sort"), ("new", "waiting")),
    "quiet": (lazy("From programs"), ("quiet",)),
    "done": (lazy("Sorted"), ("placed", "aside")),
}


def reason_words(reason: str) -> str:
    """Why a mail is there, in the reader's language."""
    return str(REASONS[reason])
