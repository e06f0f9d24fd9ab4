"""Carries lines between a scheduler and its agents on the nodes of a Ray cluster.

The scheduler starts this program and speaks with it by JSON lines over standard input and output. Each node is held by
one detached actor, the runner, which starts the agent and passes its lines on. All state is in the two ends: this
program may die at any moment, and another one finds the runners by their names and goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

NAMESPACE = "longshore"
LOOK_S = 1.0
# How long a runner waits for something to tell before it answers with nothing.
POLL_S = 5.0
# So long it waits for more to tell in the same answer.
GATHER_S = 0.02
# So long may nobody ask a runner: then its scheduler is gone, and no other program has taken its place.
UNASKED_S = 20.0
# So long may a node not reach the rest of its cluster: then it stops to tell its agent that all is well.
UNREACHED_S = 5.0
FIRST_CONNECT_S = 5.0
# What has not answered by then joins later.
FIRST_NODES_S = 30.0
# How often, and how long after each other, a node is looked at that others seem to use.
SETTLE_LOOKS = 4
SETTLE_S = 0.5
# The oldest that was tried; the newest was 2.60.
OLDEST_RAY = (2, 20)

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
        # Orders wait until the agent that they are for has been started.
        self.starting = asyncio.Lock()
        self.asked_at = 0.0
        self.is_alone = False
        self.tasks: list[asyncio.Task[None]] = []

    async def about(self) -> dict[str, Any]:
        """Which node this is, and what Ray has given to it."""
        import ray

        if not self.tasks:
            self._watch()
        context = ray.get_runtime_context()
        cpus = context.get_assigned_resources().get("CPU", 0)
        gpus = [str(gpu) for gpu in ray.get_gpu_ids()]
        return {"node": self.node, "id": context.get_node_id(), "cpus": cpus, "gpus": gpus, "link": self.link}

    async def start(self, link: str, program: list[str] | None) -> str | None:
        """Starts an agent; one of an earlier scheduler is ended, what it has started is left to the new one.

        Without a program it goes on with the agent that runs. Returns why that could not be, or None.
        """
        async with self.starting:
            return await self._start(link, program)

    async def deliver(self, link: str, first: int, lines: list[str]) -> int:
        """Passes on what the agent has not had of these lines. Returns how many lines it has had in all."""
        async with self.starting:
            if link != self.link:
                return first + len(lines)
            if first > self.received:
                return self.received
            fresh = lines[max(0, self.received - first) :]
            self.received = max(self.received, first + len(lines))
            self._tell("".join(f"{line}\n" for line in fresh).encode())
            return self.received

    async def said(self, link: str, taken: int) -> dict[str, Any]:
        """What the agent has said after the lines that were taken; waits a while for it."""
        self._asked()
        self._forget(taken)
        if link == self.link and not self.kept and self.ended is None:
            self.news.clear()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.news.wait(), POLL_S)
            # A call costs more than dozens of lines.
            await asyncio.sleep(GATHER_S)
        self._asked()
        if link != self.link:
            return {"first": taken, "lines": [], "ended": "another agent has taken its place"}
        return {"first": self.first_kept, "lines": self.kept[:], "ended": self.ended}

    async def finish(self, link: str) -> None:
        """The agent sees the end of its orders."""
        if link == self.link and self.agent and self.agent.stdin:
            self.agent.stdin.close()

    async def leave(self) -> None:
        """The scheduler is gone: what outlives one goes on, and then this node is handed back."""
        if not self.is_alone:
            self.is_alone = True
            self._tell(ALONE)
        if self.ended is not None or self.agent is None:
            os._exit(0)

    async def _start(self, link: str, program: list[str] | None) -> str | None:
        if link == self.link:
            return None
        if program is None:
            return "what held its node has died"
        if self.agent and self.agent.returncode is None:
            self.agent.kill()
            await self.agent.wait()
        self.link, self.received, self.kept, self.first_kept = link, 0, [], 0
        self.ended, self.is_alone = None, False
        self._asked()
        self.agent = await asyncio.create_subprocess_exec(
            *program,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=agent_environment(),
            limit=1 << 30,
        )
        self._spawn(self._listen(link, self.agent))
        return None

    def _asked(self) -> None:
        self.asked_at = asyncio.get_running_loop().time()

    def _forget(self, taken: int) -> None:
        del self.kept[: max(0, taken - self.first_kept)]
        self.first_kept = max(self.first_kept, taken)

    def _tell(self, text: bytes) -> None:
        pipe = self.agent.stdin if self.agent else None
        if pipe and not pipe.is_closing():
            pipe.write(text)

    async def _listen(self, link: str, agent: asyncio.subprocess.Process) -> None:
        assert agent.stdout and agent.stderr
        errors = asyncio.ensure_future(last_line(agent.stderr))
        async for line in agent.stdout:
            if link != self.link:
                return
            self.kept.append(line.decode().rstrip("\n"))
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

    def _spawn(self, work: Any) -> None:
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
                await self.leave()
            await asyncio.sleep(LOOK_S)


def is_in_cluster() -> bool | None:
    """Whether Ray counts this node among those that live; None where it cannot be asked."""
    import ray

    own = ray.get_runtime_context().get_node_id()
    try:
        return any(node["NodeID"] == own and node["Alive"] for node in ray.nodes())
    except Exception:
        return None


def agent_environment() -> dict[str, str]:
    # Ray sets it by itself: then it would look as if the user had.
    return {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}


async def last_line(stream: asyncio.StreamReader) -> str:
    last = ""
    while chunk := await stream.read(1 << 16):
        last = (last + chunk.decode(errors="replace"))[-2000:]
    lines = [line.strip() for line in last.splitlines() if line.strip()]
    return lines[-1] if lines else ""


Orders = tuple[int, list[str], bool]


def joined(waiting: list[Orders]) -> Orders:
    """Takes the first of those that wait, and all that go on where it ends."""
    first, lines, ends = waiting.pop(0)
    lines = list(lines)
    while waiting and waiting[0][0] == first + len(lines):
        _, more, ends = waiting.pop(0)
        lines += more
    return first, lines, ends


class Bridge:
    """Finds nodes and their runners, and carries lines between them and the scheduler."""

    def __init__(self, tell: Any, run: str, known: dict[str, str]) -> None:
        self.tell = tell
        self.prefix = f"longshore-{run}-"
        self.runners: dict[str, Any] = {}
        # Names of nodes by Ray's ids; those that were told to the scheduler; those that are held, or about to be.
        self.names: dict[str, str] = {node_id: name for name, node_id in known.items()}
        self.told: set[str] = set(self.names)
        self.held: set[str] = set()
        self.busy: set[str] = set()
        self.sending: dict[str, asyncio.Lock] = {}
        # What has not left yet for an agent: the number of its first line, lines, and whether they are the last ones.
        self.waiting: dict[str, list[Orders]] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def find_runners(self) -> None:
        """The runners that an earlier bridge of this run has left tell the names of their nodes."""
        import ray

        for name in ray.util.list_named_actors():
            if not name.startswith(self.prefix):
                continue
            with suppress(ray.exceptions.RayActorError, asyncio.TimeoutError, ValueError):
                about = await asyncio.wait_for(ray.get_actor(name).about.remote(), LOOK_S * 10)
                self.names[about["id"]] = about["node"]

    async def look(self, first: bool = False) -> None:
        """Ray tells nobody outside of it which nodes come and go: so it is asked."""
        import ray

        nodes = await asyncio.get_running_loop().run_in_executor(None, ray.nodes)
        living = [node for node in nodes if node["Alive"]]
        reasons = {node["NodeID"]: node.get("DeathReasonMessage") for node in nodes}
        for node_id in self.told - {node["NodeID"] for node in living}:
            self.gone(node_id)
            self.told.discard(node_id)
            why = reasons.get(node_id) or "Ray has marked it as dead"
            self.tell({"type": "dead", "node": self.names[node_id], "why": why})
        for node in living:
            self.names.setdefault(node["NodeID"], self.name_of(node, living))
        fresh = [node for node in living if node["NodeID"] not in self.held and node["Resources"].get("CPU", 0) >= 1]
        self.held.update(node["NodeID"] for node in fresh)
        holding = [asyncio.ensure_future(self.hold(node)) for node in fresh]
        self.tasks.update(holding)
        if first:
            if holding:
                await asyncio.wait(holding, timeout=FIRST_NODES_S)
            pending = {self.names[node_id] for node_id in self.held} - set(self.runners)
            self.tell({"type": "ready", "busy": sorted(self.busy), "pending": sorted(pending)})

    def name_of(self, node: dict[str, Any], living: list[dict[str, Any]]) -> str:
        """Its host's name, where no other node has that; else its address."""
        host: str = node["NodeManagerHostname"]
        taken = {self.names.get(one["NodeID"]) for one in living}
        taken.update(one["NodeManagerHostname"] for one in living if one is not node)
        names: list[str] = [host, node["NodeManagerAddress"], node["NodeID"]]
        return next(name for name in names if name not in taken)

    async def hold(self, node: dict[str, Any]) -> None:
        """Takes all that is free of a node, so that Ray gives it to nobody else."""
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        node_id, name = node["NodeID"], self.names[node["NodeID"]]
        actor = f"{self.prefix}{node_id}"
        try:
            runner = ray.get_actor(actor)
        except ValueError:
            free = await settled_free_of(node)
            if free.get("CPU", 0) < 1:
                self.busy.add(name)
                self.held.discard(node_id)
                return
            runner = (
                ray.remote(Runner)
                .options(
                    name=actor,
                    get_if_exists=True,
                    lifetime="detached",
                    max_concurrency=1000,
                    num_cpus=int(free["CPU"]),
                    num_gpus=int(free.get("GPU", 0)),
                    scheduling_strategy=NodeAffinitySchedulingStrategy(node_id, soft=False),
                )
                .remote(name)
            )
        self.busy.discard(name)
        try:
            about = await runner.about.remote()
        except ray.exceptions.RayActorError:
            self.gone(node_id)
            return
        self.runners[name] = runner
        self.told.add(node_id)
        self.tell({"type": "node", "node": name, "id": node_id, "cpus": about["cpus"], "gpus": about["gpus"]})

    def gone(self, node_id: str) -> None:
        """A runner that has died is replaced at the next look; where its node has died too, that is seen first."""
        self.runners.pop(self.names[node_id], None)
        self.held.discard(node_id)

    async def start(self, node: str, link: str, taken: int, program: list[str] | None = None) -> None:
        """Starts an agent, or goes on with one that runs, and carries what it says."""
        import ray

        runner = self.runners.get(node)
        if runner is None:
            return
        try:
            fault = await runner.start.remote(link, program)
            why = fault if fault else await self.carry(runner, link, taken)
        except ray.exceptions.RayActorError as error:
            why = first_line(error)
            for node_id in [one for one in self.held if self.names[one] == node and self.runners.get(node) is runner]:
                self.gone(node_id)
        is_held = self.runners.get(node) is runner
        self.tell({"type": "closed", "link": link, "why": why, "isHeld": is_held})

    async def carry(self, runner: Any, link: str, taken: int) -> str:
        import ray

        while True:
            try:
                news = await runner.said.remote(link, taken)
            except ray.exceptions.ActorUnavailableError:
                # It may come back. Whether its node has died is told by Ray.
                await asyncio.sleep(LOOK_S)
                continue
            lines = news["lines"][max(0, taken - news["first"]) :]
            taken += len(lines)
            if lines:
                self.tell({"type": "said", "link": link, "lines": lines})
            if news["ended"] is not None:
                return str(news["ended"])

    async def send(self, node: str, link: str, first: int, lines: list[str], ends: bool) -> None:
        """Passes on what has come for an agent while the call before was under way, all at once and in order."""
        waiting = self.waiting.setdefault(link, [])
        waiting.append((first, lines, ends))
        async with self.sending.setdefault(link, asyncio.Lock()):
            while waiting:
                await self.deliver(node, link, *joined(waiting))

    async def deliver(self, node: str, link: str, first: int, lines: list[str], ends: bool) -> None:
        """One at a time for each agent: calls that were tried again could overtake each other."""
        import ray

        while (runner := self.runners.get(node)) is not None:
            try:
                received = await runner.deliver.remote(link, first, lines)
                if ends:
                    await runner.finish.remote(link)
                self.tell({"type": "received", "link": link, "count": received})
                return
            except ray.exceptions.ActorUnavailableError:
                await asyncio.sleep(LOOK_S)
            except ray.exceptions.RayActorError:
                return

    async def end(self) -> None:
        """Nothing of ours stays in the cluster."""
        import ray

        while names := [name for name in ray.util.list_named_actors() if name.startswith(self.prefix)]:
            for name in names:
                with suppress(ValueError):
                    ray.kill(ray.get_actor(name), no_restart=True)
            await asyncio.sleep(0.05)

    async def leave(self) -> None:
        """The scheduler is gone without a word."""
        import ray

        for runner in self.runners.values():
            with suppress(ray.exceptions.RayActorError, asyncio.TimeoutError):
                await asyncio.wait_for(runner.leave.remote(), LOOK_S)


