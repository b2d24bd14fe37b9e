"""The company's sign: whatever picture is sent becomes a small PNG of our own making, with nothing else in it."""

import base64
import hashlib
import io
import warnings
from typing import Any

from PIL import Image, ImageOps
from werkzeug.datastructures import FileStorage

from ..kit.files import BadFile
from ..kit.i18n import _

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_BYTES = 5_000_000
MOST_PIXELS = 16_000_000
LEAST = 16  # pixels of the shorter side
WIDEST, TALLEST = 560, 128  # pixels as kept: enough for twice the size that a page shows


def made(file: FileStorage) -> dict[str, Any]:
    """The picture as the values of a saved part hold it.

    Raises:
        BadFile: it is no picture that can be one; a sentence for whoever sent it.
    """
    data = file.stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise BadFile(
            _("The picture is larger than %(most)d MB; save it smaller", most=MOST_BYTES // 1_000_000)
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                return _drawn(image)
    except BadFile:
        raise
    except Exception as error:  # whatever the library trips over in a file that anybody may have made
        raise BadFile(_("This is no picture that we can read; PNG, JPEG, WebP and GIF are")) from error


def _drawn(image: Image.Image) -> dict[str, Any]:
    if image.width * image.height > MOST_PIXELS:
        most = MOST_PIXELS // 1_000_000
        raise BadFile(_("The picture has more than %(most)d million pixels; save it smaller", most=most))
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    box = upright.getchannel("A").getbbox()
    if box is None:
        raise BadFile(_("The picture is empty: all of it is transparent"))
    upright = upright.crop(box)
    if min(upright.size) < LEAST or upright.width > 12 * upright.height or upright.height > 3 * upright.width:
        raise BadFile(
            _(
                "The picture is too small, too long or too tall for a logo; %(least)d pixels are the least",
                least=LEAST,
            )
        )
    upright.thumbnail((WIDEST, TALLEST), Image.Resampling.LANCZOS)
    kept = io.BytesIO()
    upright.save(kept, "PNG", optimize=True)
    return {
        "data": base64.b64encode(kept.getvalue()).decode(),
        "width": upright.width,
        "height": upright.height,
        "digest": hashlib.sha256(kept.getvalue()).hexdigest()[:16],
    }
