"""The files of deploy/: what the tools for them say, and the portal behind a real proxy with TLS."""

import contextlib
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from portal.accounts.models import Attempt
from portal.config import SETTINGS
from portal.extensions import db
from portal.outbox.models import Job

from .drills.place import CUSTOMERS, Place, prepared
from .drills.proxy import certificate, proxy
from .servers import ROOT, free_port, portal_server, smtp_sink

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


def test_every_setting_that_a_file_names_exists() -> None:
    known = {setting.variable for setting in SETTINGS} | {"PORTAL_HOSTNAME", "PORTAL_BACKENDS"}
    for path in (path for path in DEPLOY.rglob("*") if path.is_file()):
        named = set(re.findall(r"\bPORTAL_[A-Z_]*[A-Z]\b", path.read_text()))
        assert named <= known, f"{path.name}: {named - known}"


@needs("systemd-analyze")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_is_understood_and_lets_the_portal_do_little(unit: Path, tmp_path: Path) -> None:
    program = tmp_path / "portal"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for other in UNITS:
        text = other.read_text().replace("/srv/portal/.venv/bin/portal", str(program))
        (tmp_path / other.name).write_text(text.replace("/srv/portal", str(tmp_path)))
    copy = tmp_path / unit.name.replace("@.", "@2.")
    if not copy.exists():
        copy.write_text((tmp_path / unit.name).read_text())
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert str(tmp_path) not in checked.stderr, checked.stderr
    rated = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(copy)]
    exposed = subprocess.run(rated, capture_output=True, text=True, check=False)
    assert exposed.returncode == 0, exposed.stdout


def test_the_compose_file_names_what_there_is() -> None:
    made = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text())
    build = made["services"]["portal"]["build"]
    assert (DEPLOY / "container" / build["context"] / build["dockerfile"]).is_file()
    for service in made["services"].values():
        for volume in service.get("volumes", ()):
            place = volume.partition(":")[0]
            assert place in made["volumes"] or (DEPLOY / "container" / place).exists(), volume
    containerfile = (DEPLOY / "container/Containerfile").read_text()
    for line in re.findall(r"^COPY (?!--)(.+) \S+$", containerfile, re.MULTILINE):
        assert all((ROOT / name).exists() for name in line.split()), line


# Behind a proxy with TLS


@dataclass
class Front:
    """The portal as the world sees it."""

    port: int
    place: Place
    certificate: Path

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> "Told":
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = HTTPSConnection("localhost", self.port, timeout=30, context=context)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        with contextlib.closing(connection):
            connection.request(method, path, body or None, sent)
            response = connection.getresponse()
            return Told(response.status, response.headers.items(), response.read().decode())


@dataclass
class Told:
    """An answer."""

    status: int
    headers: list[tuple[str, str]]
    text: str

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known.lower() == name.lower()), "")


def _wait(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}")


@contextlib.contextmanager
def _nginx(folder: Path, backend: int, port: int) -> Iterator[int]:
    text = (DEPLOY / "proxy/nginx.conf").read_text()
    text = re.sub(r"\n    listen \[::\].*", "", text)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};").replace(
        "127.0.0.1:8000", f"127.0.0.1:{backend}"
    )
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}").replace("help.example.com", "localhost")
    for name, ours in (("fullchain", "cert"), ("privkey", "key")):
        text = text.replace(f"/etc/letsencrypt/live/localhost/{name}.pem", str(folder / f"{ours}.pem"))
    # As the hosts' own port is none of 443 here, it is told along.
    text = text.replace("$host;", f"localhost:{port};")
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    head = f"pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off; worker_processes 1;"
    head += f"events {{}} http {{ access_log off; {temporary}\n"
    file = folder / "nginx.conf"
    file.write_text(f"{head}{text}\n}}\n")
    yield from _run(["nginx", "-c", str(file), "-e", str(folder / "error.log"), "-p", str(folder)], port)


