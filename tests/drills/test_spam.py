"""The spam drill: 5,000 posts of 50 scripted accounts against the settings as they come, and honest newcomers among them."""

import sys
from collections.abc import Callable

import pytest
from flask import Flask

from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from ..moderation.drill import moderate, run, told
from ..moderation.honest import POSTS
from ..moderation.making import make_space

pytestmark = pytest.mark.drill


@pytest.mark.parametrize("seed", [1, 2])
def test_scripts_show_next_to_nothing_and_newcomers_are_read(
    app: Flask, people: Cast, browser_of: Callable[[Person], PortalClient], seed: int
) -> None:
    outcome = run(make_space(), accounts=50, each=100, honest=len(POSTS), seed=seed)
    left = moderate(browser_of(people.manager), outcome)
    sys.stdout.write(
        f"\n{told(outcome)}\n  {left} honest posts still wait after ten minutes of a moderator\n"
    )
    assert sum(outcome.sent.values()) == 5000
    assert outcome.share_of_spam <= 0.01
    assert outcome.share_of_honest >= 0.95
    assert left == 0
