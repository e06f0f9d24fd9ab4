"""The way into a Ray cluster."""

from __future__ import annotations

import socket
import sys
from typing import Any

NAMESPACE = "longshore"
# The oldest that was tried; the newest was 2.60.
OLDEST_RAY = (2, 20)
FIRST_CONNECT_S = 5.0


class Fault(Exception):
    """Why this program cannot work; one line for people."""


def connect(address: str | None) -> dict[str, Any]:
    """Connects to the cluster; without one a local one is started, which ends with this program."""
    try:
        import ray
    except ImportError as error:
        hint = "--python names the interpreter that has it, and pip install ray gets it"
        raise Fault(f"Ray cannot be imported by {sys.executable} ({error}); {hint}") from error
    version = tuple(int(part) for part in ray.__version__.split(".")[:2])
    if version < OLDEST_RAY:
        raise Fault(
            f"{sys.executable} has Ray {ray.__version__}, and 2.20 or later is needed (2.20 to 2.60 were tried)"
        )
    common: dict[str, Any] = {"namespace": NAMESPACE, "ignore_reinit_error": True, "log_to_driver": False}
    try:
        if address is not None and ":" in address:
            check_reachable(address)
        try:
            ray.init(address=address or "auto", **common)
            return {"ray": ray.__version__, "started": False}
        except ConnectionError:
            if address is not None:
                raise
            ray.init(address="local", include_dashboard=False, **common)
            return {"ray": ray.__version__, "started": True}
    except Exception as error:
        where = "a local Ray" if address is None else f"the Ray cluster at {address}"
        raise Fault(f"no connection to {where}: {' '.join(str(error).split())[:500]}") from error


def check_reachable(address: str) -> None:
    """Ray itself tries for 40 s where nobody listens."""
    host, _, port = address.rpartition(":")
    socket.create_connection((host.strip("[]"), int(port)), FIRST_CONNECT_S).close()
