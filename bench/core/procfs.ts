import { readdirSync, readFileSync } from 'node:fs'

/** A process as /proc shows it. */
export interface Process {
  readonly pid: number
  readonly parent: number
  /** Its arguments, the program first. */
  readonly argv: readonly string[]
}

/** A process and all below it, at any depth. */
export function familyOf(ancestor: number): Process[] {
  const all = allProcesses()
  const byParent = Map.groupBy(all, ({ parent }) => parent)
  const below = (pid: number): Process[] =>
    (byParent.get(pid) ?? []).flatMap(child => [child, ...below(child.pid)])
  return [...all.filter(({ pid }) => pid === ancestor), ...below(ancestor)]
}

/**
 * Seconds that a process has had of any core, all its threads together, as exact as the kernel knows it: in
 * nanoseconds where it keeps `schedstat`, else in its clock ticks of 10 ms.
 */
export function cpuTimeS(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return sum(threads.map(thread => Number(readWords(`/proc/${pid}/task/${thread}/schedstat`)[0]))) / 1e9
  } catch {
    const [, , , , , , , , , , , user, system] = statOf(pid)
    return (Number(user) + Number(system)) / 100
  }
}

function allProcesses(): Process[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  return pids.flatMap(pid => {
    try {
      return [{ pid, parent: Number(statOf(pid)[1]), argv: argvOf(pid) }]
    } catch {
      return [] // It has ended in the meantime.
    }
  })
}

/** Its fields from the state on. The name before them stands in parentheses and may hold anything. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function argvOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
}

function readWords(path: string): string[] {
  return readFileSync(path, 'utf8').split(' ')
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
