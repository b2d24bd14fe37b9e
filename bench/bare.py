"""A bare Flask app that answers with stored pages: what the server, Flask and the compression cost by themselves."""

import json
import os
from pathlib import Path

from flask import Flask, Response, request
from flask_compress import Compress


def create_app(folder: Path) -> Flask:
    """Answers `/<size>/<page>` with what the portal answered there, from one file of JSON."""
    stored = json.loads((folder / "pages.json").read_text(encoding="utf-8"))
    app = Flask(__name__, static_folder=None)
    app.config.update(stored["config"])
    Compress(app)

    @app.route("/<size>/<page>", methods=["GET", "POST"])
    def show(size: str, page: str) -> Response:
        request.form.get("once")  # a form is read here too
        status, kind, body = stored["pages"][f"{size}/{page}"]
        return Response(body, status, content_type=kind)

    return app


if "BENCH_PAGES" in os.environ:  # for gunicorn, which wants the app by name
    app = create_app(Path(os.environ["BENCH_PAGES"]))
