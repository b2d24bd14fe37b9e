"""A small proxy as the README's recipes configure one: TLS in front, whichever server answers behind, headers of its own."""

import contextlib
import http.client
import http.server
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HOP = {"connection", "keep-alive", "transfer-encoding", "host", "te", "upgrade"}  # RFC 9110, 7.6.1


class Proxy(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Passes requests to the first of `backends` that takes a connection; what was sent is sent to no second one."""

    daemon_threads = True
    request_queue_size = 200

    def __init__(
        self, backends: Sequence[int], tls: ssl.SSLContext | None, *, appends: bool = False, port: int = 0
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.backends, self.scheme, self.turn = list(backends), "https" if tls else "http", 0
        self.appends = appends  # as proxies do that others stand before
        self.failed: list[str] = []
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no news."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        for _try in range(2 * len(self.server.backends)):
            self.server.turn += 1
            port = self.server.backends[self.server.turn % len(self.server.backends)]
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            with contextlib.suppress(ConnectionRefusedError):
                connection.connect()
                self._pass(connection, body)
                return
        self.server.failed.append(f"nobody listens: {self.path}")
        self.send_error(502)

    do_POST = do_HEAD = do_GET  # noqa: N815 -- as http.server calls them

    def _pass(self, connection: http.client.HTTPConnection, body: bytes) -> None:
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            said = (
                f"{self.headers['X-Forwarded-For']}, "
                if self.server.appends and "X-Forwarded-For" in self.headers
                else ""
            )
            headers |= {
                "Host": self.headers["Host"],
                "X-Forwarded-For": said + self.client_address[0],
                "X-Forwarded-Proto": self.server.scheme,
                "X-Forwarded-Host": self.headers["Host"],
                "Connection": "close",
            }
            connection.request(self.command, self.path, body or None, headers)
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            self.server.failed.append(f"{self.command} {self.path}: {error!r}")
            self.send_error(502)
            return
        with response:
            self._answer(response)
        connection.close()

    def _answer(self, response: http.client.HTTPResponse) -> None:
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in {*HOP, "server", "date"}:
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        while part := response.read1(65536):
            self.wfile.write(part)
            self.wfile.flush()

    def log_message(self, *_words: Any) -> None:
        """It keeps no log."""


def certificate(folder: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate of its own making for localhost."""
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    where = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*made, *where], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@contextlib.contextmanager
def proxy(
    backends: Sequence[int], tls: ssl.SSLContext | None = None, *, appends: bool = False, port: int = 0
) -> Iterator[Proxy]:
    """Run one on the loopback, on a free port unless one is named."""
    server = Proxy(backends, tls, appends=appends, port=port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