@contextlib.contextmanager
def _caddy(folder: Path, backend: int, port: int) -> Iterator[int]:
    text = (DEPLOY / "proxy/Caddyfile").read_text()
    text = text.replace(
        "{$PORTAL_HOSTNAME:help.example.com} {",
        f"https://localhost:{port} {{\n\ttls {folder}/cert.pem {folder}/key.pem",
    )
    text = text.replace("{$PORTAL_BACKENDS:127.0.0.1:8000}", f"127.0.0.1:{backend}").replace(
        "{host}", "{hostport}"
    )
    file = folder / "Caddyfile"
    file.write_text(
        f"{{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system {folder}/caddy\n}}\n{text}"
    )
    yield from _run(["caddy", "run", "--adapter", "caddyfile", "--config", str(file)], port)


def _run(command: list[str], port: int) -> Iterator[int]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()


@contextlib.contextmanager
def _own(folder: Path, backend: int, port: int) -> Iterator[int]:
    with proxy([backend], certificate(folder), appends=True, port=port) as server:
        yield server.port


PROXIES = {"own": _own, "nginx": _nginx, "caddy": _caddy}


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Front, int]]:
    """The portal that the proxies stand before in turns, and its port."""
    folder, port, backend = tmp_path_factory.mktemp("front"), free_port(), free_port()
    certificate(folder)
    with smtp_sink() as sink, prepared(folder / "instance", sink.port) as place:
        base = {"PORTAL_BASE_URL": f"https://localhost:{port}", "PORTAL_PROXIES": "1"}
        with portal_server(folder / "instance", place.settings | base, backend):
            yield Front(port, place, folder / "cert.pem"), backend


@pytest.fixture(
    scope="module",
    params=["own", pytest.param("nginx", marks=needs("nginx")), pytest.param("caddy", marks=needs("caddy"))],
)
def front(request: pytest.FixtureRequest, behind: tuple[Front, int]) -> Iterator[Front]:
    it, backend = behind
    with PROXIES[request.param](it.certificate.parent, backend, it.port):
        yield it


def test_over_tls_cookies_and_headers_are_those_of_https(front: Front) -> None:
    page = front.ask("/sign-in")
    assert page.status == 200
    cookie = page.header("Set-Cookie")
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert page.header("Strict-Transport-Security") == "max-age=31536000; includeSubDomains"
    assert page.header("Content-Security-Policy").startswith("default-src 'none'")
    assert page.header("X-Content-Type-Options") == "nosniff"
    assert front.ask("/account").header("Location").startswith("/sign-in")


def test_whoever_claims_another_host_changes_no_link(front: Front) -> None:
    """Row 25: links in mails and feeds stand on PORTAL_BASE_URL, whatever a request says of itself."""
    base = f"https://localhost:{front.port}"
    evil = {
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Port": "80",
        "Forwarded": "host=evil.example",
        "Origin": base,
    }
    page = front.ask("/lost-password")
    fields = re.findall(r'name="(csrf_token|once)"[^>]*value="([^"]*)"', page.text)
    body = "&".join(f"{name}={value}" for name, value in [*fields, ("email", CUSTOMERS[0])])
    cookie = page.header("Set-Cookie").partition(";")[0]
    done = front.ask("/lost-password", "POST", body, Cookie=cookie, X_Forwarded_Host="evil.example", **evil)
    assert done.status in (200, 303, 400), done.text
    for path in ("/", "/sitemap.xml", "/help"):
        told = front.ask(path, X_Forwarded_Host="evil.example", **evil)
        assert "evil.example" not in told.text + str(told.headers)
        assert "http://localhost" not in told.text
    with front.place.look():
        assert not [job for job in db.session.scalars(select(Job)) if "evil" in str(job.payload)]


