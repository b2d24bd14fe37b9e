"""The whole list of permissions, each with the sentence that people read."""

from enum import StrEnum
from typing import Any

from ..kit.i18n import lazy


class Permission(StrEnum):
    ASK = "tickets.ask"
    READ = "tickets.read"
    ANSWER = "tickets.answer"
    NOTE = "tickets.note"
    CHANGE = "tickets.change"
    PEOPLE = "people.read"
    ADDRESS = "people.address"
    MAIL = "mail.sort"
    PREVIEW = "articles.preview"
    OPERATE = "admin.operate"
    AUDIT = "audit.read"
    ROLES = "roles.read"
    CANNED = "desk.canned"
    READERSHIP = "articles.readership"
    POST = "community.post"
    MODERATE = "community.moderate"
    SPACES = "community.spaces"
    IDEAS = "ideas.decide"
    STAFF = "people.manage"
    RIGHTS = "roles.manage"
    COMPANY = "company.settings"
    PAGES = "company.pages"


SENTENCES = {
    Permission.ASK: lazy("Send requests, follow them and answer"),
    Permission.READ: lazy("Read the requests of customers, with internal notes"),
    Permission.ANSWER: lazy("Answer customers"),
    Permission.NOTE: lazy("Write internal notes"),
    Permission.CHANGE: lazy("Take requests; change state, priority, team and who looks after them"),
    Permission.PEOPLE: lazy("See who a customer is: address, organisation, earlier requests"),
    Permission.ADDRESS: lazy(
        "Change the address of a customer who lost their mailbox, with a code that the customer reads out"
    ),
    Permission.MAIL: lazy("See mails that found no request, and put them where they belong"),
    Permission.PREVIEW: lazy("Read articles that are not published yet"),
    Permission.OPERATE: lazy("See failed mails and jobs, and try them again"),
    Permission.AUDIT: lazy("Read the record of who did what"),
    Permission.ROLES: lazy("See the roles and who has them"),
    Permission.CANNED: lazy("Write, change and delete the ready answers of the desk"),
    Permission.READERSHIP: lazy(
        "See what is searched and how articles are rated; say which words mean the same and which answers stand first"
    ),
    Permission.POST: lazy("Write in the community, vote and report"),
    Permission.MODERATE: lazy(
        "Look after the community: read all its spaces, see what is held or reported, hide, move, close, suspend"
    ),
    Permission.SPACES: lazy("Make spaces of the community, and say who reads them"),
    Permission.IDEAS: lazy("Say what becomes of ideas"),
    Permission.STAFF: lazy("Invite colleagues, deactivate and activate people, make teams"),
    Permission.RIGHTS: lazy("Make roles, give them and take them"),
    Permission.COMPANY: lazy(
        "Change what the company is called and looks like, its languages, hours, and the sender and words of mails"
    ),
    Permission.PAGES: lazy(
        "Write and publish the company's pages: privacy policy, terms, company details, contact"
    ),
}

# How the list of permissions is read: a heading, and how the names under it begin; the last takes what is left.
HEADINGS = (
    (lazy("Requests"), ("tickets.", "desk.", "mail.")),
    (lazy("Articles"), ("articles.",)),
    (lazy("Community and ideas"), ("community.", "ideas.")),
    (lazy("People and administration"), ("",)),
)

_DESK = {
    Permission.POST,
    Permission.READ,
    Permission.ANSWER,
    Permission.NOTE,
    Permission.CHANGE,
    Permission.PEOPLE,
    Permission.MAIL,
}

# What each role of a new instance holds; the rows in the database are what counts afterwards.
FIRST_ROLES: dict[str, set[Permission]] = {
    "customer": {Permission.ASK, Permission.POST},
    "agent": _DESK,
    "editor": {Permission.PREVIEW, Permission.READERSHIP, Permission.POST},
    "manager": _DESK
    | {
        Permission.ADDRESS,
        Permission.PREVIEW,
        Permission.AUDIT,
        Permission.ROLES,
        Permission.CANNED,
        Permission.READERSHIP,
        Permission.MODERATE,
        Permission.SPACES,
        Permission.IDEAS,
        Permission.PAGES,
    },
    "administrator": set(Permission),
}

ROLE_NAMES = {
    "customer": lazy("Customer"),
    "agent": lazy("Agent"),
    "editor": lazy("Editor"),
    "manager": lazy("Manager"),
    "administrator": lazy("Administrator"),
}

# What each is for, for whoever gives it to somebody.
ROLE_PURPOSES = {
    "customer": lazy("Sends requests and reads the answers"),
    "agent": lazy("Answers customers at the desk"),
    "editor": lazy("Reads articles before they are published, sees what readers look for"),
    "manager": lazy("Answers, looks after the community, keeps ready answers, reads who did what"),
    "administrator": lazy("May do everything: people, roles, company, mails that failed"),
}


def grouped() -> list[tuple[Any, list[Permission]]]:
    """Every permission under its heading, in the order of the list."""
    groups: list[tuple[Any, list[Permission]]] = [(words, []) for words, _starts in HEADINGS]
    for permission in Permission:
        at = next(n for n, (_words, starts) in enumerate(HEADINGS) if permission.startswith(starts))
        groups[at][1].append(permission)
    return groups
