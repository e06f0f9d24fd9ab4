"""Lines to and from one agent, through the runner that holds its node."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import ray

# A runner that is not available may come back. Whether its node has died is told by Ray.
AGAIN_S = 1.0
# After each it is given none for so long: a call costs more than dozens of lines. It is less than a runner is silent
# after an answer, so where orders flow all news come with the answers to these.
DELIVER_S = 0.02

Tell = Callable[[dict[str, Any]], None]


class Link:
    """Calls of an actor may overtake each other: so there is one at a time in each direction, and the start before all.

    What comes while one is under way leaves with the next.
    """

    def __init__(self, link: str, runner: Any, taken: int, tell: Tell) -> None:
        self.link = link
        self.runner = runner
        # So many lines of the agent were told.
        self.taken = taken
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

    async def run(self, program: list[str] | None) -> str:
        """Starts the agent, or goes on with it, and carries lines until it has ended. Returns how.

        Raises RayActorError where what holds the node has died.
        """
        fault = await self.call(self.runner.start, self.link, program)
        if fault is not None:
            return str(fault)
        delivering = asyncio.ensure_future(self.deliver())
        try:
            while True:
                news = await self.call(self.runner.said, self.link, self.taken)
                self.take(news)
                if news["ended"] is not None:
                    return str(news["ended"])
        finally:
            delivering.cancel()

    async def deliver(self) -> None:
        while True:
            await self.orders.wait()
            self.orders.clear()
            first, lines, self.lines = self.first, self.lines, []
            self.first += len(lines)
            news = await self.call(self.runner.deliver, self.link, first, lines, self.ends, self.taken)
            self.take(news)
            if news["received"] is not None:
                self.tell({"type": "received", "link": self.link, "count": news["received"]})
            await asyncio.sleep(DELIVER_S)

    def take(self, news: dict[str, Any]) -> None:
        """Tells what was said, each line once: answers may overtake each other."""
        lines = news["lines"][max(0, self.taken - news["first"]) :]
        self.taken += len(lines)
        if lines:
            self.tell({"type": "said", "link": self.link, "lines": lines})

    async def call(self, method: Any, *args: Any) -> Any:
        """Whatever is called may be called twice."""
        while True:
            try:
                return await method.remote(*args)
            except ray.exceptions.ActorUnavailableError:
                await asyncio.sleep(AGAIN_S)
