"""One node of a Ray cluster on this machine, for tests: the head, or a worker that joins it.

A node has an address of its own (127.0.0.1, .2, .3, …) and pretends the CPUs and GPUs that it is told. When it is up,
one JSON line says where; it ends when its standard input does, and its processes end with it, also when it is killed.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from typing import Any

ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # Ray prints to standard output

from ray._private.node import Node  # noqa: E402
from ray._private.parameter import RayParams  # noqa: E402


def free_port() -> int:
    """A port that nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def start(ip: str, cpus: int, gpus: int, ram_gb: float | None, head: str | None) -> Node:
    # Of all that a node may have, only what the tests need: no dashboard, autoscaler or collector of logs.
    common: dict[str, Any] = {
        "node_ip_address": ip,
        "num_cpus": cpus,
        "num_gpus": gpus,
        "memory": None if ram_gb is None else int(ram_gb * 2**30),
        "object_store_memory": 80_000_000,
        "min_worker_port": 0,
        "max_worker_port": 0,
        "node_manager_port": 0,
        "include_log_monitor": False,
        "no_monitor": True,
    }
    if head is not None:
        # Ray counts its sockets up: two nodes that start at once would choose the same names.
        names = {
            "raylet_socket_name": f"raylet.{os.getpid()}",
            "plasma_store_socket_name": f"plasma.{os.getpid()}",
        }
        folder = os.environ["RAY_TMPDIR"]
        sockets = {key: os.path.join(folder, name) for key, name in names.items()}
        params = RayParams(gcs_address=head, dashboard_agent_listen_port=None, **sockets, **common)
        return Node(params, head=False, shutdown_at_exit=True)
    # A node is dead to Ray after five looks that fail: not a quarter of a minute later, as in everyday use.
    looks = {"health_check_period_ms": 500, "health_check_initial_delay_ms": 500}
    params = RayParams(gcs_server_port=free_port(), include_dashboard=False, _system_config=looks, **common)
    return Node(params, head=True, shutdown_at_exit=True)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--ip", required=True)
    arguments.add_argument("--cpus", type=int, required=True)
    arguments.add_argument("--gpus", type=int, default=0)
    arguments.add_argument("--ram-gb", type=float)
    arguments.add_argument("--head", help="address of the head; left out: this is the head")
    given = arguments.parse_args()
    node = start(given.ip, given.cpus, given.gpus, given.ram_gb, given.head)
    [raylet] = node.all_processes["raylet"]
    print(json.dumps({"address": node.gcs_address, "raylet": raylet.process.pid}), file=ANSWERS, flush=True)
    sys.stdin.read()
    node.kill_all_processes(check_alive=False, allow_graceful=False)


if __name__ == "__main__":
    main()
