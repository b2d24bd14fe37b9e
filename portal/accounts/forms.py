"""Forms of accounts: shape and wording."""

from wtforms import BooleanField, HiddenField, PasswordField, SelectChoice, SelectField, StringField

from ..kit.company import the_company
from ..kit.forms import AtMost, Filled, Form, GoodPassword, MailAddress, clean_line
from ..kit.i18n import lazy
from ..kit.zones import ZONES
from ..legal.forms import AcceptingForm

CALLED = 80  # characters of the form of address


class SignInForm(Form):
    email = StringField(
        lazy("E-mail"), [Filled(lazy("Write your e-mail address")), AtMost(254)], filters=[clean_line]
    )
    password = PasswordField(lazy("Password"), [Filled(lazy("Write your password")), AtMost(1000)])
    stay = BooleanField(lazy("Stay signed in on this device"))
    next = HiddenField()


class SignUpForm(AcceptingForm):
    name = StringField(lazy("How should we call you?"), [AtMost(CALLED)], filters=[clean_line])
    email = StringField(lazy("E-mail"), [MailAddress(), AtMost(254)])
    password = PasswordField(lazy("Password"), [GoodPassword()])
    zone = HiddenField()
    next = HiddenField()


def _offered() -> list[SelectChoice]:
    return [SelectChoice(*item) for item in the_company().languages.items()]


class EmailForm(Form):
    email = StringField(lazy("E-mail"), [MailAddress(), AtMost(254)])


class LinkForm(EmailForm):
    next = HiddenField()


class StayForm(Form):
    stay = BooleanField(lazy("Stay signed in on this device"))


class NewPasswordForm(Form):
    password = PasswordField(lazy("New password"), [GoodPassword()])


class PasswordForm(Form):
    current = PasswordField(
        lazy("Password now"), [Filled(lazy("Write the password that you have now")), AtMost(1000)]
    )
    password = PasswordField(lazy("New password"), [GoodPassword()])


class AddressForm(Form):
    email = StringField(lazy("New address"), [MailAddress(), AtMost(254)])
    current = PasswordField(lazy("Password now"), [AtMost(1000)], id="address-current")


class SpokenForm(Form):
    current = PasswordField(
        lazy("Password now"), [Filled(lazy("Write the password that you have now")), AtMost(1000)]
    )


class ProfileForm(Form):
    called = StringField(lazy("How should we call you?"), [AtMost(CALLED)], filters=[clean_line])
    name = StringField(lazy("Full name"), [AtMost(200)], filters=[clean_line])
    language = SelectField(lazy("Language"), choices=_offered)
    zone = SelectField(
        lazy("Time zone"),
        choices=[
            SelectChoice("", lazy("As the site")),
            *(SelectChoice(z) for z in ZONES),
        ],
    )
