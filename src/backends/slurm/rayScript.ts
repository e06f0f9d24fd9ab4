import { quote } from '../../jobfile/shell.ts'

/**
 * Part of a batch script that starts a Ray cluster in the allocation, and ends it with the script. `python`: the
 * interpreter that has Ray, on a file system that all nodes see. Behind it `$address` is where the head listens.
 */
export function rayScript(python: string): string {
  return `# Ray, on the file system of all nodes too: a head on this node, beside the driver, and a worker on each other one. Each
# is a step of its own, so that a node that dies takes no other one with it, and has the address that SLURM knows its
# node by. What they say stands in $run/ray; their own files are in a folder in /tmp of their node, which goes with them.
# The token keeps others out.
python=${quote(python)}
(umask 077 && mkdir -p "$run/ray" && od -An -N32 -v -tx1 /dev/urandom | tr -d ' \\n' >"$run/ray/token")
export RAY_AUTH_MODE=token RAY_AUTH_TOKEN_PATH="$run/ray/token"

addresses() { # of each node: its name, its address
  scontrol --oneliner show node "$SLURM_JOB_NODELIST" | sed -nE 's/^NodeName=([^ ]+) .*NodeAddr=([^ ]+) .*/\\1 \\2/p' |
    while read -r name host; do echo "$name $(getent ahostsv4 "$host" | awk '{ print $1; exit }')"; done
}
start_ray() { # name of a node, its address, options of ray start; CPUs and GPUs are those of the step
  srun --overlap --nodes=1 --ntasks=1 --nodelist="$1" --mem=0 --cpu-bind=none --quiet --input=none bash -c '
    link=$1
    folder=$(mktemp -d /tmp/ray-XXXXXX) && ln -sfn "$folder" "$link"
    clear() { rm -rf "$folder" "$link"; }
    trap clear EXIT
    export PYTHONUNBUFFERED=1 RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S=0
    commas=\${CUDA_VISIBLE_DEVICES//[^,]/}
    "\${@:2}" --num-cpus="$SLURM_CPUS_ON_NODE" \${CUDA_VISIBLE_DEVICES:+--num-gpus=$((\${#commas} + 1))} \\
      --object-store-memory=100000000 --temp-dir="$folder" --block
  ' ray "$run/ray/$1" "$python" -m ray.scripts.scripts start --node-ip-address="$2" "\${@:3}" >"$run/ray/$1.log" 2>&1 &
}
stop_ray() { # TERM to the steps, not to this script
  scancel --quiet --signal=TERM "$SLURM_JOB_ID"
  for _ in {1..50}; do [[ $(jobs -r) ]] && sleep 0.2; done
}
trap stop_ray EXIT
rm -f "$run"/ray/*.log
mapfile -t nodes < <(addresses)
head=$SLURMD_NODENAME
for one in "\${nodes[@]}"; do
  [[ \${one% *} == "$head" ]] && start_ray $one --head --port=0 --include-dashboard=false
done
until [[ -s $run/ray/$head/ray_current_cluster ]]; do
  [[ $(jobs -r) ]] || { echo "The head of Ray did not start:" && cat "$run/ray/$head.log"; exit 1; } >&2
  sleep 0.2
done
address=$(<"$run/ray/$head/ray_current_cluster")
for one in "\${nodes[@]}"; do
  [[ \${one% *} == "$head" ]] || start_ray $one --address="$address"
done
# A node that takes longer than a minute, or comes later, is used when it is there.
for _ in {1..300}; do
  (($(cat "$run"/ray/*.log | grep -c 'Ray runtime started') < \${#nodes[@]})) && sleep 0.2
done
`
}
