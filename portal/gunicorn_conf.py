"""What gunicorn is told beyond the command line in portal/serving.py."""

import signal
from typing import Any

from .serving import end_with_parent


def post_fork(_server: Any, worker: Any) -> None:
    """End a web process with its master: left alone, it would hold the port until its last live stream has ended."""
    end_with_parent(worker.ppid, signal.SIGKILL)()
