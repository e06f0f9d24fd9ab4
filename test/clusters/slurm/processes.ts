import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process that runs, as /proc tells of it. */
interface Process {
  readonly pid: number
  readonly parent: number
  readonly program: string
}

/**
 * Processes of one node of the cluster in this folder: its slurmd and its slurmstepds (they hold its log file open), what
 * descends from them, and what has left that tree but was started by a step on that node.
 */
export function processesOfNode(folder: string, node: string): number[] {
  const holds = new RegExp(`^${folder}/${node}\\.log$`)
  return withDescendants(
    ({ pid }) => environmentOf(pid).has(`SLURMD_NODENAME=${node}`) && isOf(pid, folder),
    holds,
  )
}

/** Processes of the cluster in this folder: its daemons, their descendants, and all that was told of its configuration. */
export function processesOfCluster(folder: string): number[] {
  return withDescendants(({ pid }) => isOf(pid, folder), new RegExp(`^${folder}/.*\\.log$`)).filter(
    pid => pid !== process.pid,
  )
}

function withDescendants(belongs: (one: Process) => boolean, daemonHolds: RegExp): number[] {
  const all = processes()
  const isDaemon = ({ pid, program }: Process) => /^(slurm|munged)/.test(program) && holds(pid, daemonHolds)
  const found = new Set(all.filter(one => isDaemon(one) || belongs(one)).map(({ pid }) => pid))
  for (let before = -1; before < found.size; ) {
    before = found.size
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid)
  }
  return [...found]
}

function processes(): Process[] {
  return readdirSync('/proc').flatMap(name => {
    const [, program, state, parent] = /^\d+ \((.*)\) (\S) (\d+)/s.exec(read(`/proc/${name}/stat`)) ?? []
    // What has ended and was not waited for yet is gone.
    if (program === undefined || state === 'Z' || state === 'X') return []
    return [{ pid: Number(name), parent: Number(parent), program }]
  })
}

function isOf(pid: number, folder: string): boolean {
  return environmentOf(pid).has(`SLURM_CONF=${folder}/slurm.conf`)
}

function environmentOf(pid: number): Set<string> {
  return new Set(read(`/proc/${pid}/environ`).split('\0'))
}

function holds(pid: number, file: RegExp): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some(fd => file.test(readlinkSync(`/proc/${pid}/fd/${fd}`)))
  } catch {
    return false
  }
}

/** Processes end while they are looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
