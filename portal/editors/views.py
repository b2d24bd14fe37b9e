"""The pages for editors: what readers searched, found, missed and said; and what search is taught."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, request

from ..config import LANGUAGES
from ..extensions import db
from ..kit.crypto import digest
from ..kit.forms import clean_line
from ..kit.htmx import go, render
from ..kit.i18n import _, current_language, ngettext
from ..people.guards import needs, who
from ..people.permissions import Permission
from ..readership import queries as readers
from ..readership.wording import REASONS
from ..search.actions import BadWords
from ..search.queries import pins_of
from .actions import Overtaken, difference, teach
from .forms import LessonForm
from .queries import PERIODS, PINS, SYNONYMS, asked_from, faults, span, taught, text_of, titles, weeks_of

blueprint = Blueprint("editors", __name__, url_prefix="/editors")
LESSON = f"/<any({SYNONYMS}, {PINS}):what>"
QUOTED, TOLD = 40, 20  # characters of a line that cannot be taken; such lines


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
    to_mend, count = faults()
    return render(
        "editors/index.html",
        faults=to_mend,
        faults_count=count,
        taught=taught(language),
        weeks=weeks,
        periods=PERIODS,
        of=language,
        articles=titles(who(), slugs, language or current_language()),
        reason_words=REASONS,
        links=[link for make in current_app.extensions["editors_links"] if (link := make(who()))],
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


def _lesson(what: str, language: str, form: LessonForm, status: int = 200, **more: Any) -> Response:
    pins = pins_of(language) if what == PINS else ()
    return render(
        "editors/lesson.html",
        status=status,
        what=what,
        of=language,
        form=form,
        pins=pins,
        articles=titles(None, [slug for _words, slug in pins], language),
        **more,
    )


def _told(bad: BadWords, lines: list[str]) -> list[str]:
    """What is wrong, a sentence for each line as it was typed; of very many the first."""
    said = []
    for place, why in bad.faults[:TOLD]:
        line = lines[place - 1].strip()
        line = line if len(line) <= QUOTED else f"{line[:QUOTED]}…"
        said.append(_("Line %(number)d, “%(line)s”: %(why)s", number=place, line=line, why=why))
    more = len(bad.faults) - TOLD
    return said if more <= 0 else [*said, ngettext("And %(num)d more line.", "And %(num)d more lines.", more)]


def _language() -> str:
    """The language that is taught; the reader's own unless the address names one."""
    asked = request.args.get("of", current_language())
    return asked if asked in LANGUAGES else abort(404)


@blueprint.get(LESSON)
@needs(Permission.READERSHIP)
def lesson(what: str) -> Response:
    """The words or pins of a language; for `word`, which readers searched in vain, a line is begun."""
    language = _language()
    text = text_of(what, language)
    word = clean_line(request.args.get("word", "").replace(",", " ")) if what == SYNONYMS else ""
    begun = f"{word}, \n{text}" if word else text
    return _lesson(what, language, LessonForm(formdata=None, text=begun, shown=digest(text)), word=word)


@blueprint.post(LESSON)
@needs(Permission.READERSHIP)
def lesson_post(what: str) -> Response:
    language, form = _language(), LessonForm()
    if not form.validate():
        return _lesson(what, language, form, 422)
    text = form.text.data or ""
    try:
        teach(what, language, text, form.shown.data or "", who())
    except Overtaken as other:
        form.shown.data = digest(other.text)  # it was shown now: who saves again means it
        differs = difference(text, other.text)
        return _lesson(what, language, form, 409, stands=other.text, differs=differs)
    except BadWords as bad:
        form.text.errors = ["\n".join(_told(bad, text.split("\n")))]
        return _lesson(what, language, form, 422)
    db.session.commit()
    flash(_("Saved. Search follows at once."), "good")
    return go(f"/editors/{what}?of={language}")
