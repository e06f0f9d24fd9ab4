"""Runs /bin/true on HyperQueue, in a local cluster of one worker with two cores."""
import json
import os
import sys
import time

begin = time.perf_counter()
from hyperqueue import Job, LocalCluster
from hyperqueue.cluster import WorkerConfig

count = int(sys.argv[1])
mark = os.path.abspath(f"hyperqueue-{os.getpid()}")
with LocalCluster() as cluster:
    cluster.start_worker(WorkerConfig(cores=2))
    client = cluster.client()
    start_s = time.perf_counter() - begin
    begin, at = time.perf_counter(), time.time()
    job = Job()
    for _ in range(count - 1):
        job.program(["/bin/true"], stdout=None, stderr=None)
    # The client hears of the end of a job once a second: the last task leaves a mark of its own time.
    job.program(["/bin/sh", "-c", f"touch {mark}"], stdout=None, stderr=None)
    client.wait_for_jobs([client.submit(job)])
    heard_s = time.perf_counter() - begin
    work_s = min(heard_s, os.stat(mark).st_mtime - at)
print(json.dumps({"startS": start_s, "workS": work_s}))