async def settled_free_of(node: dict[str, Any]) -> dict[str, float]:
    """What is free of a node; less than all is looked at again, since what was just given back is not seen at once."""
    free = free_of(node)
    for _ in range(SETTLE_LOOKS):
        if all(free.get(kind, 0) >= node["Resources"].get(kind, 0) for kind in ("CPU", "GPU")):
            break
        await asyncio.sleep(SETTLE_S)
        free = free_of(node)
    return free


def free_of(node: dict[str, Any]) -> dict[str, float]:
    """What is free of a node; all that it has where this Ray cannot say so for each node."""
    try:
        from ray._private.state import available_resources_per_node

        free: dict[str, float] = available_resources_per_node().get(node["NodeID"], node["Resources"])
        return free
    except ImportError:
        resources: dict[str, float] = node["Resources"]
        return resources


def first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


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


async def serve(tell: Any) -> None:
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader(limit=1 << 30)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    opening = json.loads(await orders.readline())
    cluster = connect(opening["address"])
    tell({"type": "connected", **cluster})
    bridge = Bridge(tell, opening["run"], opening["known"])
    await bridge.find_runners()
    await bridge.look(first=True)

    async def watch() -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            await bridge.look()

    bridge.spawn(watch())
    async for line in orders:
        order = json.loads(line)
        kind = order.pop("type")
        if kind == "end":
            await bridge.end()
            if not cluster["started"]:
                # Nothing is left to be done, and Ray takes its time to leave.
                os._exit(0)
            return
        bridge.spawn(bridge.start(**order) if kind == "start" else bridge.send(**order))
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
