"""Pictures of articles: what is let in, what becomes of it, and who sees it."""

import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from portal.extensions import db
from portal.kb.actions import Changes, sync
from portal.kb.models import Article, Picture, PictureUse
from portal.kb.pictures import BadPicture, Facts, Made, read_picture
from portal.people.models import Person

from ..conftest import Cast
from .conftest import Write

TakeOver = Callable[[], Changes]
Draw = Callable[..., Path]


def drawn(kind: str = "PNG", size: tuple[int, int] = (40, 20), **more: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind, **more)
    return out.getvalue()


@pytest.fixture
def draw(folder: Path) -> Draw:
    """Put a picture into the content folder."""

    def put(name: str, data: bytes = b"", **more: object) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data or drawn(**more))  # type: ignore[arg-type]  # passed on
        return path

    return put


def picture_of(slug: str) -> Tag:
    html = db.session.scalars(select(Article.html).where(Article.slug == slug)).one()
    found = BeautifulSoup(html, "html.parser").img
    assert found, html
    return found


def exif(turned: int) -> Image.Exif:
    said = Image.Exif()
    said[0x0112], said[0x010F] = turned, "Canary camera"
    said.get_ifd(0x8825)[1] = "N"
    return said


def read(path: Path, data: bytes) -> tuple[Facts, Made]:
    """A picture as it would be kept."""
    path.write_bytes(data)
    facts, made = read_picture(path, {})
    assert made
    return facts, made


def test_a_picture_is_served_as_what_it_is_and_smaller_for_phones(
    client: FlaskClient, write: Write, draw: Draw, take_over: TakeOver
) -> None:
    draw("en/wifi/images/front side.jpg", kind="JPEG", size=(1200, 600))
    write("en/wifi/p.md", "P", '![The *front*](images/front%20side.jpg "Seen from the front"){width=400}')
    assert take_over().errors == []
    image = picture_of("p")
    assert (image["width"], image["height"], image["alt"]) == ("400", "200", "The front")
    assert image.parent
    assert (image.parent.name, image.parent.text) == ("figure", "Seen from the front")
    addresses = [part.split()[0] for part in str(image["srcset"]).split(", ")]
    assert len(addresses) == 2
    assert image["src"] == addresses[1]
    for address in addresses:
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert Image.open(io.BytesIO(answer.data)).width == int(address.rpartition("/")[2].partition(".")[0])
        assert answer.headers["Content-Disposition"] == 'inline; filename="front side.jpg"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert (
            "max-age=31536000, s-maxage=5" in answer.headers["Cache-Control"]
        )  # row 15: none between us for long
        assert "Set-Cookie" not in answer.headers
        assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
        assert client.get(address.replace(".jpg", ".svg")).status_code == 404


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG", "AVIF"])
def test_what_a_camera_notes_is_gone_and_the_picture_stands_upright(tmp_path: Path, kind: str) -> None:
    facts, made = read(tmp_path / f"photo.{kind.lower()}", drawn(kind, (600, 1100), exif=exif(6)))
    assert (facts.width, facts.height, facts.small_width) == (1100, 600, 800)
    for data in made:
        shown = Image.open(io.BytesIO(data))
        assert shown.format == kind
        assert b"Canary" not in data
        assert not shown.getexif()


def test_what_is_larger_than_a_page_is_made_smaller_and_a_moving_gif_goes_on_moving(tmp_path: Path) -> None:
    facts, _made = read(tmp_path / "x.png", drawn(size=(2000, 1000)))
    assert (facts.width, facts.height) == (1600, 800)
    frames = [Image.new("P", (40, 20), n) for n in range(3)]
    _facts, (data, small) = read(tmp_path / "x.gif", drawn("GIF", save_all=True, append_images=frames))
    assert getattr(Image.open(io.BytesIO(data)), "n_frames", 1) > 1
    assert small == b""


def chunk(name: bytes, body: bytes) -> bytes:
    """A piece of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_chunk(name: bytes, body: bytes) -> bytes:
    """A good PNG with one more piece behind its head."""
    whole = drawn()
    return whole[:33] + chunk(name, body) + whole[33:]


def bomb(width: int, height: int) -> bytes:
    """A PNG that says to be this large; its lines end soon, since nobody should read that far."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    lines = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


