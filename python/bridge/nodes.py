"""The nodes of the cluster, each held by a runner of our own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import ray
import runner
from ray import cloudpickle
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

LOOK_S = 1.0
# What has not answered by then joins later.
FIRST_NODES_S = 30.0
# How often, and how long after each other, a node is looked at that others seem to use.
SETTLE_LOOKS = 4
SETTLE_S = 0.5

Node = dict[str, Any]
Tell = Callable[[dict[str, Any]], None]

# A worker of Ray cannot import what lies beside this file.
cloudpickle.register_pickle_by_value(runner)


class Nodes:
    """Finds nodes, takes hold of each, and sees when one has died."""

    def __init__(self, tell: Tell, run: str, known: dict[str, str]) -> None:
        self.tell = tell
        self.prefix = f"longshore-{run}-"
        self.runners: dict[str, Any] = {}
        # Names of nodes by Ray's ids; those that were told to the scheduler; those that are held, or about to be.
        self.names: dict[str, str] = {node_id: name for name, node_id in known.items()}
        self.told: set[str] = set(self.names)
        self.held: set[str] = set()
        self.busy: set[str] = set()
        self.is_ending = False

    async def run(self) -> None:
        """Ray tells nobody outside of it which nodes come and go: so it is asked."""
        await self.find_runners()
        await self.find()
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def find_runners(self) -> None:
        """The runners that an earlier bridge of this run has left tell the names of their nodes."""
        for name in ray.util.list_named_actors():
            if not name.startswith(self.prefix):
                continue
            with suppress(ray.exceptions.RayActorError, asyncio.TimeoutError, ValueError):
                about = await asyncio.wait_for(ray.get_actor(name).about.remote(), LOOK_S * 10)
                self.names[about["id"]] = about["node"]

    async def find(self) -> None:
        """Tells of the nodes that are there at first."""
        holding = await self.look()
        if holding:
            await asyncio.wait(holding, timeout=FIRST_NODES_S)
        pending = {self.names[node_id] for node_id in self.held} - set(self.runners)
        self.tell({"type": "ready", "busy": sorted(self.busy), "pending": sorted(pending)})

    async def look(self) -> list[asyncio.Task[None]]:
        """Tells of nodes that have died; takes hold of new ones, which then tell of themselves."""
        nodes = await asyncio.get_running_loop().run_in_executor(None, ray.nodes)
        living = [node for node in nodes if node["Alive"]]
        self.bury(nodes)
        for node in living:
            self.names.setdefault(node["NodeID"], self.name_of(node, living))
        fresh = [node for node in living if node["NodeID"] not in self.held and node["Resources"].get("CPU", 0) >= 1]
        self.held.update(node["NodeID"] for node in fresh)
        return [asyncio.ensure_future(self.hold(node)) for node in fresh]

    def bury(self, nodes: list[Node]) -> None:
        living = {node["NodeID"] for node in nodes if node["Alive"]}
        reasons = {node["NodeID"]: node.get("DeathReasonMessage") for node in nodes}
        for node_id in self.told - living:
            self.let_go(node_id)
            self.told.discard(node_id)
            why = reasons.get(node_id) or "Ray has marked it as dead"
            self.tell({"type": "dead", "node": self.names[node_id], "why": why})

    def name_of(self, node: Node, living: list[Node]) -> str:
        """Its host's name, where no other node has that; else its address."""
        host: str = node["NodeManagerHostname"]
        taken = {self.names.get(one["NodeID"]) for one in living}
        taken.update(one["NodeManagerHostname"] for one in living if one is not node)
        names: list[str] = [host, node["NodeManagerAddress"], node["NodeID"]]
        return next(name for name in names if name not in taken)

    async def hold(self, node: Node) -> None:
        """Takes all that is free of a node, so that Ray gives it to nobody else."""
        node_id, name = node["NodeID"], self.names[node["NodeID"]]
        actor = await self.actor_on(node)
        if actor is None:
            self.busy.add(name)
            self.held.discard(node_id)
            return
        self.busy.discard(name)
        try:
            about = await actor.about.remote()
        except ray.exceptions.RayError:
            self.let_go(node_id)
            return
        self.runners[name] = actor
        self.told.add(node_id)
        self.tell({"type": "node", "node": name, "id": node_id, "cpus": about["cpus"], "gpus": about["gpus"]})

    async def actor_on(self, node: Node) -> Any | None:
        """The one that an earlier bridge has left there, or a new one; None where nothing of the node is free."""
        actor_name = f"{self.prefix}{node['NodeID']}"
        with suppress(ValueError):
            return ray.get_actor(actor_name)
        free = await settled_free_of(node)
        if free.get("CPU", 0) < 1 or self.is_ending:
            return None
        how = ray.remote(runner.Runner).options(
            name=actor_name,
            get_if_exists=True,
            lifetime="detached",
            max_concurrency=1000,
            num_cpus=int(free["CPU"]),
            num_gpus=int(free.get("GPU", 0)),
            scheduling_strategy=NodeAffinitySchedulingStrategy(node["NodeID"], soft=False),
        )
        return how.remote(self.names[node["NodeID"]])

    def let_go(self, node_id: str) -> None:
        """A runner that has died is replaced at the next look; where its node has died too, that is seen first."""
        self.runners.pop(self.names[node_id], None)
        self.held.discard(node_id)

    def died(self, actor: Any) -> None:
        """This runner has."""
        for name in [name for name, one in self.runners.items() if one is actor]:
            for node_id in [one for one in self.held if self.names[one] == name]:
                self.let_go(node_id)

    async def end(self) -> None:
        """Nothing of ours stays in the cluster."""
        self.is_ending = True
        while names := [name for name in ray.util.list_named_actors() if name.startswith(self.prefix)]:
            for name in names:
                with suppress(ValueError):
                    ray.kill(ray.get_actor(name), no_restart=True)
            await asyncio.sleep(0.05)


async def settled_free_of(node: Node) -> dict[str, float]:
    """What is free of a node; less than all is looked at again, since what was just given back is not seen at once."""
    free = free_of(node)
    for _ in range(SETTLE_LOOKS):
        if all(free.get(kind, 0) >= node["Resources"].get(kind, 0) for kind in ("CPU", "GPU")):
            break
        await asyncio.sleep(SETTLE_S)
        free = free_of(node)
    return free


def free_of(node: Node) -> dict[str, float]:
    """What is free of a node; all that it has where this Ray cannot say so for each node."""
    try:
        from ray._private.state import available_resources_per_node

        free: dict[str, float] = available_resources_per_node().get(node["NodeID"], node["Resources"])
        return free
    except ImportError:
        resources: dict[str, float] = node["Resources"]
        return resources
