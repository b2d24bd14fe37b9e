"""What kinds of topics, reactions and audiences are called, and how they look."""

from ..kit.i18n import lazy
from ..tickets.wording import Look

KINDS = {
    "question": Look(lazy("Question"), "info", "help-circle"),
    "discussion": Look(lazy("Discussion"), "rest", "messages"),
    "announcement": Look(lazy("Announcement"), "wait", "bell"),
    "idea": Look(lazy("Idea"), "good", "bulb"),
}
# Each a sign and what it says, for who cannot see it.
REACTIONS = {
    "thanks": ("🙏", lazy("Thank you")),
    "like": ("👍", lazy("Like")),
    "same": ("🙋", lazy("Same here")),
    "glad": ("🎉", lazy("Glad")),
    "sad": ("😕", lazy("Sad")),
}
AUDIENCES = {
    "public": Look(lazy("Everybody reads it"), "info", "world"),
    "signed-in": Look(lazy("People who are signed in read it"), "info", "login"),
    "organisation": Look(lazy("One organisation reads it"), "wait", "users"),
    "members": Look(lazy("Its members read it"), "wait", "lock"),
}
# The signs that a space may have, and what each says.
ICONS = {
    "messages": lazy("Talk"),
    "help-circle": lazy("Questions"),
    "bulb": lazy("Ideas"),
    "bell": lazy("News"),
    "router": lazy("Networks"),
    "server": lazy("Servers"),
    "receipt": lazy("Bills"),
    "truck": lazy("Deliveries"),
    "rocket": lazy("Beginnings"),
    "users": lazy("People"),
    "lock": lazy("Closed circle"),
    "star": lazy("Best of"),
}
