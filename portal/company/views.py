"""The pages on which an owner changes what the company is called, looks like and says."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, request
from werkzeug.datastructures import FileStorage

from ..extensions import db
from ..kit.company import the_company
from ..kit.files import BadFile
from ..kit.htmx import go, render
from ..kit.i18n import LANGUAGES, _, in_language
from ..kit.overtaken import differing
from ..kit.week_words import day_name
from ..mail.wording import TEXTS
from ..people.guards import needs, who
from ..people.permissions import Permission
from . import logo, sample
from .actions import Overtaken, save
from .forms import ANSWERS, PRIORITIES, LookForm, MailsForm, ValuesForm
from .hours import FURTHER, TIMES, holidays_in_words, hours_in_words
from .kept import MAILS
from .parts import FORMS
from .queries import value_of, version_of, who_saved
from .readiness import PAGE as READY

blueprint = Blueprint("company", __name__, url_prefix="/admin/company")


def _saved(address: str) -> Response:
    """Keep it, for this process at once and for others in a moment."""
    db.session.commit()
    current_app.extensions["company"].look(at_once=True)
    flash(_("Saved. Every page has it in a few seconds."), "good")
    return go(address)


@blueprint.get("")
@needs(Permission.COMPANY)
def index() -> Response:
    """All that stands now, with a way to change each part."""
    company = the_company()
    return render(
        "company/index.html",
        company=company,
        forms=FORMS,
        week=hours_in_words(company),
        holidays=holidays_in_words(company),
        priorities=PRIORITIES,
        said=[code for code in company.languages if company.words_of_mails(code)],
    )


def _back() -> str:
    """Where somebody came from: the readiness list, or the page with all parts."""
    return READY if request.args.get("from") == "ready" else "/admin/company"


def _form_of(part: str) -> type[ValuesForm]:
    return FORMS.get(part) or abort(404)


def _part(part: str, form: ValuesForm, status: int = 200, **more: Any) -> Response:
    return render(
        form.page,
        status=status,
        form=form,
        part=part,
        back=_back(),
        company=the_company(),
        day_name=day_name,
        times=list(TIMES.values()),
        further=list(FURTHER.values()),
        priorities=PRIORITIES,
        answers=ANSWERS,
        **more,
    )


@blueprint.get("/<part>")
@needs(Permission.COMPANY)
def edit(part: str) -> Response:
    kind, seen = _form_of(part), _version_with_copy(part)
    return _part(part, kind(formdata=None, seen=seen, data=kind.standing(the_company())))


def _version_with_copy(part: str) -> int:
    """A part's version, and then the copy brought up to date: a form shows nothing older than it says that it saw."""
    version = version_of(part)
    current_app.extensions["company"].look(at_once=True)
    return version


@blueprint.post("/<part>")
@needs(Permission.COMPANY)
def edit_post(part: str) -> Response:
    kind = _form_of(part)
    form = kind()
    if not form.validate():
        return _part(part, form, 422)
    value = form.value()
    try:
        if isinstance(form, LookForm):
            value["LOGO"] = _logo(form)
        save(part, value, form.seen_version, who(), form.act)
    except BadFile as error:
        form["logo"].errors = list(error.args)
        return _part(part, form, 422)
    except Overtaken:
        return _overtaken(part, form)
    return _saved(_back())


def _logo(form: LookForm) -> dict[str, Any] | None:
    """The one that was sent, else the one that stands, unless there is to be none."""
    if form.no_logo.data:
        return None
    sent: list[FileStorage] = [
        file for file in form.logo.data or () if isinstance(file, FileStorage) and file.filename
    ]
    return logo.made(sent[0]) if sent else value_of("look").get("LOGO")


def _overtaken(part: str, form: ValuesForm) -> Response:
    """Both are shown; who saves again has seen the other, and means it."""
    db.session.rollback()
    form.seen.data = str(_version_with_copy(part))
    theirs = type(form)(formdata=None, data=form.standing(the_company()))
    more = {"differs": differing(form, theirs), "other": who_saved(part, form.act)}
    return _part(part, form, 409, **more)


def _offered(language: str) -> str:
    return language if language in LANGUAGES else abort(404)


def _standing_words(language: str) -> dict[str, str]:
    """What mails of a language say now, ours where the owner says nothing."""
    own = the_company().words_of_mails(language)
    with in_language(language):
        return {key: own.get(key) or said.original for key, said in TEXTS.items()}


def _mails(language: str, form: MailsForm, status: int = 200, **more: Any) -> Response:
    own = the_company().words_of_mails(language)
    return render(form.page, status=status, form=form, of=language, own=own, texts=TEXTS, **more)


@blueprint.get("/mails/<language>")
@needs(Permission.COMPANY)
def mails(language: str) -> Response:
    """The words of mails in a language."""
    seen = _version_with_copy(MAILS + _offered(language))
    return _mails(language, MailsForm(formdata=None, seen=seen, data=_standing_words(language)))


@blueprint.post("/mails/<language>")
@needs(Permission.COMPANY)
def mails_post(language: str) -> Response:
    """See them, save them, or go back to our own."""
    part, form, act = MAILS + _offered(language), MailsForm(), request.form.get("act", "")
    back = act == "original"
    if not back and not form.validate():
        return _mails(language, form, 422)
    with in_language(language):
        value = {} if back else form.value()
    if act == "preview":
        return _mails(language, form, shown=[sample.sample(name, language, value) for name in sample.MAILS])
    try:
        save(part, value, form.seen_version, who(), form.act)
    except Overtaken:
        db.session.rollback()
        form.seen.data = str(_version_with_copy(part))
        theirs = MailsForm(formdata=None, data=_standing_words(language))
        return _mails(language, form, 409, differs=differing(form, theirs), other=who_saved(part, form.act))
    return _saved(f"/admin/company/mails/{language}")
