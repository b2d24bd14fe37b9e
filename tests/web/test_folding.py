"""What templates put out, which our own environment handles."""

from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup, escape

from portal.kit.i18n import lazy

WAYS = "{{ value }}{% if value %}{{ value }}{% endif %}{% set held %}{{ value }}{% endset %}{{ held }}"


class Named(str):
    """Words of a kind of their own."""

    __slots__ = ()


class Drawn:
    """Something that draws itself."""

    def __html__(self) -> str:
        return "<hr>"


@pytest.mark.parametrize(
    "value",
    [
        "plain",
        "<b>",
        "a & b",
        "it's",
        'a "word"',
        Named("<u>"),
        Markup("<i>safe</i>"),
        Drawn(),
        7,
        ["<s>"],
        lazy("<p>"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_escaped_as_markupsafe_does(app: Flask, value: Any) -> None:
    with app.test_request_context():
        assert app.jinja_env.from_string(WAYS).render(value=value) == str(escape(value)) * 3


def test_words_of_ours_can_stand_inside_others(app: Flask) -> None:
    inside = """{{ _("Change: %(what)s", what=_("Contact")) }} {{ _("Change: %(what)s", what="<b>") }}"""
    with app.test_request_context():
        assert app.jinja_env.from_string(inside).render() == "Change: Contact Change: &lt;b&gt;"
