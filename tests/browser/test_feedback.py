"""J10's feedback in a browser: from any page, with a picture whose black parts are gone, also after a session is over."""

import re
import struct
import zlib

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ..chromium import ARGS, chromium_path
from .conftest import WAIT, Enter, press, sign_in
from .test_pages import AXE, OVERFLOW, RULES

pytestmark = pytest.mark.browser
RED, BLACK = (200, 30, 30), (0, 0, 0)
HELP = "/help/vpn-connects-but-no-internet"


def _png(width: int, height: int) -> bytes:
    """A red picture that says in a text chunk where it was taken."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(RED) * width) * height)
    parts = (
        chunk(b"IHDR", head),
        chunk(b"tEXt", b"Place\0Qvxzplace"),
        chunk(b"IDAT", rows),
        chunk(b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _open(page: Page) -> Locator:
    page.get_by_role("link", name="Feedback").click()
    return page.get_by_role("dialog", name="How is this page for you?")


def _pick(sheet: Locator, name: str, content: bytes, kind: str = "image/png") -> None:
    sheet.get_by_label("A picture").set_input_files({"name": name, "mimeType": kind, "buffer": content})


def _blacken(page: Page, sheet: Locator) -> None:
    """A stroke with the pointer along the top, and the box with keys, a little to the right of the middle."""
    canvas = sheet.get_by_role("application")
    canvas.scroll_into_view_if_needed()
    edges = canvas.bounding_box()
    assert edges
    page.mouse.move(edges["x"] + 4, edges["y"] + 4)
    page.mouse.down()
    page.mouse.move(edges["x"] + edges["width"] - 4, edges["y"] + 4, steps=4)
    page.mouse.up()
    canvas.focus()
    press(page, "ArrowRight", "Enter")
    expect(sheet.get_by_role("status")).to_have_text("Blackened.")
    expect(sheet.get_by_role("button", name="Send")).to_be_enabled()


def _pixels(page: Page, *places: tuple[float, float]) -> list[tuple[int, ...]]:
    """Colours of the stored picture on the ticket's page, at parts of its width and height; and its size."""
    address = page.get_by_role("link", name=re.compile("picture.png")).get_attribute("href")
    found: list[list[int]] = page.evaluate(
        """async ([address, places]) => {
          const image = new Image(); image.src = address; await image.decode();
          const canvas = document.createElement("canvas"), pen = canvas.getContext("2d", { willReadFrequently: true });
          canvas.width = image.naturalWidth; canvas.height = image.naturalHeight; pen.drawImage(image, 0, 0);
          const at = ([x, y]) => [...pen.getImageData(Math.round(x * canvas.width), Math.round(y * canvas.height), 1, 1).data].slice(0, 3);
          return [[canvas.width, canvas.height], ...places.map(at)];
        }""",
        [address, places],
    )
    return [tuple(one) for one in found]


def test_j10_feedback_from_a_page_with_a_blackened_picture_and_its_answer(enter: Enter) -> None:
    page, desk = enter("customer"), enter("agent")
    desk.goto("/desk?view=unassigned")
    page.goto(HELP)
    sheet = _open(page)
    sheet.get_by_text("Bad", exact=True).click()
    sheet.get_by_label("What makes it so?").fill("A red thing in the way")
    _pick(sheet, "holiday.png", _png(3000, 1500))
    _blacken(page, sheet)
    sheet.get_by_role("button", name="Send").click()
    sheet.get_by_role("link", name="Look at it").click()
    page.wait_for_url("**/tickets/2*")

    size, stroke, box, red = _pixels(page, (0.5, 0.01), (0.53, 0.5), (0.2, 0.8))
    assert size == (2000, 1000)
    assert (stroke, box, red) == (BLACK, BLACK, RED)
    link = page.get_by_role("link", name=re.compile("picture.png")).get_attribute("href")
    assert b"Qvxzplace" not in page.request.get(str(link)).body()
    desk.get_by_role("link", name="A red thing in the way").click()
    expect(desk.get_by_role("complementary", name="Customer")).to_contain_text(HELP)
    desk.get_by_label("Text").fill("It is taken away.")
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("It is taken away.")
    page.goto("/tickets?show=feedback")
    expect(page.get_by_role("link", name="A red thing in the way")).to_be_visible()


