"""Lines to and from one agent, through the runner that holds its node."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import ray

# A runner that is not available may come back. Whether its node has died is told by Ray.
AGAIN_S = 1.0
# It is not given lines more often: a call costs more than dozens of them.
DELIVER_S = 0.02

Tell = Callable[[dict[str, Any]], None]


class Link:
    """Calls of an actor may overtake each other: so there is one at a time in each direction, and the start before all.

    What comes while one is under way leaves with the next.
    """

    def __init__(self, link: str, runner: Any, tell: Tell) -> None:
        self.link = link
        self.runner = runner
        self.tell = tell
        # What has not left yet: the number of the first line, lines, and whether they are the last ones.
        self.first = 0
        self.lines: list[str] = []
        self.ends = False
        self.orders = asyncio.Event()

    def send(self, first: int, lines: list[str], ends: bool) -> None:
        """Passes on lines, in order, as soon as that can be; those that are waiting already are left out."""
        if not self.lines:
            self.first = first
        self.lines += lines[max(0, self.first + len(self.lines) - first) :]
        self.ends = ends
        self.orders.set()

    async def run(self, taken: int, program: list[str] | None) -> str:
        """Starts the agent, or goes on with it, and carries lines until it has ended. Returns how.

        Raises RayActorError where what holds the node has died.
        """
        fault = await self.call(self.runner.start, self.link, program)
        if fault is not None:
            return str(fault)
        delivering = asyncio.ensure_future(self.deliver())
        try:
            return await self.listen(taken)
        finally:
            delivering.cancel()

    async def listen(self, taken: int) -> str:
        while True:
            news = await self.call(self.runner.said, self.link, taken)
            lines = news["lines"][max(0, taken - news["first"]) :]
            taken += len(lines)
            if lines:
                self.tell({"type": "said", "link": self.link, "lines": lines})
            if news["ended"] is not None:
                return str(news["ended"])

    async def deliver(self) -> None:
        while True:
            await self.orders.wait()
            self.orders.clear()
            first, lines, self.lines = self.first, self.lines, []
            self.first += len(lines)
            count = await self.call(self.runner.deliver, self.link, first, lines, self.ends)
            self.tell({"type": "received", "link": self.link, "count": count})
            await asyncio.sleep(DELIVER_S)

    async def call(self, method: Any, *args: Any) -> Any:
        """Whatever is called may be called twice."""
        while True:
            try:
                return await method.remote(*args)
            except ray.exceptions.ActorUnavailableError:
                await asyncio.sleep(AGAIN_S)
