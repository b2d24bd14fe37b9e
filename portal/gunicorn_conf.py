"""What gunicorn is told beyond the command line in portal/serving.py."""

import gc
import signal
from threading import Thread
from typing import Any

from .serving import end_with_parent, say_ready

gc.disable()  # until all is loaded: what is loaded stays, and looking through it takes a sixth of the start
# A proxy on this machine passes on what a visitor claims: who asks, and where, is told by PORTAL_PROXIES alone. By itself
# gunicorn believes whoever connects from here in the scheme, and in SCRIPT_NAME and PATH_INFO, which name another page.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""

NEW = 20_000  # objects after which a web process looks for garbage: a page makes some thousands, and leaves few cycles


def when_ready(_server: Any) -> None:
    """What is loaded by now stays: a web process neither looks through it for garbage nor copies its memory doing so."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW)
    gc.enable()


def post_worker_init(worker: Any) -> None:
    """Warm up beside the first visitors: whoever asks at once waits no longer than without."""
    say_ready()
    if "search" not in worker.wsgi.extensions:  # the bench runs a bare app under these settings
        return
    Thread(target=worker.wsgi.extensions["search"].warm, daemon=True).start()
    hub = worker.wsgi.extensions["live_hub"]
    leave: Any = signal.getsignal(signal.SIGTERM)

    def end(number: int, frame: Any) -> None:
        """Live streams end with the process's work, or it would wait for them; windows connect to the next one."""
        Thread(target=hub.end, daemon=True).start()
        leave(number, frame)

    signal.signal(signal.SIGTERM, end)


def post_fork(_server: Any, worker: Any) -> None:
    """End a web process with its master: left alone, it would hold the port until its last live stream has ended."""
    end_with_parent(worker.ppid, signal.SIGKILL)()
