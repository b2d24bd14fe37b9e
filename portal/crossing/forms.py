"""Forms of what becomes of what: shape and wording."""

from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField

from ..kit.forms import AtMost, Filled, Form, OnceField, clean_line, clean_text
from ..kit.i18n import lazy

MOST_WORDS = 20_000  # characters of a question or an answer that others are to read
WHY = 300


class RequestOfTopicForm(Form):
    """The team that looks at a topic in private, and the answers of others that go along."""

    once = OnceField()
    team = SelectField(lazy("Which team?"))
    answers = SelectMultipleField(lazy("Answers that go along"))


class WordsForm(Form):
    """What others are to read of a request; `sure` says that what still looks like somebody's was seen."""

    space = SelectField(lazy("Where would it stand?"))
    title = StringField(
        lazy("In one line"),
        [Filled(lazy("Say in a few words what it is about")), AtMost(150)],
        filters=[clean_line],
    )
    question = TextAreaField(
        lazy("The question"), [Filled(lazy("Write what was asked")), AtMost(MOST_WORDS)], filters=[clean_text]
    )
    answer = TextAreaField(
        lazy("The answer"), [Filled(lazy("Write what helped")), AtMost(MOST_WORDS)], filters=[clean_text]
    )
    sure = BooleanField(lazy("I have looked: nothing of this tells who somebody is"))


class AgreeForm(Form):
    """The customer's own words, which they may change before they agree."""

    title = StringField(
        lazy("In one line"),
        [Filled(lazy("Say in a few words what it is about")), AtMost(150)],
        filters=[clean_line],
    )
    question = TextAreaField(
        lazy("Your question"), [Filled(lazy("Write a word first")), AtMost(MOST_WORDS)], filters=[clean_text]
    )
    sure = BooleanField(lazy("That is all right: others may read it"))


class WishForm(Form):
    """Why an article is wished for, and of a request its words without names."""

    words = StringField(
        lazy("Why, in a few words"),
        [Filled(lazy("Say what readers would find in it")), AtMost(WHY)],
        filters=[clean_line],
    )
    text = TextAreaField(lazy("What the editors read"), [AtMost(MOST_WORDS)], filters=[clean_text])
    sure = BooleanField(lazy("I have looked: nothing of this tells who somebody is"))
