"""Every page for everybody who may see it: axe, consoles, overflow, layout shift, at each width, light and dark."""

import re
import sqlite3
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import HTTPException

from portal.app import create_app

from ..conftest import environment
from .conftest import Enter

pytestmark = pytest.mark.browser

MOST_SHIFT = (
    0.03  # a busy machine paints up to 0.014 in odd moments; what people call good is 0.1 (web.dev/cls)
)
WIDEST, NARROWEST = 1280, 320
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
# What moved by itself while the page was built: how far, and which element.
SHIFTS = """
window.shifted = [];
new PerformanceObserver(list => {
  for (const { hadRecentInput, value, sources } of list.getEntries())
    if (!hadRecentInput) window.shifted.push([value, ...sources.map(one => one.node?.outerHTML?.slice(0, 120))]);
}).observe({ type: "layout-shift", buffered: true });
"""
# What sticks out of the window, or out of a pane of the desk that scrolls by itself.
OVERFLOW = """
[document.documentElement, ...document.querySelectorAll("main, .queue, .who, .rail")]
  .filter(one => getComputedStyle(one).display !== "none" && one.scrollWidth > one.clientWidth + 1)
  .map(one => `${one.tagName}.${one.className}: ${one.scrollWidth} > ${one.clientWidth}`)
"""
RULES = """
async only => {
  const options = { resultTypes: ["violations"], iframes: false };
  if (only) options.runOnly = [only];
  const { violations } = await axe.run(document, options);
  return violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`));
}
"""
# {Words_of} stands for the number of the request whose subject begins so.
PAGES = {
    "": """/tickets/new /tickets/follow /tickets/link/none /tickets/confirm/none /tickets/join/none / /help /help/search /help/search?q=vpn /help/search?q=zzzzzz /help/section/routers-and-wifi
        /help/vpn-connects-but-no-internet /help/vpn-connects-but-no-internet?lang=ru /help/vpn-connects-but-no-internet/helpful
        /help/questions-about-bills /tickets/new?from=the-light-is-orange /sign-in /sign-in/link /sign-in/link/none /address/new/none /sign-up /lost-password /confirm/none /admin/ready/arrived/none /reset/none /nowhere /unsubscribe/none
        /privacy /terms /terms/versions/1 /terms/versions/2/changes /company?lang=ru /contact /contact?lang=pt_BR
        /outbox /outbox/1 /community /community/1 /community/in/news /community/new /community?show=announcement /community/1?at=26
        /community/people/{Profile_of_Marta} /community/tagged/reach /community/stop/none /invitation/none
        /ideas /ideas?q=zzzzzz /ideas?state=declined&sort=newest /ideas/roadmap /ideas/changes /ideas/new /ideas/{Switch_the_guest} /feedback /feedback?page=/help""",
    "customer": """/ /community /community/1 /community/1/posts/2/report /community/1?quote=2 /community/1/posts/1/edit /community/1/posts/1/history /community/new
        /community/in/marta-e-filhas /community/in/marta-e-filhas/files /community/in/marta-e-filhas/requests /community/in/routers-and-wifi?show=unanswered
        /account /account/profile /account/security /account/address/lost /account/notices /account/notices?show=unread
        /account/notices/choices /tickets /tickets?show=solved /tickets?q=zzzzzz
        /tickets/new /tickets/solved/solved-by-an-article-1 /tickets/{VPN_connects} /tickets/{Guest_network} /tickets/{Three_hundred}
        /tickets/{Donaudampfsch} /help/the-light-is-orange /tickets?show=others /tickets?show=feedback /feedback?page=/tickets /tickets/{Step_3_asks}
        /tickets/{VPN_connects}/print /tickets/{VPN_connects}/followers /tickets/{Guest_network}/rating
        /ideas /ideas/new /ideas/{Switch_the_guest} /ideas/{Pagar_a_fatura} /ideas/{Night_mode}
        /community/mine /community/me /community/people/{Profile_of_Marta} /community?show=new
        /help/the-light-is-orange/topics /tickets/{Guest_network}/proposal/1""",
    "newcomer": "/account /account/agreements /account/notices /account/notices?show=unread /tickets /tickets?show=feedback /tickets?show=waiting /tickets?show=solved",
    "long": "/account /tickets /tickets/{UUUU} /account/profile",
    "rtl": "/account /tickets/{لا}",
    "agent": """/community/9/to-ticket /community/1/posts/4/to-article /desk/tickets/{VPN_connects}/to-topic /desk /desk?view=due /desk?view=overdue /desk?view=team /desk?view=waiting /desk?view=solved /desk?view=all&q=zzzzzz
        /desk/tickets/{VPN_connects} /desk/tickets/{Three_hundred}?view=mine /desk/tickets/{Donaudampfsch}
        /desk/tickets/{UUUU} /desk/tickets/{لا} /account /desk/new /desk?view=unconfirmed /desk?view=held
        /desk/tickets/{Step_3_asks} /desk/tickets/{Procurei}
        /desk/tickets/{VPN_connects}/code /desk/practice /desk/mail /desk/mail?show=quiet /desk/mail?show=done /desk/mail/1 /desk/mail/2""",
    "editor": """/editors/wishes /editors/wishes?show=settled /editors /editors?weeks=52&of=ru /editors/synonyms?of=ru&word=esim /editors/pins?of=en /editors/pins?of=es
        /help /help/the-light-is-orange""",
    "newagent": "/desk /desk/practice",
    "admin": """/desk/tickets/{VPN_connects}/address /ideas/{Pagar_a_fatura}/decide /community/1/ideas?q=guest /desk/tickets/{VPN_connects}/ideas?q=guest
        /community/spaces /community/spaces/new /community/spaces/early-firmware /admin /admin/record /admin/roles /admin/roles/new /admin/roles/2 /admin/roles/2/copy /admin/roles/{Role_Trainee}
        /admin/people /admin/people?show=customers /admin/people?show=deactivated /admin/people?show=invited /admin/people?q=zzzz
        /admin/people/invite /admin/people/{Account_of_Jonas} /admin/people/{Account_of_Jonas}/deactivate /admin/people/{Account_of_Oskar}
        /admin/ready /admin/ready/article /admin/company /admin/company/look /admin/company/languages /admin/company/hours
        /admin/company/answers /admin/company/sender /admin/company/mails/en
        /admin/teams /admin/teams/new /admin/teams/3 /admin/teams/3/delete /desk?view=all /desk/canned /desk/canned/new /desk/canned/1
        /desk/canned/1/delete /community/moderation /community/moderation?show=reported /community/moderation?show=hidden
        /community/moderation/record /community/moderation/suspended /community/moderation/rules /community/mine/acts
        /community/1/split /community/1/move /community/1/posts/1/hide /community/moderation/rules/1
        /community/people/{Profile_of_Marta}/suspend
        /admin/pages /admin/pages/terms?of=en /admin/pages/terms/publish /admin/pages/terms/look?of=ru /admin/pages/contact""",
}
# So many pages of a person at once, that those who test at the same time have equally much to do.
PORTION = 12
PORTIONS = [
    (name, part) for name, paths in PAGES.items() for part in range(-(-len(paths.split()) // PORTION))
]
# Addresses that are no page of their own, but a part of one, a file, a redirect or for machines.
PARTS = {
    "desk.rail",
    "desk.beside",
    "desk.following",
    "kb.moved",
    "kb.suggest",
    "outbox.html",
    "files.download",
    "community_files.download",
    "pictures.picture",
    "inbox.raw",
}
PARTS |= {
    "feeds.robots",
    "feeds.index",
    "feeds.pages",
    "feeds.section_map",
    "feeds.feed",
    "feeds.section_feed",
}
PARTS |= {"ideas.panel", "ideas_feed.feed", "ideas_feed.page_map"}
PARTS |= {"legal.page_map", "look.logo", "pictures.card"}
PARTS |= {"notices.menu", "notices.count", "canned.find", "practice.find"}
PARTS |= {
    "crossing_articles.discuss",
    "crossing.answer_to_article",
}  # the latter is the page of a post's words
PARTS |= {"doors.sent", "doors.stop", "acts.message", "feedback.thanks"}  # a moment of a journey each
PARTS |= {
    "community_acts.people",
    "community_acts.quote",
    "community_feeds.feed",
    "community_feeds.space_feed",
    "community_feeds.page_map",
    "community_feeds.topic_map",
}
PARTS |= {
    "live.stream",
    "drafts.show",
    "look.accent",
    "look.manifest",
    "look.card",
    "health.alive",
    "health.ready",
    "home.change_password",
}


@pytest.fixture(scope="session")
def numbers(demo_instance: Path) -> dict[str, int]:
    """Subjects of the demo's requests, titles of its topics, "Profile of" its people, and the number of each."""
    profiles = "select 'Profile of ' || name, number from profile where name <> ''"
    people = "select 'Account of ' || called, id from person union all select 'Role ' || name, id from role"
    rows = f"select subject, number from ticket union all select title, id from topic union all {profiles}"
    with sqlite3.connect(demo_instance / "portal.sqlite") as connection:
        return dict(connection.execute(f"{rows} union all {people}").fetchall())


def _paths(name: str, numbers: dict[str, int]) -> list[str]:
    def filled(path: str) -> str:
        before, _, rest = path.partition("{")
        wanted, _, after = rest.partition("}")
        number = next(
            (n for subject, n in numbers.items() if wanted and subject.startswith(wanted.replace("_", " "))),
            "",
        )
        return f"{before}{number}{after}"

    return [filled(path) for path in PAGES[name].split()]


def _look(page: Page, path: str, width: int) -> list[str]:
    """What is wrong with a page; what hangs on no width is looked at where it is seen first, colours in the dark in the widest."""
    page.emulate_media(color_scheme="light")
    page.goto(path)
    page.wait_for_function("document.readyState === 'complete'")
    shifted = page.evaluate("window.shifted")
    found = [f"layout shift: {shifted}"] if sum(value for value, *_ in shifted) > MOST_SHIFT else []
    found += page.evaluate(OVERFLOW)
    if width == NARROWEST:
        return found
    found += page.evaluate(RULES, None)
    if width < WIDEST:
        return found
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return found + [f"dark: {one}" for one in page.evaluate(RULES, "color-contrast")]


@pytest.mark.parametrize("width", [WIDEST, 390, NARROWEST])
@pytest.mark.parametrize(("name", "part"), PORTIONS)
def test_no_page_has_a_fault(enter: Enter, numbers: dict[str, int], name: str, part: int, width: int) -> None:
    page = enter(name, viewport={"width": width, "height": 800})
    page.context.add_init_script(path=AXE)
    page.context.add_init_script(SHIFTS)
    paths = _paths(name, numbers)[part * PORTION :][:PORTION]

    faults = {path: found for path in paths if (found := _look(page, path, width))}

    assert not faults


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_lost_when_a_page_is_twice_as_large(
    enter: Enter, numbers: dict[str, int], name: str
) -> None:
    page = enter(name, viewport={"width": 640, "height": 400})
    faults = {}

    for path in _paths(name, numbers):
        page.goto(path)
        if found := page.evaluate(OVERFLOW):
            faults[path] = found

    assert not faults


def test_every_page_is_looked_at(tmp_path: Path) -> None:
    app = create_app(environment(tmp_path))
    served = {rule.endpoint for rule in app.url_map.iter_rules() if rule.methods and "GET" in rule.methods}
    looked_at = {_endpoint(app, path) for paths in PAGES.values() for path in paths.split()}

    assert served - looked_at - PARTS == set()


def _endpoint(app: Flask, path: str) -> str:
    concrete = re.sub(r"\{[^}]*\}", "1", path.partition("?")[0])
    try:
        return str(app.url_map.bind("localhost").match(concrete)[0])
    except HTTPException:
        return ""


@pytest.mark.parametrize("path", ["/", "/help/vpn-connects-but-no-internet", "/sign-up"])
def test_a_first_visit_is_light(chromium: Browser, address: str, path: str) -> None:
    context = chromium.new_context(base_url=address)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    sizes: list[Any] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    wire.send("Network.enable")

    page.goto(path, wait_until="load")
    page.wait_for_function("document.readyState === 'complete'")
    context.close()

    assert 10_000 < sum(sizes) <= 70_000
