"""Pictures of articles: read from the content folder, made small and free of what cameras note, kept in the database."""

import hashlib
import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageOps, ImageSequence
from PIL.ImageFile import ImageFile
from sqlalchemy import delete, insert, select

from ..extensions import db
from ..kit.figures import Picture as Shown
from ..kit.files import safe_name
from .models import Picture, PictureUse

MAKING = b"1"  # counted up when pictures are made differently: their addresses change, and they are made anew
MOST_BYTES = 20_000_000
MOST_PIXELS = 25_000_000  # of a picture; each takes four bytes of memory while it is made smaller
MOST_PACKED = 10_000_000  # of formats whose libraries take four times as much
MOST_MOVING = 100_000_000  # pixels of all frames of a GIF together
LEAST_FRAME = 20_000  # pixels that a frame counts for at least: reading a small one takes time too
MOST_SCANS = 100  # of a JPEG: each goes over all of its pixels
LARGE, TALL, SMALL = 1600, 4800, 800  # pixels: widest and tallest as shown, and wide for phones
ENDINGS = {
    "PNG": {"png"},
    "JPEG": {"jpg", "jpeg"},
    "WEBP": {"webp"},
    "GIF": {"gif"},
    "AVIF": {"avif"},
}
ALL_ENDINGS = set().union(*ENDINGS.values())
TURNED = {5, 6, 7, 8}  # orientations that lie on their side (EXIF 2.32, tag 274)
MANNERS: dict[str, dict[str, Any]] = {
    "PNG": {},
    "JPEG": {"quality": 86, "optimize": True, "progressive": True},
    "WEBP": {"quality": 84, "method": 4},
    "AVIF": {"quality": 70, "speed": 8},
}


class BadPicture(Exception):
    """A file is no picture that can be shown; says why."""


@dataclass(frozen=True)
class Facts:
    """What is known of a picture without its bytes.

    Attributes:
        key: digest of the file's content; its address has it.
        name: the file's.
        ending: of the format as it is served.
        width: as served, in pixels, as height.
        small_width: of the version for phones, or 0 when there is none.
    """

    key: str
    name: str
    ending: str
    width: int
    height: int
    small_width: int

    @property
    def shown(self) -> Shown:
        place = f"/help/pictures/{self.key}"
        small = f"{place}/{self.small_width}.{self.ending}" if self.small_width else ""
        return Shown(f"{place}/{self.width}.{self.ending}", self.width, self.height, small, self.small_width)


Made = tuple[bytes, bytes]  # as it is served, and the version for phones or nothing


def known_pictures() -> dict[str, Facts]:
    """What the database holds, by key."""
    columns = (Picture.key, Picture.name, Picture.ending, Picture.width, Picture.height, Picture.small_width)
    return {row.key: Facts(*row) for row in db.session.execute(select(*columns))}


