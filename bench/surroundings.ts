import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './core/places.ts'
import { PEERS } from './peers/all.ts'

/** Where and when it was measured. */
export interface Surroundings {
  readonly date: string
  readonly cpu: string
  readonly threads: number
  readonly ramGb: number
  readonly system: string
  readonly node: string
  /** Longshore's version, and the commit where there is a checkout. */
  readonly longshore: string
  /** Processes that ran or waited on average in the minute before. */
  readonly load: number
  /** Versions of what it is compared with; `null` for what is not installed. */
  readonly peers: Readonly<Record<string, string | null>>
}

export function lookAround(): Surroundings {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model ?? 'unknown',
    threads: availableParallelism(),
    ramGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    longshore: `${version()}${commit()}`,
    load: loadavg()[0] ?? Number.NaN,
    peers: Object.fromEntries(PEERS.map(peer => [peer.name, peer.version()])),
  }
}

function version(): string {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version
}

function commit(): string {
  try {
    const options = { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' } as const
    return ` (${execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim()})`
  } catch {
    return ''
  }
}
