"""Files of tickets: sent as what they are, never run."""

from flask import Blueprint, Response, abort, send_file

from ..kit.files import path_of
from ..people.guards import invited, me
from .access import get_file

blueprint = Blueprint("files", __name__, url_prefix="/files")


@blueprint.get("/<string(length=32):key>/<name>")
@invited
def download(key: str, name: str) -> Response:
    """A file under its own name only."""
    file = get_file(me(), key)
    if name != file.name:
        abort(404)
    return sent(file.key, file.name, file.type)


def sent(key: str, name: str, kind: str) -> Response:
    """A file of the store that the reader may have: images may be looked at, all else is saved."""
    response = send_file(
        path_of(key),
        mimetype=kind,
        as_attachment=not kind.startswith("image/"),
        download_name=name,
        conditional=True,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response
