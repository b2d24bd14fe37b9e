"""Articles in a real browser: no payload runs, and a video asks for nothing before it is pressed."""

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Route, expect

from portal.kit.markdown import render_markdown

from ..kit.attacks import ADDRESSES, PLACES, TAGS
from ..kit.test_attacks import article_of

pytestmark = pytest.mark.browser
ARTICLE = "/help/set-up-a-new-router"


@pytest.fixture
def context(chromium: Browser, address: str) -> Any:
    opened = chromium.new_context(base_url=address)
    yield opened
    opened.close()


def test_a_page_of_all_attacks_runs_nothing_and_asks_nobody(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    wrong: list[str] = []
    attacks = [(place, a) for place in PLACES for a in (ADDRESSES if "address" in place else TAGS)]
    written = "\n".join(article_of(place, attack) for place, attack in attacks)
    written += "".join(map(render_markdown, TAGS + [f"[x]({one})" for one in ADDRESSES]))

    def with_attacks(route: Route) -> None:
        answer = route.fetch()
        head, mark, rest = answer.text().partition('<article class="prose"')
        route.fulfill(
            response=answer, body=f"{head}{mark}{rest.replace('</article>', written + '</article>', 1)}"
        )

    def dialog_shown(dialog: Dialog) -> None:
        wrong.append(dialog.message)
        dialog.dismiss()

    page.route(f"**{ARTICLE}", with_attacks)
    page.on("dialog", dialog_shown)
    page.on("request", lambda one: None if one.url.startswith((address, "data:")) else wrong.append(one.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "olicy" in said.text else None)

    page.goto(ARTICLE)
    page.wait_for_function("document.readyState === 'complete'")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    shown = page.locator("article.prose *").count()
    page.evaluate(
        "for (const one of document.querySelectorAll('article.prose *'))"
        " for (const kind of ['mouseover', 'focus', 'pointerover']) one.dispatchEvent(new Event(kind, { bubbles: true }))"
    )

    assert shown > 5_000
    assert wrong == []
    assert page.url.endswith(ARTICLE)


def test_a_video_plays_in_its_place_once_it_is_pressed_and_not_before(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    elsewhere: list[str] = []
    wrong: list[str] = []

    def player(route: Route) -> None:
        elsewhere.append(route.request.url)
        route.fulfill(body="<title>The player</title>Playing", content_type="text/html")

    context.route(lambda url: not url.startswith(address), player)
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(ARTICLE)
    video = page.locator("figure.video")
    expect(video.locator(".video-title")).to_have_text("Unpack and connect an MR-6")
    assert elsewhere == []

    video.locator("a").click()

    expect(video.frame_locator("iframe").locator("body")).to_contain_text("Playing")
    expect(video.locator("iframe")).to_have_attribute("title", "Unpack and connect an MR-6")
    assert [one.partition("?")[0] for one in elsewhere] == [
        "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ"
    ]
    assert wrong == []


def test_without_scripts_a_video_is_a_link_to_it(chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto(ARTICLE)
    expect(page.locator("figure.video a")).to_have_attribute(
        "href", "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
    )
    context.close()


def test_on_paper_details_are_open_and_a_video_is_its_address(context: BrowserContext) -> None:
    page = context.new_page()
    page.emulate_media(media="print")
    page.goto("/help/the-light-is-orange")
    expect(page.locator("article details:not(.toc) .inside").first).to_be_visible()
    page.goto(ARTICLE)
    after = page.evaluate("getComputedStyle(document.querySelector('.video > a'), '::after').content")
    assert "https://www.youtube.com/watch?v=aqz-KE-bpKQ" in after
