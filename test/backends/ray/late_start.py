"""Sends lines to an agent, here `cat`, whose start reaches its runner later than they do, as calls of actors may.

Then a bridge of an earlier scheduler says that this one is gone. Prints what the agent has said. The argument is the
address of a cluster.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import ray

sys.path.insert(0, str(Path(__file__).parents[3] / "python" / "bridge"))

from bridge import Bridge
from runner import Runner

LATE_S = 0.3


class Late(Runner):
    """One that the network keeps the start from for a while."""

    async def start(self, link: str, program: list[str] | None) -> str | None:
        await asyncio.sleep(LATE_S)
        return await super().start(link, program)


async def main() -> None:
    ray.init(address=sys.argv[1], log_to_driver=False)
    reports: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    bridge = Bridge(reports.put_nowait, "late-start", {})
    bridge.looking.cancel()
    bridge.nodes.runners["node"] = ray.remote(Late).options(max_concurrency=1000).remote("node")
    bridge.start("node", "link", 0, ["cat"])
    bridge.send("node", "link", 0, ["hello"], False)
    while (report := await reports.get())["type"] != "closed":
        if report["type"] == "said":
            print(json.dumps(report["lines"]))
        elif report["count"] == 1:
            await bridge.nodes.runners["node"].leave.remote(["earlier link"])
            bridge.send("node", "link", 1, ["again"], True)


if __name__ == "__main__":
    asyncio.run(main())
