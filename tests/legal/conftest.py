"""Makers of pages: published, or only begun."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.extensions import db
from portal.kit import clock
from portal.legal.actions import keep_draft, publish
from portal.legal.models import LegalVersion
from portal.legal.queries import PageWords, plan_of
from portal.legal.standing import look_anew

from ..conftest import Cast

Write = Callable[..., None]
Publish = Callable[..., LegalVersion]


@pytest.fixture
def write(people: Cast) -> Write:
    """Drafts of a page: write("terms", en="We help.", es="Ayudamos.")."""

    def begin(kind: str, note: str = "", **texts: str) -> None:
        for language, text in texts.items():
            saying = PageWords(f"{kind.capitalize()} in {language}" if text else "", text, note)
            keep_draft(kind, language, saying, plan_of(kind).saying(language).digest, people.manager)
        db.session.commit()

    return begin


@pytest.fixture
def put_in_force(people: Cast, write: Write) -> Publish:
    """The next version of a page, `ago` days before today."""

    def put(
        kind: str, *, anew: bool = False, ago: int = 0, note: str = "Clearer", **texts: str
    ) -> LegalVersion:
        write(kind, note, **texts)
        with clock.at(clock.now() - timedelta(days=ago)):
            version = publish(kind, plan_of(kind).digest, anew=anew, by=people.manager)
        db.session.commit()
        look_anew()
        return version

    return put
