"""What a job of Longshore is told, and how it reports: for Python 3.9 and later, without dependencies.

>>> import longshore
>>> longshore.job().threads
2.0
>>> longshore.result(accuracy=0.93)

Outside of Longshore all of it works too: `job()` tells what this machine has, and reports go nowhere.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Job", "job", "not_representative", "progress", "result"]


@dataclass(frozen=True)
class Job:
    """What a job is told."""

    id: str
    """Unique in its run."""
    name: str
    attempt: int
    """1 for the first."""
    node: str
    """Where it runs."""
    threads: float
    """How many it may use; fractions happen."""
    ram_gb: float
    """GiB that are reserved for it."""
    cores: tuple[int, ...]
    """Physical cores that it is pinned to; empty where it is not."""
    gpus: tuple[str, ...]
    """What `CUDA_VISIBLE_DEVICES` names: an index or a UUID each."""
    dir: Path
    """A folder of its own."""
    run_dir: Path
    """The folder of the run."""

    @property
    def workers(self) -> int:
        """Threads as libraries take them: rounded up to a whole number."""
        return max(1, math.ceil(self.threads))


def job() -> Job:
    """The job that this process belongs to; outside of Longshore one that has the whole machine."""
    told = os.environ.get
    here = Path.cwd()
    return Job(
        id=told("LONGSHORE_JOB_ID", ""),
        name=told("LONGSHORE_NAME", ""),
        attempt=int(told("LONGSHORE_ATTEMPT", "1")),
        node=told("LONGSHORE_NODE", ""),
        threads=float(told("LONGSHORE_THREADS", os.cpu_count() or 1)),
        ram_gb=float(told("LONGSHORE_RAM_GB", "0")),
        cores=tuple(int(core) for core in _list("LONGSHORE_CORES")),
        gpus=_list("CUDA_VISIBLE_DEVICES"),
        dir=Path(told("LONGSHORE_JOB_DIR", here)),
        run_dir=Path(told("LONGSHORE_RUN_DIR", here)),
    )


def result(**values: object) -> None:
    """Reports results of the job, as text; the last one of a name counts.

    Raises `ValueError` for a value of more than one line, and for the names `progress` and `representative`.
    """
    for name in values:
        if name in ("progress", "representative"):
            raise ValueError(f"{name} is no name of a result: there is a function for it")
    _report(values)


def progress(fraction: float) -> None:
    """Tells how much of the job is done, from 0 to 1: this makes its remaining time better."""
    if not 0 <= fraction <= 1:
        raise ValueError(f"Expected a fraction from 0 to 1, got {fraction}")
    _report({"progress": float(fraction)})


def not_representative() -> None:
    """Says that this job's duration teaches nothing about others of its group: say, its result was in a cache."""
    _report({"representative": "false"})


def _list(variable: str) -> tuple[str, ...]:
    return tuple(part for part in os.environ.get(variable, "").split(",") if part)


def _report(values: dict[str, object]) -> None:
    lines = [f"{name}={value}" for name, value in values.items()]
    for line in lines:
        if len(line.splitlines()) > 1:
            raise ValueError(f"Expected a value of one line, got {line!r}")
    output = os.environ.get("LONGSHORE_OUTPUT")
    if output is None:
        return
    # In one write: lines of several processes do not get into each other.
    with open(output, "a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
