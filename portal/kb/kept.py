"""Pages of articles, and pieces of them, that readers get as they were made for a reader before, until an article changes."""

from collections.abc import Callable, Hashable, Sized
from dataclasses import dataclass
from datetime import datetime
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from flask import Response, current_app, g, make_response, request, session
from sqlalchemy import and_, bindparam, select

from ..extensions import db
from ..kit import clock
from ..kit.company import the_company
from ..kit.htmx import is_htmx
from ..kit.i18n import current_language
from ..kit.languages import own_if_offered
from ..legal.standing import standing
from ..people.models import Person
from ..readership.models import Vote
from .models import Revision
from .reading import visitor_is_known, voter

P = ParamSpec("P")
Piece = TypeVar("Piece", bound=Sized)
# Pages that a process keeps; most have some 25 kB, but whoever likes asks for large ones.
MOST, MOST_BYTES = 300, 16_000_000
# What the session of a visitor holds who saw a form somewhere; kept pages have no form.
FORMS_ONLY = {"csrf_token"}
REVISION = select(Revision.value, Revision.turns)


@dataclass(frozen=True)
class Moment:
    """Which articles there are as a page is asked for, and what its reader said of one of them."""

    revision: int
    turns: datetime | None
    vote: Vote | None

    @property
    def is_settled(self) -> bool:
        """Whether the worker was there since an article appeared or was over."""
        return self.turns is None or self.turns > clock.now()


@cache
def _moment() -> Any:
    mine = and_(Vote.article == bindparam("slug"), Vote.voter == bindparam("voter"))
    rows = select(Revision.value, Revision.turns, Vote).select_from(Revision)
    return rows.outerjoin(Vote, mine)


def moment_of(person: Person | None, slug: str) -> Moment:
    """The moment for a page of the article `slug`, in one statement, or none where it was asked for already."""
    who = voter(person, slug)
    if not who and "articles_at" in g:
        revision, turns = g.articles_at
        return Moment(revision, turns, None)
    return Moment(*db.session.execute(_moment(), {"slug": slug, "voter": who}).one())


class Pieces(dict[Hashable, tuple[int, int, Any]]):
    """What a process keeps: by key the revision that it was made at, its weight in bytes, and itself."""

    def keep(self, key: Hashable, revision: int, weight: int, piece: Any) -> None:
        """Keep one more; when there are too many or they are too heavy all others go."""
        if len(self) >= MOST or weight + sum(one[1] for one in self.values()) > MOST_BYTES:
            self.clear()
        self[key] = (revision, weight, piece)

    def kept(self, key: Hashable, revision: int) -> Any:
        """What was kept and is still so, or None."""
        known, _weight, piece = self.get(key, (None, 0, None))
        return piece if known == revision else None


def _pieces(name: str) -> Pieces:
    pieces: Pieces = current_app.extensions.setdefault(name, Pieces())
    return pieces


def kept_for_alike(key: Hashable, moment: Moment, make: Callable[[], Piece | None]) -> Piece | None:
    """What `make` gives, or gave before to a reader for whom it is the same; None is not kept.

    Args:
        key: all that it depends on beside the articles: the reader's audience, the language, the address.
    """
    pieces, key = _pieces("kept_pieces"), (key, the_company().version)
    known: Piece | None = pieces.kept(key, moment.revision) if moment.is_settled else None
    if known is not None:
        return known
    piece = make()
    if piece is not None and moment.is_settled:
        pieces.keep(key, moment.revision, len(piece), piece)
    return piece


def kept_for_visitors(view: Callable[P, Response]) -> Callable[P, Response]:
    """A visitor's page holds nothing of the visitor but the languages and the address, unless a session is at work."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        if visitor_is_known() or not session.keys() <= FORMS_ONLY:
            return view(*args, **kwargs)
        pages = _pieces("kept_pages")
        # its footer names the company and its pages
        of_company = (the_company().version, standing().kinds)
        key = (request.full_path, current_language(), own_if_offered(), is_htmx(), of_company)
        revision, turns = g.articles_at = db.session.execute(REVISION).one()
        if turns and turns <= clock.now():
            # an article appeared or is over, and the worker has not been there yet
            return view(*args, **kwargs)
        if known := pages.kept(key, revision):
            return make_response(*known)
        response = view(*args, **kwargs)
        formless = b"csrf_token" not in response.data
        if response.status_code == 200 and formless and session.keys() <= FORMS_ONLY:  # noqa: PLR2004 -- HTTP's "OK"
            pages.keep(key, revision, len(response.data), (response.data, list(response.headers)))
        return response

    return answer
