"""What holds a node: an actor of Ray that starts the agent there, and passes lines to and from it.

It is sent to the cluster as it stands: so it needs nothing there but Ray.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import ray

LOOK_S = 1.0
# How long it waits for something to tell before it answers with nothing.
POLL_S = 5.0
# After an answer it keeps silent for so long: a call costs more than dozens of lines.
ANSWER_S = 0.025
# So long may nobody ask it: then its scheduler is gone, and no other program has taken its place.
UNASKED_S = 20.0
# So long may a node not reach the rest of its cluster: then it stops to tell its agent that all is well.
UNREACHED_S = 5.0

BEAT = b'{"type":"beat"}\n'
ALONE = b'{"type":"alone"}\n'


class Runner:
    """Holds a node: starts the agent, passes its orders on, and keeps what it says until that was taken.

    Lines are counted from the start of the agent, in both directions: so both ends can say what they have, and nothing
    is lost or done twice when whoever carries them dies.
    """

    def __init__(self, node: str) -> None:
        self.node = node
        self.link = ""
        self.agent: asyncio.subprocess.Process | None = None
        self.received = 0
        self.kept: list[str] = []
        self.first_kept = 0
        self.ended: str | None = None
        self.news = asyncio.Event()
        self.starting = asyncio.Lock()
        self.asked_at = 0.0
        # The lines that were told in answers, which may have been lost since; and when that was last.
        self.answered = 0
        self.answered_at = 0.0
        self.asker = 0
        self.is_alone = False
        self.tasks: list[asyncio.Task[None]] = []

    async def about(self) -> dict[str, Any]:
        """Which node this is, and what Ray has given to it."""
        if not self.tasks:
            self._watch()
        context = ray.get_runtime_context()
        cpus = context.get_assigned_resources().get("CPU", 0)
        gpus = [str(gpu) for gpu in ray.get_gpu_ids()]
        return {"node": self.node, "id": context.get_node_id(), "cpus": cpus, "gpus": gpus}

    async def start(self, link: str, program: list[str] | None) -> str | None:
        """Starts an agent; one of an earlier scheduler is ended, what it has started is left to the new one.

        Without a program it goes on with the agent that runs. Returns why that could not be, or None.
        """
        async with self.starting:
            if link == self.link:
                # A new bridge: it may not have had what another one was told.
                self.answered = 0
                self.asker += 1
                self.news.set()
                return None
            if program is None:
                return "what held its node has died"
            if self.agent and self.agent.returncode is None:
                self.agent.kill()
                await self.agent.wait()
            await self._start(link, program)
        return None

    async def deliver(self, link: str, first: int, lines: list[str], ends: bool, taken: int) -> dict[str, Any]:
        """Passes on what the agent has not had of these lines; with the last ones it sees the end of its orders.

        Returns what it has said, so that a busy one need not be asked for that.
        """
        if link == self.link:
            fresh = lines[max(0, self.received - first) :]
            self.received = max(self.received, first + len(lines))
            self._tell("".join(f"{line}\n" for line in fresh).encode())
            if ends and self.agent and self.agent.stdin:
                self.agent.stdin.close()
        return self._answer(link, taken)

    async def said(self, link: str, taken: int) -> dict[str, Any]:
        """What the agent has said after the lines that were taken; waits a while for it."""
        self._asked()
        asker = self.asker
        if link == self.link:
            await self._news()
        # What was told to a bridge that has died was told to nobody.
        return self._answer(link if asker == self.asker else "", taken)

    async def leave(self, links: list[str]) -> None:
        """The scheduler of these links is gone: what outlives one goes on, and then this node is handed back."""
        if self.link and self.link not in links:
            return
        if not self.is_alone:
            self.is_alone = True
            self._tell(ALONE)
        if self.ended is not None or self.agent is None:
            os._exit(0)

    async def _news(self) -> None:
        """Waits for what no answer has told yet."""
        loop = asyncio.get_running_loop()
        end = loop.time() + POLL_S
        while (now := loop.time()) < end:
            if (rest := self.answered_at + ANSWER_S - now) > 0:
                await asyncio.sleep(rest)
            elif self.ended is not None or self.first_kept + len(self.kept) > self.answered:
                return
            else:
                self.news.clear()
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self.news.wait(), end - now)

    def _answer(self, link: str, taken: int) -> dict[str, Any]:
        self._asked()
        if link != self.link:
            ended = "another agent has taken its place"
            return {"first": taken, "lines": [], "received": None, "ended": ended}
        del self.kept[: max(0, taken - self.first_kept)]
        self.first_kept = max(self.first_kept, taken)
        self.answered = self.first_kept + len(self.kept)
        self.answered_at = self.asked_at
        return {"first": self.first_kept, "lines": self.kept[:], "received": self.received, "ended": self.ended}

    def _asked(self) -> None:
        self.asked_at = asyncio.get_running_loop().time()

    async def _start(self, link: str, program: list[str]) -> None:
        self.link, self.received, self.kept, self.first_kept, self.answered = link, 0, [], 0, 0
        self.ended, self.is_alone = None, False
        self._asked()
        self.agent = await asyncio.create_subprocess_exec(
            *program,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Ray sets it by itself: then it would look as if the user had.
            env={name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"},
        )
        self._spawn(self._listen(link, self.agent))

    def _tell(self, text: bytes) -> None:
        pipe = self.agent.stdin if self.agent else None
        if pipe and not pipe.is_closing():
            pipe.write(text)

    async def _listen(self, link: str, agent: asyncio.subprocess.Process) -> None:
        assert agent.stdout and agent.stderr
        errors = asyncio.ensure_future(last_line(agent.stderr))
        rest = b""
        while chunk := await agent.stdout.read(1 << 16):
            if link != self.link:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            self.kept += [line.decode() for line in lines]
            self.news.set()
        code = await agent.wait()
        if link != self.link:
            return
        said = await errors
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        self.ended = f"{how}, {said}" if said else how
        self.news.set()
        if self.is_alone:
            os._exit(0)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.ensure_future(work))

    def _watch(self) -> None:
        self._asked()
        self._spawn(self._beat())
        # The raylet is the parent. Without it this node is dead to Ray: what runs here will be started elsewhere.
        raylet = os.pidfd_open(os.getppid())
        asyncio.get_running_loop().add_reader(raylet, os._exit, 1)

    async def _beat(self) -> None:
        """Tells the agent that its node is still one of the cluster, as far as is known here.

        A runner that was stopped, or cut off, does not: then the agent ends what it runs, before Ray has given this
        node up. A scheduler that has gone is no reason to do so.
        """
        loop = asyncio.get_running_loop()
        reached_at = loop.time()
        look = loop.run_in_executor(None, is_in_cluster)
        while True:
            await asyncio.wait([look], timeout=LOOK_S)
            if look.done():
                if look.result() is False:
                    os._exit(1)
                reached_at = loop.time() if look.result() else reached_at
                look = loop.run_in_executor(None, is_in_cluster)
            if loop.time() - reached_at < UNREACHED_S:
                self._tell(BEAT)
            if loop.time() - self.asked_at > UNASKED_S:
                await self.leave([self.link])
            await asyncio.sleep(LOOK_S)


def is_in_cluster() -> bool | None:
    """Whether Ray counts this node among those that live; None where it cannot be asked."""
    own = ray.get_runtime_context().get_node_id()
    try:
        return any(node["NodeID"] == own and node["Alive"] for node in ray.nodes())
    except Exception:
        return None


async def last_line(stream: asyncio.StreamReader) -> str:
    last = ""
    while chunk := await stream.read(1 << 16):
        last = (last + chunk.decode(errors="replace"))[-2000:]
    lines = [line.strip() for line in last.splitlines() if line.strip()]
    return lines[-1] if lines else ""