@pytest.mark.parametrize("claim", ["SCRIPT_NAME", "PATH_INFO", "X-Forwarded-Ssl", "X-Forwarded-Protocol"])
def test_a_claim_that_a_proxy_passes_on_changes_no_answer(behind: tuple[Front, int], claim: str) -> None:
    """Row 36: the web server itself believes nobody, also not a proxy on its own machine; PORTAL_PROXIES says what counts."""
    _front, backend = behind
    for said in ("/sign-in", "/help", "on", "ssl"):
        with contextlib.closing(HTTPConnection("127.0.0.1", backend, timeout=10)) as server:
            told = {"Host": "localhost", "X-Forwarded-Proto": "http", claim: said}
            server.request("GET", "/sign-in/nothing", headers=told)
            answer = server.getresponse()
            assert (answer.status, b"This page is not here" in answer.read()) == (404, True), said


def test_a_claimed_source_is_none(front: Front) -> None:
    """Rows 25 and 30: limits count the address that the proxy saw, not what the visitor says before it."""
    with front.place.app.app_context():
        db.session.query(Attempt).delete()
        db.session.commit()
    page = front.ask("/sign-in")
    cookie = page.header("Set-Cookie").partition(";")[0]
    token = dict(re.findall(r'name="(csrf_token)"[^>]*value="([^"]*)"', page.text))["csrf_token"]
    for number in range(3):
        form = f"csrf_token={token}&email=nobody{number}%40example.com&password=wrong+password&next="
        wrong = front.ask(
            "/sign-in", "POST", form, Cookie=cookie, X_Forwarded_For=f"10.9.8.{number}", X_Real_IP="10.9.8.7"
        )
        assert wrong.status == 422
    with front.place.look():
        assert sorted(db.session.scalars(select(Attempt.count))) == [1, 1, 1, 3]


def test_a_stream_is_heard_at_once_through_the_proxy(front: Front) -> None:
    with contextlib.closing(socket.create_connection(("localhost", front.port), 10)) as plain:
        context = ssl.create_default_context(cafile=str(front.certificate))
        with context.wrap_socket(plain, server_hostname="localhost") as stream:
            cookie = _signed_in(front)
            topic = f"person-{front.place.id_of(CUSTOMERS[1])}"
            head = f"GET /live?topic={topic} HTTP/1.1\r\nHost: localhost:{front.port}\r\nCookie: {cookie}\r\n\r\n"
            stream.sendall(head.encode())
            said = b""
            while b"retry: 500" not in said:
                part = stream.recv(4096)
                assert part, said
                said += part
            assert b" 200 " in said.splitlines()[0]


def _signed_in(front: Front) -> str:
    page = front.ask("/sign-in")
    token = dict(re.findall(r'name="(csrf_token)"[^>]*value="([^"]*)"', page.text))["csrf_token"]
    form = f"csrf_token={token}&email={CUSTOMERS[1].replace('@', '%40')}&password=demo-portal-2026&next="
    done = front.ask("/sign-in", "POST", form, Cookie=page.header("Set-Cookie").partition(";")[0])
    assert done.status == 303
    return done.header("Set-Cookie").partition(";")[0]


def test_a_portal_without_a_proxy_believes_no_such_header(tmp_path: Path) -> None:
    """Rows 25 and 30."""
    with (
        smtp_sink() as sink,
        prepared(tmp_path / "instance", sink.port) as place,
        place.app.test_client() as browser,
    ):
        page = browser.get("/sign-in", headers={"Host": "127.0.0.1:8000"})
        token = dict(re.findall(r'name="(csrf_token)"[^>]*value="([^"]*)"', page.text))["csrf_token"]
        for number in range(3):
            form = {"csrf_token": token, "email": f"n{number}@example.com", "password": "wrong password"}
            claimed = {
                "X-Forwarded-For": f"10.9.8.{number}",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": "evil.example",
            }
            answer = browser.post("/sign-in", data=form, headers={"Host": "127.0.0.1:8000", **claimed})
            assert answer.status_code == 422
            assert "Secure" not in answer.headers.get("Set-Cookie", "")
            assert "evil.example" not in answer.text
        with place.look():
            assert sorted(db.session.scalars(select(Attempt.count))) == [1, 1, 1, 3]
