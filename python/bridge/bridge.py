"""What the scheduler orders, and what comes of it."""

from __future__ import annotations

import asyncio
import os
import traceback
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import ray
from link import Link
from nodes import Nodes

# So long is waited for the runners, when the scheduler is gone.
LEAVE_S = 1.0

Tell = Callable[[dict[str, Any]], None]


class Bridge:
    """Does what the scheduler orders."""

    def __init__(self, tell: Tell, run: str, known: dict[str, str]) -> None:
        self.tell = tell
        self.nodes = Nodes(tell, run, known)
        # Also those that have ended.
        self.links: dict[str, Link] = {}
        self.looking = work(self.nodes.run())
        self.running: list[asyncio.Task[None]] = []

    def start(self, node: str, link: str, taken: int, program: list[str] | None = None) -> None:
        runner = self.nodes.runners.get(node)
        if runner is None or link in self.links:
            return
        self.links[link] = Link(link, runner, taken, self.tell)
        self.running.append(work(self.run(node, self.links[link], program)))

    async def run(self, node: str, link: Link, program: list[str] | None) -> None:
        """Carries lines until the agent has ended, or what holds its node."""
        try:
            why = await link.run(program)
        except ray.exceptions.RayActorError as error:
            why = first_line(error)
            self.nodes.died(link.runner)
        is_held = self.nodes.runners.get(node) is link.runner
        self.tell({"type": "closed", "link": link.link, "why": why, "isHeld": is_held})

    def send(self, node: str, link: str, first: int, lines: list[str], ends: bool) -> None:
        if link in self.links:
            self.links[link].send(first, lines, ends)

    async def end(self) -> None:
        self.looking.cancel()
        await self.nodes.end()

    async def leave(self) -> None:
        """The scheduler is gone without a word."""
        links = list(self.links)
        leaving = [runner.leave.remote(links) for runner in self.nodes.runners.values()]
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.gather(*leaving, return_exceptions=True), LEAVE_S)


def work(of: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Where it fails this program ends, and the scheduler starts another one: nobody waits for what has gone silent."""
    task = asyncio.ensure_future(of)
    task.add_done_callback(end_if_failed)
    return task


def end_if_failed(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        traceback.print_exception(error)
        os._exit(1)


def first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
