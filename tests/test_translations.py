"""The catalogues: each text of the portal in each language, whole and as it was translated."""

import re
from functools import cache
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from portal import config

from .source import PORTAL, ROOT

TRANSLATIONS = PORTAL / "translations"
LANGUAGES = [code for code in config.LANGUAGES if code != "en"]


@cache
def _found() -> list[tuple[Any, ...]]:
    """What stands in code and templates now, as Babel finds it."""
    options = {"portal/templates/**": {"encoding": "utf-8", "silent": "false", "trimmed": "true"}}
    methods = [("portal/**.py", "python"), ("portal/templates/**", "jinja2")]
    keywords = {**DEFAULT_KEYWORDS, "lazy": None}
    return list(extract_from_dir(ROOT, methods, options, keywords))


@cache
def _fresh() -> Catalog:
    """The texts that stand in code and templates now."""
    catalog = Catalog()
    for name, line, message, comments, context in _found():
        catalog.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def _catalogue(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale=language)


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _ids(catalog: Catalog) -> set[str]:
    return {_id(message) for message in catalog if message.id}


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _signs(text: str) -> list[str]:
    """What must stand in a translation as it stands in the text: places for values, and markup."""
    return sorted(re.findall(r"%\(\w+\)[a-z]|<[^>]+>|%%", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_exactly_the_texts_of_today(language: str) -> None:
    held = _ids(_catalogue(language))
    assert sorted(_ids(_fresh()) - held) == [], "make messages, then translate"
    assert sorted(held - _ids(_fresh())) == [], "make messages"


def test_no_text_is_said_with_a_number_and_without_one() -> None:
    """Other languages count in the first form too: without a number it cannot be filled in, and the page fails."""
    counted = {message[0] for _name, _line, message, *_ in _found() if isinstance(message, tuple)}
    plain = {message for _name, _line, message, *_ in _found() if isinstance(message, str)}

    assert counted & plain == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_in_every_form_of_number(language: str) -> None:
    catalog = _catalogue(language)
    for message in catalog:
        if message.id:
            assert all(form.strip() for form in _forms(message)), message.id
            assert not message.fuzzy, message.id
            assert len(_forms(message)) == (catalog.num_plurals if message.pluralizable else 1), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_places_for_values_and_markup(language: str) -> None:
    for message in _catalogue(language):
        texts = (message.id,) if isinstance(message.id, str) else message.id
        for form in filter(None, _forms(message) if message.id else ()):
            assert _signs(form) in [_signs(text) for text in texts], f"{message.id} -> {form}"
            assert form[:1].isspace() == texts[0][:1].isspace(), message.id
            assert form[-1:].isspace() == texts[0][-1:].isspace(), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_runs_is_what_was_translated(language: str) -> None:
    path = TRANSLATIONS / language / "LC_MESSAGES/messages.mo"
    assert path.exists(), "make setup compiles the catalogues"
    with path.open("rb") as file:
        compiled = read_mo(file)
    written = {(_id(m), _forms(m)) for m in _catalogue(language) if m.id and all(_forms(m))}
    assert {(_id(m), _forms(m)) for m in compiled if m.id} == written