PACKED = zlib.compress(b"a" * 100_000_000)
FRAME = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
BAD = {
    "100 megapixels": ("x.png", bomb(10_000, 10_000), "25 million pixels"),
    "a decompression bomb": ("x.png", bomb(40_000, 20_000), "25 million pixels"),
    "truncated": ("x.png", drawn(size=(300, 300))[:-600], "broken"),
    "text": ("x.png", b"<script>alert(1)</script>", "broken"),
    "empty": ("x.gif", b"\0", "broken"),
    "a PNG that says it is a JPEG": ("x.jpg", drawn(), "what its ending says"),
    "a drawing with a script": ("x.svg", b"<svg onload='alert(1)'/>", "PNG, JPEG, WebP, GIF or AVIF"),
    "too many bytes": ("x.png", b"\0" * 20_000_001, "20 MB"),
    "a GIF too wide": ("x.gif", drawn("GIF", (1700, 10)), "1600 pixels"),
    "a GIF of endless small frames": ("x.gif", drawn("GIF", size=(1, 1))[:-1] + FRAME * 30_000 + b";", "frames of a GIF"),
    "a JPEG written over and over": ("x.jpg", drawn("JPEG")[:-2] + b"\xff\xda" * 101 + b"\xff\xd9", "100 passes"),
    "a moving PNG": ("x.png", drawn(save_all=True, append_images=[Image.new("RGB", (40, 20))]), "a GIF"),
}  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [(b"zTXt", b"a\0\0"), (b"iTXt", b"a\0\1\0\0\0"), (b"iCCP", b"a\0\0")],
    ids=["words", "words in UTF-8", "profile"],
)
def test_what_is_packed_beside_a_picture_is_not_unpacked_as_large_as_it_is(
    tmp_path: Path, more: tuple[bytes, bytes]
) -> None:
    data = with_chunk(more[0], more[1] + PACKED)
    tracemalloc.start()
    with suppress(BadPicture):
        _facts, (made, _small) = read(tmp_path / "x.png", data)
        assert len(made) < len(data)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("what", BAD)
def test_a_picture_that_cannot_be_shown_is_refused(tmp_path: Path, what: str) -> None:
    name, data, why = BAD[what]
    with pytest.raises(BadPicture, match=why):
        read(tmp_path / name, data)


def test_an_article_with_a_bad_picture_keeps_its_last_good_version(
    write: Write, draw: Draw, take_over: TakeOver
) -> None:
    draw("en/wifi/good.png")
    write("en/wifi/p.md", "P", "![Good](good.png)")
    take_over()
    draw("en/wifi/bad.png", BAD["100 megapixels"][1])
    path = write("en/wifi/p.md", "P", "One\n\n![Bad](bad.png)")
    errors = take_over().errors
    assert [(e.path, e.line) for e in errors] == [(path, 7)]
    assert "25 million pixels" in errors[0].why
    assert picture_of("p")["alt"] == "Good"
    assert db.session.scalar(select(func.count(Picture.key))) == 1


def test_no_link_leads_out_of_the_folder(
    write: Write, take_over: TakeOver, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "aside").mkdir()
    (tmp_path / "aside/in.png").write_bytes(drawn())
    (folder / "en/wifi").mkdir(parents=True)
    (folder / "en/wifi/link.png").symlink_to(tmp_path / "aside/in.png")
    (folder / "en/wifi/linked").symlink_to(tmp_path / "aside")
    for place in ("link.png", "../../../aside/in.png", "linked/in.png"):
        write(f"en/wifi/p{len(place)}.md", "P", f"![a]({place})")
    changes = take_over()
    assert changes.added == []
    ours = [error.why for error in changes.errors if error.path.suffix == ".md"]
    assert len(ours) == 3
    assert all("out of the" in why for why in ours)
    assert not db.session.scalar(select(func.count(Picture.key)))


def test_a_picture_that_lacks_shows_its_words_and_comes_with_its_file(
    write: Write, draw: Draw, take_over: TakeOver, folder: Path
) -> None:
    write("en/wifi/p.md", "P", "![The light](images/light.png)")
    changes = take_over()
    assert changes.missing == ["en/wifi/p.md: there is no picture en/wifi/images/light.png"]
    assert "The light" in db.session.scalars(select(Article.html)).one()
    assert sync(folder).changed == []
    draw("en/wifi/images/light.png")
    assert sync(folder).changed == ["en/p"]
    first = picture_of("p")["src"]
    draw("en/wifi/images/light.png", size=(60, 30))
    assert sync(folder).changed == ["en/p"]
    assert picture_of("p")["src"] != first
    assert db.session.scalar(select(func.count(Picture.key))) == 1  # the older one is gone


def test_a_translation_shows_the_picture_of_the_next_best_language(
    write: Write, draw: Draw, take_over: TakeOver
) -> None:
    draw("en/wifi/images/a.png")
    write("es/wifi/p.md", "P", "![a](images/a.png)")
    assert take_over().missing == []
    assert picture_of("p")["src"]


def test_only_readers_of_an_article_see_its_pictures(
    client: FlaskClient,
    browser_of: Callable[[Person], FlaskClient],
    people: Cast,
    write: Write,
    draw: Draw,
    take_over: TakeOver,
    folder: Path,
) -> None:
    draw("en/wifi/a.png")
    write("en/wifi/none.md", "None", "No picture.")
    write("en/wifi/p.md", "P", "![a](a.png)", "status: draft\n")
    take_over()
    address = str(picture_of("p")["src"])
    editor = browser_of(people.editor)
    assert [c.get(address).status_code for c in (client, browser_of(people.customer), editor)] == [
        404,
        404,
        200,
    ]
    assert editor.get(address).headers["Cache-Control"] == "private, no-store"
    write("en/wifi/q.md", "Q", "![a](a.png)")
    sync(folder)
    assert "public" in client.get(address).headers["Cache-Control"]
    (folder / "en/wifi/q.md").unlink()
    sync(folder)
    assert client.get(address).status_code == 404
    (folder / "en/wifi/p.md").unlink()
    sync(folder)
    assert db.session.scalar(select(func.count(Picture.key))) == 0
    assert db.session.scalar(select(func.count(PictureUse.id))) == 0
