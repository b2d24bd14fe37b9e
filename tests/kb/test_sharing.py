"""The picture beside a shared link: each public article has its own, and nothing of others is told."""

import io
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from portal.company.actions import save_first
from portal.extensions import db
from portal.kb.actions import Changes

from .conftest import Write

TakeOver = Callable[[], Changes]


def picture_of(client: FlaskClient, slug: str, lang: str = "en") -> str:
    """The path of what a page names as its picture."""
    page = BeautifulSoup(client.get(f"/help/{slug}?lang={lang}").text, "html.parser")
    (named,) = page.select("meta[property='og:image']")
    return str(named["content"]).partition("://")[2].partition("/")[2]


@pytest.mark.parametrize(
    ("locale", "title"),
    [
        ("en", "My Wi-Fi is slow"),
        ("pt_BR", "O Wi-Fi está lento"),
        ("es", "¿Va lento?"),
        ("ru", "Медленный Wi-Fi"),
    ],
)
def test_an_article_is_shared_with_its_title_in_any_language(
    write: Write, take_over: TakeOver, client: FlaskClient, locale: str, title: str
) -> None:
    write(f"{locale}/wifi/slow.md", title, "Words")
    take_over()
    path = picture_of(client, "slow", locale)
    assert path.startswith(f"help/pictures/cards/{locale}/slow.png?v=")
    answer = client.get(f"/{path}")
    assert Image.open(io.BytesIO(answer.data)).size == (1200, 630)
    assert len(answer.data) < 60_000
    assert answer.headers["Cache-Control"].startswith("public")

    write(f"{locale}/wifi/slow.md", f"{title} 2", "Words")
    take_over()
    assert picture_of(client, "slow", locale) != path
    assert client.get(f"/{path}").data != answer.data


def test_the_picture_has_the_name_and_colour_that_the_owner_saved_last(
    write: Write, take_over: TakeOver, client: FlaskClient, app: Flask
) -> None:
    write("en/wifi/slow.md", "My Wi-Fi is slow", "Words")
    take_over()
    before = picture_of(client, "slow")
    save_first("look", {"NAME": "Quxfirm", "ACCENT": "#aa3300", "LOGO": None}, "changed name, logo or colour")
    db.session.commit()
    app.extensions["company"].look(at_once=True)
    assert picture_of(client, "slow") != before


@pytest.mark.parametrize("title", ["如何重置路由器", "Reset 🎉", "إعادة"])
def test_a_title_that_cannot_be_drawn_keeps_the_picture_of_all_pages(
    write: Write, take_over: TakeOver, client: FlaskClient, title: str
) -> None:
    write("en/wifi/odd.md", title, "Words")
    take_over()
    assert picture_of(client, "odd").startswith("card.png")
    assert client.get("/help/pictures/cards/en/odd.png").status_code == 404


@pytest.mark.parametrize("title", ["W" * 200, "word " * 39, "a"])
def test_any_title_fits(write: Write, take_over: TakeOver, client: FlaskClient, title: str) -> None:
    write("en/wifi/long.md", title.strip(), "Words")
    take_over()
    assert client.get(f"/{picture_of(client, 'long')}").mimetype == "image/png"


@pytest.mark.parametrize(
    "more", ["audience: signed in", "audience: staff", "status: draft", "publish from: 2999-01-01"]
)
def test_what_not_everybody_may_read_has_no_picture(
    write: Write, take_over: TakeOver, client: FlaskClient, more: str
) -> None:
    write("en/wifi/hidden.md", "Hidden", "Words", f"{more}\n")
    take_over()
    for slug in ("hidden", "nothing", "%00"):
        assert client.get(f"/help/pictures/cards/en/{slug}.png").status_code == 404
