"""J10, its half about ideas: from a vote to "released", with who voted told by bell and mail; also without scripts."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import Enter, sign_in
from .test_journeys import read_mail

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_j10_an_idea_goes_from_vote_to_released_and_its_voter_is_told(enter: Enter, scripts: bool) -> None:
    title = f"Labels for cables {scripts}"
    writer = enter("stranger", java_script_enabled=scripts)
    writer.goto("/ideas")
    writer.get_by_role("link", name="Suggest an idea").click()
    writer.get_by_label("Your idea in one line").fill(title)
    writer.get_by_label("What would be better with it?").fill("I would find the right cable at once.")
    writer.get_by_role("button", name="Send the idea").click()
    expect(writer.get_by_role("heading", level=1)).to_have_text(title)
    expect(writer.get_by_text("Your organisation voted")).to_be_visible()
    path = re.sub(r"^https?://[^/]+", "", writer.url)

    voter = enter(java_script_enabled=scripts)
    voter.goto(path)
    voter.get_by_role("link", name="Sign in to vote").click()
    email = "maximiliane@donau.example" if scripts else "pavel@kovar.example"
    sign_in(voter, email, voter.url)
    expect(voter).to_have_url(re.compile(f"{path}$"))
    voter.get_by_role("button", name="Vote for it").click()
    expect(voter.get_by_text("Your organisation voted")).to_be_visible()
    voter.get_by_text("You follow this").click()
    voter.get_by_role("button", name="Bell and mail").click()
    expect(voter.get_by_text("You follow this")).to_be_visible()

    manager = enter("manager", java_script_enabled=scripts)
    manager.goto(path)
    manager.get_by_role("link", name="Decide …").click()
    manager.get_by_label("Released").check()
    manager.get_by_role("button", name="Say it to everybody").click()
    expect(manager.get_by_role("alert")).to_contain_text("Say in a sentence why")
    manager.get_by_label("Why, for everybody to read").fill("A label comes with each cable now.")
    manager.get_by_role("button", name="Say it to everybody").click()
    expect(manager.get_by_role("heading", level=1)).to_have_text(title)

    if scripts:
        expect(voter.get_by_text("A label comes with each cable now.")).to_be_visible()
    read_mail(voter, email, f"You said, we did: “{title}”")
    expect(voter.get_by_role("main")).to_contain_text("A label comes with each cable now.")
    voter.goto("/account/notices")
    expect(voter.get_by_role("main")).to_contain_text(f"You said, we did: “{title}” is released")
    voter.goto("/ideas/changes")
    expect(voter.get_by_role("link", name=title)).to_be_visible()
