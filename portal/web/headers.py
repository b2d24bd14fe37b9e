"""Headers of every answer, and the owner's colour as a small stylesheet."""

from wsgiref.headers import Headers

from flask import Blueprint, Flask, Response, current_app, jsonify, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from ..kit.policy import POLICY
from ..people.guards import me, public

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

blueprint = Blueprint("look", __name__)
EVERYBODYS = {blueprint.name, "pictures"}  # what every cache may keep


@blueprint.get("/accent.css")
@public
def accent() -> Response:
    """The owner's colour; the policy forbids it as an inline style."""
    css = f":root {{ --accent: {current_app.config['ACCENT']}; }}"
    return Response(css, mimetype="text/css", headers={"Cache-Control": "public, max-age=31536000"})


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a phone needs to keep the portal on its home screen (W3C: Web Application Manifest)."""
    icon = {"src": "/static/favicon.svg", "sizes": "any", "type": "image/svg+xml"}
    words = {"name": current_app.config["NAME"], "short_name": current_app.config["NAME"][:12]}
    place = {"start_url": "/account", "scope": "/", "display": "minimal-ui", "icons": [icon]}
    response = jsonify(words | place)
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


class Sessions(SecureCookieSessionInterface):
    """Flask's, but what every cache may keep carries nobody's cookie along."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        return request.blueprint not in EVERYBODYS and super().should_set_cookie(app, session)


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
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if app.config["SESSION_COOKIE_SECURE"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if response.mimetype == "text/html" or request.method != "GET":
            response.headers.setdefault(
                "Cache-Control", "no-store" if me() or session.get("guest") else "private, no-cache"
            )
            response.vary.update(("Cookie", "Accept-Language"))
        return response
