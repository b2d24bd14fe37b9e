"""The page for editors: what readers searched, found, missed and said."""

from typing import Any

from flask import Blueprint, Response, request

from ..config import LANGUAGES
from ..kit.htmx import render
from ..kit.i18n import current_language
from ..people.guards import needs, who
from ..people.permissions import Permission
from ..readership import queries as readers
from ..readership.wording import REASONS
from .queries import PERIODS, asked_from, span, titles, weeks_of

blueprint = Blueprint("editors", __name__, url_prefix="/editors")


@blueprint.get("")
@needs(Permission.READERSHIP)
def index() -> Response:
    asked, language = request.args.get("weeks", ""), request.args.get("of", "")
    weeks = int(asked) if asked in map(str, PERIODS) else PERIODS[1]
    language = language if language in LANGUAGES else ""
    looked_at = span(weeks, language)
    found = _found(looked_at)
    slugs = [row.opened for row in found["opened_and_asked"]]
    slugs += [row.article for row in (*found["unhelpful"], *found["asked_from"])]
    return render(
        "editors/index.html",
        weeks=weeks,
        periods=PERIODS,
        of=language,
        articles=titles(who(), slugs, language or current_language()),
        reason_words=REASONS,
        **found,
    )


def _found(looked_at: readers.Span) -> dict[str, Any]:
    unhelpful = readers.unhelpful(looked_at)
    rated = [row.article for row in unhelpful]
    return {
        "totals": readers.totals(looked_at),
        "most_searched": readers.most_searched(looked_at),
        "found_nothing": readers.found_nothing(looked_at),
        "opened_and_asked": readers.opened_and_asked(looked_at),
        "asked_from": asked_from(looked_at),
        "unhelpful": unhelpful,
        "reasons": readers.reasons(looked_at, rated),
        "said": readers.said(looked_at, rated),
        "shares": weeks_of(looked_at),
    }
