"""Forms of people, teams and roles: shape and wording."""

from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)

from ..kit.forms import AtMost, Filled, Form, GoodPassword, MailAddress, OnceField, clean_line
from ..kit.i18n import _, lazy
from ..kit.overtaken import SeenForm
from ..people.permissions import SENTENCES, Permission
from ..tickets.wording import KINDS

NAME = 80  # characters of the form of address, and of a role's name
EVERYWHERE, SOME = "everywhere", "teams"


class Chosen:
    """At least one is chosen."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        if not field.data:
            raise ValidationError(str(self.message))


class InviteForm(Form):
    """The roles and the teams are those that the inviter may give, the languages those that are offered; views put them in."""

    once = OnceField()
    email = StringField(lazy("E-mail"), [MailAddress(), AtMost(254)])
    name = StringField(
        lazy("Name"), [Filled(lazy("Say how you call each other")), AtMost(NAME)], filters=[clean_line]
    )
    language = SelectField(lazy("Language of the mail"), choices=[])
    roles = SelectMultipleField(
        lazy("Roles"), [Chosen(lazy("Choose at least one role"))], coerce=int, choices=[]
    )
    place = RadioField(
        lazy("Where these roles count"),
        choices=[
            SelectChoice(EVERYWHERE, lazy("Everywhere")),
            SelectChoice(SOME, lazy("Only for these teams")),
        ],
    )
    teams = SelectMultipleField(lazy("Teams"), coerce=int, choices=[])

    def validate_teams(self, field: SelectMultipleField) -> None:
        if self.place.data == SOME and not field.data:
            raise ValidationError(_("Choose at least one team"))


class JoinForm(Form):
    """Name and password of somebody who was invited; the address is the invitation's, whatever is sent."""

    email = StringField()
    name = StringField(
        lazy("How should we call you?"),
        [Filled(lazy("Say how we should call you")), AtMost(NAME)],
        filters=[clean_line],
    )
    password = PasswordField(lazy("Password"), [GoodPassword()])


class GiveForm(Form):
    """One role for one place, chosen as "role-team" of those that may be given; views put them in."""

    role = SelectField(lazy("Give another role"), choices=[])


class RoleForm(Form):
    once = OnceField()
    version = HiddenField(default="0")
    name = StringField(
        lazy("Name of the role"), [Filled(lazy("Give it a name")), AtMost(NAME)], filters=[clean_line]
    )
    permissions = SelectMultipleField(
        lazy("What it may do"), choices=[SelectChoice(str(one), words) for one, words in SENTENCES.items()]
    )

    def validate_permissions(self, field: SelectMultipleField) -> None:
        """What is of no use alone asks for what it needs."""
        needed = {Permission.RIGHTS: Permission.ROLES} | dict.fromkeys(
            (Permission.ANSWER, Permission.NOTE, Permission.CHANGE), Permission.READ
        )
        for one, other in needed.items():
            if one in (field.data or ()) and other not in (field.data or ()):
                raise ValidationError(
                    _(
                        "“%(one)s” is of no use without “%(other)s”",
                        one=SENTENCES[one],
                        other=SENTENCES[other],
                    )
                )


class TeamForm(SeenForm):
    once = OnceField()
    name = StringField(
        lazy("Name of the team"), [Filled(lazy("Give it a name")), AtMost(100)], filters=[clean_line]
    )
    kinds = SelectMultipleField(
        lazy("Requests that come here first"),
        choices=[SelectChoice(key, kind.word) for key, kind in KINDS.items()],
    )
    first = BooleanField(lazy("What no team is named for comes here"))


class HeirForm(Form):
    """The team that takes over what a deleted one had."""

    heir = SelectField(lazy("Its requests and ready answers go to"), coerce=int, choices=[])