def read_picture(path: Path, known: Mapping[str, Facts]) -> tuple[Facts, Made | None]:
    """A picture, and its bytes unless it is among those `known`.

    Raises:
        BadPicture: too large, broken, or not what its ending says.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadPicture(f"the file is larger than {MOST_BYTES // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as error:
        raise BadPicture(f"cannot be read: {error.strerror}") from error
    key = hashlib.sha256(MAKING + data).hexdigest()[:32]
    ending = path.suffix.lower().removeprefix(".")
    if key in known:
        if ending in ENDINGS[_format_of(known[key].ending)]:
            return known[key], None
        raise BadPicture("does not hold what its ending says")
    if ending not in ALL_ENDINGS:
        raise BadPicture("a picture is a PNG, JPEG, WebP, GIF or AVIF file")
    return _make(data, key, safe_name(path.name))


def _format_of(ending: str) -> str:
    return "JPEG" if ending == "jpg" else ending.upper()


def _make(data: bytes, key: str, name: str) -> tuple[Facts, Made]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sizes: they are looked at here
            with Image.open(io.BytesIO(data), formats=tuple(ENDINGS)) as image:
                return _look(image, data, key, name)
    except BadPicture:
        raise
    except Image.DecompressionBombError as error:
        raise BadPicture(f"a picture may have {MOST_PIXELS // 1_000_000} million pixels at most") from error
    except Exception as error:
        raise BadPicture("the file is broken, or no picture") from error


def _look(image: ImageFile, data: bytes, key: str, name: str) -> tuple[Facts, Made]:
    if name.rpartition(".")[2].lower() not in ENDINGS[str(image.format)]:
        raise BadPicture("does not hold what its ending says")
    most = MOST_PACKED if image.format in ("WEBP", "AVIF") else MOST_PIXELS
    if image.width * image.height > most:
        raise BadPicture(f"a picture of this kind may have {most // 1_000_000} million pixels at most")
    if image.format == "GIF":
        _watch(image)
        return Facts(key, name, "gif", image.width, image.height, 0), (data, b"")
    if image.format == "JPEG" and data.count(b"\xff\xda") > MOST_SCANS:  # ITU T.81, B.1.1.3: start of scan
        raise BadPicture(f"it is written in more than {MOST_SCANS} passes")
    if getattr(image, "n_frames", 1) > 1:
        raise BadPicture("a moving picture must be a GIF")
    kind, few = str(image.format), image.mode == "P"
    large = _smaller(image)
    made = _written(large, kind, few)
    small = b""
    if large.width > SMALL * 1.25:
        height = round(large.height * SMALL / large.width)
        small = _written(large.resize((SMALL, max(1, height)), Image.Resampling.LANCZOS), kind, few)
    if len(small) >= len(made):
        small = b""
    ending = "jpg" if kind == "JPEG" else kind.lower()
    return Facts(key, name, ending, large.width, large.height, SMALL if small else 0), (made, small)


def _watch(image: ImageFile) -> None:
    """A GIF stays as it is, moving or not, when all of its frames can be read; its format holds no EXIF."""
    if image.width > LARGE:
        raise BadPicture(f"a GIF may be {LARGE} pixels wide at most")
    seen = 0
    for frame in ImageSequence.Iterator(image):
        seen += max(frame.width * frame.height, LEAST_FRAME)
        if seen > MOST_MOVING:
            raise BadPicture(
                f"the frames of a GIF may have {MOST_MOVING // 1_000_000} million pixels together"
            )
        frame.load()


def _smaller(image: ImageFile) -> Image.Image:
    """The picture upright, at most as large as pages show it, with nothing that came along but its colours' profile."""
    turn = image.getexif().get(ExifTags.Base.Orientation, 1)
    profile = image.info.get("icc_profile")
    has_holes = image.mode in ("LA", "RGBA", "PA", "La", "RGBa") or "transparency" in image.info
    mode = "RGBA" if has_holes else "L" if image.mode in ("1", "L") else "RGB"
    box = (TALL, LARGE) if turn in TURNED else (LARGE, TALL)
    # First: of a palette, only the nearest colours would be taken. A copy of the same kind would only cost memory.
    plain: Image.Image = image if image.mode == mode else image.convert(mode)
    plain.thumbnail(box, Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(plain)
    upright.info = {"icc_profile": profile} if profile and mode == image.mode else {}
    return upright


def _written(image: Image.Image, kind: str, few: bool) -> bytes:
    """The bytes of a picture; one that came with `few` colours goes with few, since it would grow to twice its size."""
    out, profile = io.BytesIO(), image.info.get("icc_profile")
    if few:
        image = image.quantize(256, Image.Quantize.FASTOCTREE)
    if kind == "JPEG" and image.mode == "RGBA":
        image = image.convert("RGB")
    image.save(out, kind, **MANNERS[kind], icc_profile=profile)
    return out.getvalue()


def keep_pictures(article_id: int, used: Mapping[str, Facts | None], made: dict[str, Made]) -> None:
    """Note which pictures an article uses, and keep those that are new; `made` loses them."""
    db.session.execute(delete(PictureUse).where(PictureUse.article_id == article_id))
    for place, facts in used.items():
        if facts and facts.key in made:
            large, small = made.pop(facts.key)
            db.session.execute(insert(Picture).values(**vars(facts), data=large, small=small))
        use = {"article_id": article_id, "place": place, "key": facts.key if facts else None}
        db.session.execute(insert(PictureUse).values(use))


def drop_unused() -> None:
    """Forget pictures that no article uses any more."""
    used = select(PictureUse.key).where(PictureUse.key.is_not(None))
    db.session.execute(delete(Picture).where(Picture.key.not_in(used)))


def pictures_used() -> dict[int, dict[str, str | None]]:
    """The key of each picture by its place, by the article that uses it; None is one that was missing."""
    found: dict[int, dict[str, str | None]] = {}
    rows = select(PictureUse.article_id, PictureUse.place, PictureUse.key)
    for row in db.session.execute(rows):
        found.setdefault(row.article_id, {})[row.place] = row.key
    return found
