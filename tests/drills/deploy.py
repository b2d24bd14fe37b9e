"""Trials of putting a new version in place while people work: nothing fails, nothing is cut off."""

import signal
from pathlib import Path
from urllib.parse import urlsplit

from ..servers import PortalServer, portal_server
from .browser import Browser
from .place import CUSTOMERS
from .proxy import proxy
from .streams import Stream
from .trials import HalfSent, Trial, all_pids, is_running, trial, wait_for

KEY = "the same key on all machines, and long enough"


def _renew(server: PortalServer) -> None:
    """As `systemctl reload portal` does; ends when all processes but the supervisor are new ones."""
    before = set(all_pids(server)) - {server.process.pid}
    server.process.send_signal(signal.SIGUSR1)
    wait_for(lambda: not any(is_running(pid) for pid in before), "those before have ended", 60)
    assert server.process.poll() is None
    assert server.web_pids()
    wait_for(lambda: bool(server.worker_pids()), "a worker is there")


def renew(it: Trial, rounds: int) -> None:
    """New versions under load: no connection breaks, nobody is told to wait, slow senders are waited for."""
    with it.served() as server:
        it.load.start()
        window = Browser(it.load.address)
        window.sign_in(CUSTOMERS[0])
        stream = Stream(window, [f"person-{it.place.id_of(CUSTOMERS[0])}"])
        try:
            for number in range(1, rounds + 1):
                said = len(it.ledger.said)
                wait_for(lambda said=said: len(it.ledger.said) > said + 3, "all goes on")  # type: ignore[misc]
                wait_for(stream.is_open, "the stream is open")
                slow = HalfSent(it)
                server.process.send_signal(signal.SIGUSR1)
                wait_for(lambda number=number: len(stream.answers) > number, "the stream is open again", 60)  # type: ignore[misc]
                slow.finish()
                _renew(server)
                it.count("renewed")
        finally:
            stream.close()
            window.close()
            it.load.stop()
        it.settle(300, hurry=False)
        assert set(stream.answers) == {200}
    assert (it.load.broken, it.load.busy) == (0, 0)


def roll(folder: Path, url: str, rounds: int) -> None:
    """Two machines behind a proxy, renewed one after the other: every request is answered."""
    with trial(folder, url, pause=1) as it:
        it.place.settings["PORTAL_SECRET_KEY"] = KEY
        other = folder / "other"
        other.mkdir()
        (other / "files").symlink_to(it.place.instance / "files")
        base = {"PORTAL_BASE_URL": it.load.address, "PORTAL_PROXIES": "1"}
        theirs = it.place.settings | base | {"PORTAL_INSTANCE": str(other)}
        with (
            portal_server(it.place.instance, it.place.settings | base) as a,
            portal_server(other, theirs) as b,
            proxy([urlsplit(server.address).port or 0 for server in (a, b)]) as front,
        ):
            it.load.address = f"http://127.0.0.1:{front.port}"
            it.load.start()
            try:
                for _round in range(rounds):
                    for server in (a, b):
                        said = len(it.ledger.said)
                        wait_for(lambda said=said: len(it.ledger.said) > said + 3, "all goes on")  # type: ignore[misc]
                        _renew(server)
                        it.count("renewed")
            finally:
                it.load.stop()
            it.settle(300, hurry=False)
            assert front.failed == []
        assert (it.load.broken, it.load.busy) == (0, 0)
