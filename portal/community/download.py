"""Files of topics: sent as what they are, never run."""

from flask import Blueprint, Response, abort

from ..people.guards import me, public
from ..tickets.download import sent
from .access import get_file

blueprint = Blueprint("community_files", __name__, url_prefix="/community/files")


@blueprint.get("/<string(length=32):key>/<name>")
@public
def download(key: str, name: str) -> Response:
    """A file under its own name only, for whoever may read the words that it came with."""
    file = get_file(me(), key)
    if name != file.name:
        abort(404)
    return sent(key, file.name, file.type)
