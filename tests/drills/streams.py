"""An open window's stream, read by a thread as a browser reads it: it comes back with the last id it heard."""

import contextlib
import http.client
import threading
import time
from collections.abc import Sequence
from urllib.parse import urlencode

from .browser import Browser

AGAIN = 0.5  # seconds until a browser whose stream was cut connects again, as the server asks


class Stream:
    """Follows topics until it is closed; cut() is a network that drops, sleep() a hidden tab.

    Attributes:
        heard: the events so far.
        answers: the status of each connection.
    """

    def __init__(self, browser: Browser, topics: Sequence[str]) -> None:
        self.browser, self.topics = browser, topics
        self.heard: list[str] = []
        self.answers: list[int] = []
        self.last = ""
        self._open, self._over = threading.Event(), threading.Event()
        self._open.set()
        self._connection: http.client.HTTPConnection | None = None
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        while not self._over.is_set():
            if self._open.wait(0.1):
                with contextlib.suppress(OSError, http.client.HTTPException, ValueError, AttributeError):
                    self._once()
                self._over.wait(AGAIN)

    def _once(self) -> None:
        asked = [("topic", topic) for topic in self.topics]
        headers = self.browser.headers() | ({"Last-Event-ID": self.last} if self.last else {})
        headers["Accept"] = "text/event-stream"
        connection = self._connection = http.client.HTTPConnection(self.browser.netloc, timeout=20)
        try:
            connection.request("GET", f"/live?{urlencode(asked)}", headers=headers)
            response = connection.getresponse()
            with response:
                self.answers.append(response.status)
                while response.status == 200 and (line := response.readline()):
                    self._take(line.decode().strip())
        finally:
            connection.close()

    def _take(self, line: str) -> None:
        name, _, value = line.partition(": ")
        if name == "id":
            self.last = value
        elif name == "event":
            self.heard.append(value)

    def cut(self) -> None:
        """The network drops; the browser connects again by itself."""
        if self._connection and self._connection.sock:
            with contextlib.suppress(OSError):
                self._connection.sock.shutdown(2)

    def sleep(self) -> None:
        """The tab is hidden: its stream rests."""
        self._open.clear()
        self.cut()

    def wake(self) -> None:
        self._open.set()

    def is_open(self) -> bool:
        """Whether it had its first line."""
        return bool(self.last)

    def close(self) -> None:
        self._over.set()
        while self._thread.is_alive():
            self.cut()
            self._thread.join(0.2)

    def wait_for(self, event: str, count: int = 1, seconds: float = 5.0) -> None:
        """Wait until an event was heard so often. Raises AssertionError if it was not in time."""
        deadline = time.monotonic() + seconds
        while self.heard.count(event) < count:
            assert time.monotonic() < deadline, f"{event} was not heard within {seconds} s: {self.heard[-5:]}"
            time.sleep(0.02)
