"""Forms of ideas: shape and wording."""

from typing import Any

from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import AnyOf

from ..community.forms import TopicForm
from ..kit.forms import LONG_TEXT, AtMost, Filled, Form, clean_line, clean_text
from ..kit.i18n import _, lazy
from ..kit.numbers import number_in
from .wording import EXPLAINED, STATES, quarter_words, quarters

LONGEST = 2000


class IdeaForm(TopicForm):
    """A new idea; `space` gets its choices from who asks."""

    kind = StringField(validators=[AnyOf(["idea"])], default="idea")
    title = StringField(
        lazy("Your idea in one line"),
        [Filled(lazy("Say in a few words what it is about")), AtMost(150)],
        filters=TopicForm.title.kwargs["filters"],
    )
    body = TextAreaField(
        lazy("What would be better with it?"),
        [Filled(lazy("Write what others need to know")), AtMost(LONG_TEXT)],
        filters=[clean_text],
    )


def _quarter_choices(chosen: str) -> list[Any]:
    """No quarter, those that come, and the one that was chosen before, if it is over."""
    keys = quarters()
    keys = keys if not chosen or chosen in keys else [chosen, *keys]
    return [SelectChoice("", _("not said")), *(SelectChoice(key, quarter_words(key)) for key in keys)]


class DecideForm(Form):
    """What becomes of an idea. `seen` is the newest step that the page knew; `same` the number of another idea."""

    seen = StringField(filters=[clean_line])
    state = RadioField(
        lazy("What becomes of it?"), choices=[SelectChoice(key, look.word) for key, look in STATES.items()]
    )
    quarter = SelectField(lazy("Planned for"))
    reason = TextAreaField(lazy("Why, for everybody to read"), [AtMost(LONGEST)], filters=[clean_text])
    same = StringField(lazy("It is the same as the idea number"), [AtMost(100)], filters=[clean_line])

    def __init__(self, chosen: str = "", **given: Any) -> None:
        super().__init__(**given)
        self.quarter.choices = _quarter_choices(chosen)

    def validate_reason(self, field: TextAreaField) -> None:
        """Nobody is told of an end without a word."""
        if self.state.data in EXPLAINED and not (field.data or self.same.data):
            Filled(lazy("Say in a sentence why"))(self, field)

    def validate_same(self, field: StringField) -> None:
        """A number, or the address of an idea; only for one that is declined."""
        typed = (field.data or "").rpartition("/")[2].lstrip("#")
        if not typed:
            return
        if self.state.data != "declined":
            raise ValidationError(_("Choose “Declined” for an idea that is the same as another"))
        if number_in(typed) is None:
            raise ValidationError(_("Write the number that stands at the end of the other idea's address"))
        field.data = typed
