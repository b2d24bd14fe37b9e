"""The spam drill in short: nearly nothing of the scripts is shown, nearly all of the honest, and soon the rest."""

from collections.abc import Callable

from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from .drill import moderate, run, told
from .making import make_space


def test_scripts_are_held_and_honest_newcomers_are_not(
    people: Cast, browser_of: Callable[[Person], PortalClient]
) -> None:
    outcome = run(make_space(), accounts=11, each=14, honest=40)
    assert sum(outcome.shown.values()) <= 6, told(
        outcome
    )  # of some accounts the first, before anything tells
    assert outcome.share_of_honest >= 0.95, told(outcome)
    assert moderate(browser_of(people.manager), outcome, minutes=2) == 0
