import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import type { TestContext } from 'vitest'
import { skipUnless } from '../../support/skip.ts'
import { signal } from '../signal.ts'

const FOLDER = import.meta.dirname
/** The Python that has Ray, where `install` has put it. */
export const RAY_PYTHON = join(FOLDER, '.venv', 'bin', 'python')

/** Skips a test where Ray is not installed, and says how to get it. */
export function skipWithoutRay(context: TestContext): void {
  skipUnless(context, existsSync(RAY_PYTHON), 'no Ray here; test/clusters/ray/install gets it (PyPI, 375 MB)')
}

/** What a node pretends to have, whatever the machine has. */
export interface RayNodeShape {
  readonly cpus: number
  readonly gpus: number
  /** GiB of Ray's own resource `memory`. Default: what is free on the machine. */
  readonly ramGb?: number
}

type NodeProgram = ReturnType<typeof startNode>

interface RayNode {
  readonly program: NodeProgram
  /** Process of its raylet. */
  readonly raylet: number
}

const SHAPES: readonly RayNodeShape[] = [
  { cpus: 2, gpus: 0 },
  { cpus: 4, gpus: 2 },
  { cpus: 4, gpus: 2 },
]

/**
 * A real Ray cluster on this machine: a head with 2 CPUs and two nodes with 4 CPUs and 2 pretended GPUs each, at
 * addresses of their own. Ready in 4–10 s. Stop it: then no process and no file of it is left.
 */
export class RayCluster {
  /** What a program needs in its environment to meet this cluster. */
  readonly env: Readonly<Record<string, string>>
  readonly #nodes = new Map<string, RayNode>()
  /** What raylets had started that were killed. */
  readonly #orphans: number[] = []
  readonly #folder: string
  #address = ''
  #added = 0

  static async start(shapes: readonly RayNodeShape[] = SHAPES): Promise<RayCluster> {
    const cluster = new RayCluster()
    const [head = { cpus: 2, gpus: 0 }, ...others] = shapes
    try {
      await cluster.add(head)
      await Promise.all(others.map(shape => cluster.add(shape)))
      return cluster
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  private constructor() {
    // Paths of sockets are at most 107 bytes long, and Ray puts long names below this folder.
    this.#folder = mkdtempSync(join(tmpdir(), 'ray-'))
    this.env = { RAY_TMPDIR: this.#folder, RAY_AUTH_MODE: 'disabled', RAY_USAGE_STATS_ENABLED: '0' }
  }

  /** Where the head listens: what `--address` takes. */
  get address(): string {
    return this.#address
  }

  /** Addresses of the nodes that were started and not killed, the head first. */
  get nodes(): readonly string[] {
    return [...this.#nodes.keys()]
  }

  /** Starts another node. Resolves to its address when Ray can use it. */
  async add({ cpus, gpus, ramGb }: RayNodeShape): Promise<string> {
    this.#added += 1
    // Ray takes 127.0.0.1 for the address by which others reach this machine.
    const ip = `127.0.0.${10 + this.#added}`
    const head = this.#address === '' ? [] : ['--head', this.#address]
    const has = ['--cpus', `${cpus}`, '--gpus', `${gpus}`, ...(ramGb ? ['--ram-gb', `${ramGb}`] : [])]
    const program = startNode(this.env, ['--ip', ip, ...has, ...head])
    const { address, raylet } = await firstLine(program)
    this.#address = address
    this.#nodes.set(ip, { program, raylet })
    return ip
  }

  /** Kills the raylet of a node, as when a machine dies: Ray marks the node as dead some 3 s later (14 s as it comes). */
  kill(ip: string): void {
    const [raylet, ...others] = this.#processesOf(ip)
    if (raylet === undefined) return
    this.#orphans.push(...others)
    signal([raylet], 'SIGKILL')
  }

  /** Stops every process of a node, with all that was started there. */
  freeze(ip: string): void {
    signal(this.#processesOf(ip), 'SIGSTOP')
  }

  /** Lets them go on. */
  thaw(ip: string): void {
    signal(this.#processesOf(ip), 'SIGCONT')
  }

  /** The raylet and all below it, and what has outlived its parent there. */
  #processesOf(ip: string): number[] {
    const node = this.#nodes.get(ip)
    return node ? descendantsOf(node.raylet) : []
  }

  /** Ends all that was started here, and nothing else. */
  async stop(): Promise<void> {
    // What a raylet has started looks only once in a minute whether it still lives.
    const started = [...this.#orphans, ...this.nodes.flatMap(ip => this.#processesOf(ip))]
    const programs = [...this.#nodes.values()].map(({ program }) => program).reverse()
    for (const program of programs) program.stdin?.end()
    await Promise.all(programs)
    this.#nodes.clear()
    for (const pid of started) end(pid)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function allProcesses(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 0)
}

/** Ends a process of Ray; not one that has got its number since. */
function end(pid: number): void {
  if (!read(`/proc/${pid}/cmdline`).includes('ray')) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

/** A process, the processes that it has started, and so on; parents first. */
function descendantsOf(root: number): number[] {
  const parents = allProcesses().map(pid => [pid, parentOf(pid)] as const)
  const found = [root]
  for (const one of found) for (const [pid, parent] of parents) if (parent === one) found.push(pid)
  return found
}

function parentOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`)
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/** Nothing where it has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function startNode(env: Readonly<Record<string, string>>, options: readonly string[]) {
  const streams = { stdin: 'pipe', buffer: { stdout: false, stderr: true }, reject: false } as const
  return execa({ env, ...streams })`${RAY_PYTHON} ${join(FOLDER, 'node.py')} ${options}`
}

async function firstLine(program: NodeProgram): Promise<{ address: string; raylet: number }> {
  for await (const line of createInterface(program.stdout)) return JSON.parse(line)
  throw new Error(`A Ray node did not start: ${(await program).stderr}`)
}
