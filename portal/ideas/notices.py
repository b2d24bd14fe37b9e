"""What people are told of ideas that they voted for, follow or asked for: of each step once."""

from typing import Any

from markupsafe import Markup

from ..kit.i18n import _
from ..notifications.actions import News, notify
from ..notifications.wording import COMMUNITY, Kind, filled
from ..people.models import Person
from .models import Idea, IdeaStep
from .wording import told


def _moved(data: dict[str, Any]) -> Markup:
    sentence = filled(told(data["state"]), subject=data["subject"])
    if not data.get("words"):
        return sentence
    return sentence + Markup(". ") + filled(_("You wrote: “%(words)s”"), words=data["words"])


MOVED = Kind("idea", COMMUNITY, "bulb", _moved)
KINDS = (MOVED,)


def tell(person: Person, idea: Idea, step: IdeaStep, words: str) -> bool:
    """Tell a person of a step; False if they were told before. `words` are their own, "" for none."""
    data = {"state": step.state, "subject": idea.topic.heading, "words": words}
    return notify(
        person, MOVED, News(str(step.id), idea.topic.address, data, ("topic", idea.topic_id), step.at)
    )
