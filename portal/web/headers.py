"""Headers of every answer, and the owner's colour as a small stylesheet and in a picture."""

import zlib
from functools import lru_cache
from pathlib import Path
from wsgiref.headers import Headers

from flask import Blueprint, Flask, Response, abort, jsonify, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from ..kit.company import the_company
from ..kit.policy import POLICY
from ..people.guards import me, public

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(self)",
}

STATIC = Path(__file__).resolve().parent.parent / "static"
# Pictures that others show: beside a link to us, in a mail.
ELSEWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}
# Blueprints whose answers every cache may keep.
FOR_ALL = {"look", "feeds", "pictures"}

blueprint = Blueprint("look", __name__)


def _kept_if(version: str) -> dict[str, str]:
    """Caches keep for a year what an address names in the version asked for; another one was saved just now or long ago."""
    same = request.args.get("v", "") == version
    return {"Cache-Control": "public, max-age=31536000" if same else "no-cache"}


@blueprint.get("/accent.css")
@public
def accent() -> Response:
    """The owner's colour; the policy forbids it as an inline style."""
    colour = the_company().accent
    css = f":root {{ --accent: {colour}; }}"
    return Response(css, mimetype="text/css", headers=_kept_if(colour.lstrip("#")))


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a phone needs to keep the portal on its home screen (W3C: Web Application Manifest)."""
    icon = {"src": "/static/favicon.svg", "sizes": "any", "type": "image/svg+xml"}
    name = the_company().name
    words = {"name": name, "short_name": name[:12]}
    place = {"start_url": "/account", "scope": "/", "display": "minimal-ui", "icons": [icon]}
    response = jsonify(words | place)
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@lru_cache(8)
def _card(accent: str) -> bytes:
    """The picture for those who share a page, in the owner's colour: our drawing in shades from there to white.

    It has a palette of 16 shades, which is all that is changed (W3C: PNG, 11.2.2).
    """
    drawn = (STATIC / "card.png").read_bytes()
    colour = bytes.fromhex(accent.lstrip("#"))
    shades = bytes(part + (255 - part) * shade // 15 for shade in range(16) for part in colour)
    palette = b"PLTE" + shades
    place = drawn.index(b"PLTE")
    return (
        drawn[:place] + palette + zlib.crc32(palette).to_bytes(4, "big") + drawn[place + len(palette) + 4 :]
    )


@blueprint.get("/card.png")
@public
def card() -> Response:
    """Shown beside a link to us in chats and networks, which take no vector pictures."""
    colour = the_company().accent
    return Response(_card(colour), mimetype="image/png", headers=_kept_if(colour.lstrip("#")) | ELSEWHERE)


@blueprint.get("/logo.png")
@public
def logo() -> Response:
    """The company's sign, also for mails; 404 while there is none."""
    found = the_company().logo or abort(404)
    return Response(found.data, mimetype="image/png", headers=_kept_if(found.digest) | ELSEWHERE)


class Sessions(SecureCookieSessionInterface):
    """Flask's, but what every cache may keep carries nobody's cookie along."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        return request.blueprint not in FOR_ALL and super().should_set_cookie(app, session)


def for_static_files(headers: Headers, _path: str, _url: str) -> None:
    """What WhiteNoise, which answers before Flask, puts on our own files; a policy would keep an icon from its style."""
    for name in ("X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy"):
        headers[name] = HEADERS[name]


def set_up(app: Flask) -> None:
    """Put the headers on every answer; what a signed-in person sees is kept by no cache."""
    app.register_blueprint(blueprint)
    app.session_interface = Sessions()

    @app.after_request
    def add(response: Response) -> Response:
        said = {name for name, _value in response.headers}
        response.headers.extend({name: value for name, value in HEADERS.items() if name not in said})
        if app.config["SESSION_COOKIE_SECURE"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if response.mimetype == "text/html" or request.method != "GET":
            response.headers.setdefault(
                "Cache-Control", "no-store" if me() or session.get("guest") else "private, no-cache"
            )
            response.vary.update(("Cookie", "Accept-Language"))
        return response
