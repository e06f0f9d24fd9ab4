"""Runs jobs as Ray tasks, each with what it asks for; the jobs are a JSON list on standard input, in their order."""

import json
import subprocess
import sys
import time
from typing import Any

import ray


def run(seconds: float) -> tuple[float, float]:
    start = time.time()
    subprocess.run(["sleep", str(seconds)], check=True)
    return start, time.time()


def gpus_of(job: dict[str, Any]) -> float:
    """Ray shares one GPU among tasks; a task with several takes them whole."""
    return float(job["gpus"] if job["gpus"] > 1 else job["gpus"] * job["gpuShare"])


def main() -> None:
    ray.init(address=sys.argv[1], log_to_driver=False)
    task = ray.remote(run)
    runs = [
        task.options(num_cpus=job["threads"], num_gpus=gpus_of(job), memory=int(job["ramGb"] * 2**30)).remote(
            job["seconds"]
        )
        for job in json.load(sys.stdin)
    ]
    times = ray.get(runs)
    print(json.dumps({"first": min(start for start, _ in times), "last": max(end for _, end in times)}))


if __name__ == "__main__":
    main()
