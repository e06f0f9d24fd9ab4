"""Runs commands or tasks that do nothing on a local Dask cluster of two workers with a thread each."""
import json
import subprocess
import sys
import time

begin = time.perf_counter()
from distributed import Client, LocalCluster


def task(_):
    pass


def command(_):
    subprocess.run(["/bin/true"], check=True)


if __name__ == "__main__":
    count, kind = int(sys.argv[1]), sys.argv[2]
    run = {"task": task, "command": command}[kind]
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with Client(cluster) as client:
            client.gather(client.map(run, range(2), pure=False))
            start_s = time.perf_counter() - begin
            begin = time.perf_counter()
            client.gather(client.map(run, range(count), pure=False))
            work_s = time.perf_counter() - begin
    print(json.dumps({"startS": start_s, "workS": work_s}))
