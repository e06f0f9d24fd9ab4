"""Carries lines between a scheduler and its agents on the nodes of a Ray cluster.

The scheduler starts this program and speaks with it by JSON lines over standard input and output. Each node is held by
one detached actor, the runner, which starts the agent and passes its lines on. All state is in the two ends: this
program may die at any moment, and another one finds the runners by their names and goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from cluster import Fault, connect

Tell = Callable[[dict[str, Any]], None]


async def serve(tell: Tell) -> None:
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader(limit=1 << 30)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    opening = json.loads(await orders.readline())
    cluster = connect(opening["address"])
    tell({"type": "connected", **cluster})
    # It needs Ray.
    from bridge import Bridge

    bridge = Bridge(tell, opening["run"], opening["known"])
    async for line in orders:
        order = json.loads(line)
        kind = order.pop("type")
        if kind == "end":
            await bridge.end()
            if not cluster["started"]:
                # Nothing is left to be done, and Ray takes its time to leave.
                os._exit(0)
            return
        if kind == "start":
            bridge.start(**order)
        else:
            bridge.send(**order)
    await bridge.leave()


def main() -> None:
    # Ray prints to standard output: that is for our lines alone.
    answers = os.dup(1)
    os.dup2(2, 1)

    def tell(message: dict[str, Any]) -> None:
        text = memoryview(f"{json.dumps(message)}\n".encode())
        while text:
            text = text[os.write(answers, text) :]

    try:
        asyncio.run(serve(tell))
    except Fault as fault:
        tell({"type": "fault", "message": str(fault)})
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(1)


if __name__ == "__main__":
    main()
