"""Runs commands or tasks that do nothing on a local Ray with two CPUs."""
import json
import os
import subprocess
import sys
import time

begin = time.perf_counter()
os.environ |= {"RAY_AUTH_MODE": "disabled", "RAY_USAGE_STATS_ENABLED": "0"}
import ray

count, kind = int(sys.argv[1]), sys.argv[2]
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)


@ray.remote(num_cpus=1)
def task():
    pass


@ray.remote(num_cpus=1)
def command():
    subprocess.run(["/bin/true"], check=True)


run = {"task": task, "command": command}[kind]
ray.get([run.remote() for _ in range(2)])
start_s = time.perf_counter() - begin
begin = time.perf_counter()
ray.get([run.remote() for _ in range(count)])
print(json.dumps({"startS": start_s, "workS": time.perf_counter() - begin}))