def test_j10_without_scripts_the_same_is_a_page(enter: Enter) -> None:
    page = enter("colleague", java_script_enabled=False)
    page.goto(HELP)
    page.get_by_role("link", name="Feedback").click()
    page.get_by_text("Very good").click()
    page.get_by_label("What makes it so?").fill("It works without scripts")
    page.get_by_label("A picture").set_input_files(
        {"name": "picture.png", "mimeType": "image/png", "buffer": _png(20, 10)}
    )
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Look at it").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("It works without scripts")
    expect(page.get_by_role("link", name=re.compile("picture.png"))).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_sheet_opens_and_closes_by_keys_and_has_no_fault(enter: Enter, width: int) -> None:
    page = enter(viewport={"width": width, "height": 800})
    page.context.add_init_script(path=AXE)
    page.goto("/help")
    link = page.get_by_role("link", name="Feedback")
    link.focus()
    press(page, "Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("radio", name="Very bad")).to_be_focused()
    press(page, "ArrowRight")
    expect(sheet.get_by_role("radio", name="Bad", exact=True)).to_be_checked()
    sheet.get_by_label("You may answer me").check()
    _pick(sheet, "p.png", _png(300, 200))
    expect(sheet.get_by_role("application")).to_be_visible()
    assert page.evaluate(RULES, None) + page.evaluate(OVERFLOW) == []

    press(page, "Escape")

    expect(sheet).to_have_count(0)
    expect(link).to_be_focused()


def test_what_is_typed_outlives_closing_and_what_is_no_picture_is_refused(enter: Enter) -> None:
    page = enter()
    page.goto("/help")
    sheet = _open(page)
    sheet.get_by_label("What makes it so?").fill("Kept words")
    for size, words in ((40, "no picture that can be read"), (40_000_000, "larger than 25 MB")):
        sheet.get_by_label("A picture").evaluate(
            """(one, size) => { const data = new DataTransfer();
              data.items.add(new File([new Uint8Array(size)], "a.png", { type: "image/png" }));
              one.files = data.files; one.dispatchEvent(new Event("change", { bubbles: true })); }""",
            size,
        )
        expect(sheet.get_by_role("status")).to_contain_text(words)
        assert sheet.get_by_label("A picture").evaluate("one => one.files.length") == 0
    press(page, "Escape")

    sheet = _open(page)

    expect(sheet.get_by_label("What makes it so?")).to_have_value("Kept words")


def test_undo_and_remove_take_back_what_was_blackened(enter: Enter) -> None:
    page = enter()
    page.goto("/help")
    sheet = _open(page)
    _pick(sheet, "p.png", _png(400, 200))
    _blacken(page, sheet)
    colour = """one => { const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      pen.drawImage(one.querySelector("canvas"), -212, -100);
      return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3); }"""
    assert sheet.evaluate(colour) == list(BLACK)

    sheet.get_by_role("button", name="Undo").click()
    assert sheet.evaluate(colour) == list(RED)
    sheet.get_by_role("button", name="Remove the picture").click()

    expect(sheet.get_by_role("application")).to_have_count(0)
    assert sheet.get_by_label("A picture").evaluate("one => one.files.length") == 0


def test_who_was_signed_out_meanwhile_sends_it_as_a_visitor_with_words_mood_and_picture(
    enter: Enter,
) -> None:
    page, desk = enter(), enter("agent")
    sign_in(page, "colleague@example.com")
    page.goto("/help")
    sheet = _open(page)
    sheet.get_by_text("Very bad").click()
    sheet.get_by_label("What makes it so?").fill("Signed out meanwhile")
    _pick(sheet, "p.png", _png(300, 200))
    expect(sheet.get_by_role("application")).to_be_visible()
    page.context.clear_cookies()
    sheet.get_by_role("button", name="Send").click()
    expect(sheet.get_by_text("What you wrote is still here.")).to_be_visible()
    expect(sheet.get_by_role("radio", name="Very bad")).to_be_checked()
    expect(sheet.get_by_label("What makes it so?")).to_have_value("Signed out meanwhile")
    expect(sheet.get_by_role("application")).to_be_visible()

    sheet.get_by_label("You may answer me").uncheck()
    page.wait_for_timeout(3200)  # a form that is sent within a blink is held back
    sheet.get_by_role("button", name="Send").click()

    expect(sheet.get_by_text("nobody can answer you")).to_be_visible()
    desk.goto("/desk?view=unassigned")
    desk.get_by_role("link", name="Signed out meanwhile").click()
    expect(desk.get_by_role("link", name=re.compile("picture.png"))).to_be_visible()
    expect(desk.get_by_role("main")).to_contain_text("cannot be answered")


def test_a_picture_of_the_page_is_taken_without_the_sheet_and_the_capture_ends(
    chromium: Browser, address: str
) -> None:
    """In a browser that grants it; with a policy without a camera Chromium's console names one, though none is asked for."""
    granting = chromium.browser_type.launch(
        executable_path=chromium_path(), args=[*ARGS, "--auto-accept-this-tab-capture"]
    )
    page = granting.new_page(base_url=address, viewport={"width": 800, "height": 600})
    page.set_default_timeout(WAIT)
    page.add_init_script(
        """const media = navigator.mediaDevices, ask = media?.getDisplayMedia.bind(media);
        if (ask) media.getDisplayMedia = async (wanted) => window.taken = await ask(wanted);"""
    )
    page.goto("/help")
    sheet = _open(page)
    sheet.get_by_role("button", name="Take one of this page").click()
    expect(sheet.get_by_role("application")).to_be_visible()

    assert page.evaluate("taken.getTracks().map(one => one.readyState)") == ["ended"]
    # Where the sheet stands white over a dimmed page, the picture shows the page itself.
    corner = """one => { const canvas = one.querySelector("canvas");
      return [canvas.width, ...canvas.getContext("2d").getImageData(2, canvas.height - 2, 1, 1).data]; }"""
    assert sheet.evaluate(corner) == [800, 255, 255, 255, 255]
    granting.close()
