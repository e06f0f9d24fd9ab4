import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { execa, execaSync } from 'execa'
import type { TestContext } from 'vitest'
import { skipUnless } from '../../support/skip.ts'
import { signal } from '../signal.ts'
import { type ClusterPlace, type ClusterShape, gresConf, nodeNames, slurmConf } from './config.ts'
import { daemonEnvironment, killDaemon, startDaemon } from './daemons.ts'
import { takePlace } from './place.ts'
import { processesOfCluster, processesOfNode } from './processes.ts'
import { until } from './until.ts'

const SHAPE: ClusterShape = { nodes: 4, cpus: 8, memoryMib: 4000, gpus: 4, slurmdTimeoutS: 300 }
const PROGRAMS = [
  'slurmctld',
  'slurmd',
  'srun',
  'sbatch',
  'salloc',
  'scancel',
  'scontrol',
  'munged',
  'setpriv',
]

/** Skips a test where SLURM is not installed, and says how to get it. */
export function skipWithoutSlurm(context: TestContext): void {
  const missing = slurmMissing()
  skipUnless(context, missing === null, missing ?? '')
}

/** What of SLURM is not here, and how to get it; `null` where all is. */
export function slurmMissing(): string | null {
  const missing = PROGRAMS.filter(program => !isInstalled(program))
  if (missing.length === 0) return null
  return `no ${missing.join(', ')} here; test/clusters/slurm/install gets SLURM on Debian and Ubuntu`
}

function isInstalled(program: string): boolean {
  return (daemonEnvironment('')['PATH'] ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** What a client of SLURM printed, and its exit code. */
export interface Said {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * A real SLURM on this machine, as the user who calls: four nodes n1…n4 with 8 CPUs, 4000 MiB and 4 pretended GPUs each, whatever
 * the machine has. Ready in about a second. Stop it: then no process and no file of it is left.
 */
export class SlurmCluster {
  readonly folder: string
  readonly nodes: readonly string[]
  /** What a program needs in its environment to meet this cluster. */
  readonly env: Readonly<Record<string, string>>
  readonly #gpus: number
  readonly #daemons = new Map<string, ChildProcess>()

  static async start(shape: Partial<ClusterShape> = {}): Promise<SlurmCluster> {
    const whole = { ...SHAPE, ...shape }
    const cluster = new SlurmCluster(whole, await takePlace(whole.nodes + 1))
    try {
      await cluster.#start()
      return cluster
    } catch (error) {
      const said = cluster.#logs()
      await cluster.stop()
      throw new Error(`The SLURM cluster did not start. Its logs end with:\n${said}`, { cause: error })
    }
  }

  private constructor(shape: ClusterShape, place: ClusterPlace) {
    this.folder = place.folder
    this.nodes = nodeNames(shape)
    this.#gpus = shape.gpus
    this.env = { SLURM_CONF: join(this.folder, 'slurm.conf') }
    for (const name of ['slurmctld', ...this.nodes]) mkdirSync(join(this.folder, name))
    writeFileSync(join(this.folder, 'munge.key'), randomBytes(128), { mode: 0o600 })
    writeFileSync(this.#path('slurm.conf'), slurmConf(shape, place))
    writeFileSync(this.#path('gres.conf'), gresConf(shape, this.#makeGpus(shape.gpus)))
    writeFileSync(this.#path('cgroup.conf'), 'CgroupAutomount=no\n')
  }

  /** Runs a client (`scontrol`, `sbatch`, …) to its end; it may fail. */
  async call(program: string, ...args: readonly string[]): Promise<Said> {
    const {
      exitCode = -1,
      stdout,
      stderr,
    } = await execa(program, args, {
      env: this.env,
      reject: false,
      stdin: 'ignore',
    })
    return { exitCode, stdout, stderr }
  }

  /**
   * An allocation of whole nodes, which lives until it is cancelled. `more`: further options of salloc. Returns the
   * environment of a program that uses it.
   */
  async allocate(nodes: number, ...more: readonly string[]): Promise<Record<string, string>> {
    const gpus = `--gres=gpu:${this.#gpus}`
    const args = ['--no-shell', '--no-kill', `-N${nodes}`, '--exclusive', '--mem=0', gpus, ...more]
    const { stderr } = await this.call('salloc', ...args)
    const id = /Granted job allocation (\d+)/.exec(stderr)?.[1]
    if (id === undefined) throw new Error(`salloc: ${stderr}`)
    return { ...this.env, SLURM_JOB_ID: id }
  }

  /** The power of a node fails: its daemons and all that runs there end at once, and nobody reports it. */
  async killNode(node: string): Promise<void> {
    signal(processesOfNode(this.folder, node), 'SIGSTOP')
    signal(processesOfNode(this.folder, node), 'SIGKILL')
    await until(() => processesOfNode(this.folder, node).length === 0)
  }

  /** A node hangs, or the network to it is cut. */
  freezeNode(node: string): void {
    // Once more for what was started while the others were being stopped.
    for (let i = 0; i < 2; i++) signal(processesOfNode(this.folder, node), 'SIGSTOP')
  }

  thawNode(node: string): void {
    signal(processesOfNode(this.folder, node), 'SIGCONT')
  }

  /** Ends the daemon of a node; its steps go on. */
  async killSlurmd(node: string): Promise<void> {
    await killDaemon(this.#daemon(node))
  }

  /** Starts the daemon of a node again. Resolves when the node may be used. */
  async startNode(node: string): Promise<void> {
    this.#startNode(node)
    await this.#areUp([node])
  }

  /** Kills slurmctld, and starts it again. Resolves when it answers. */
  async restartController(): Promise<void> {
    await this.killController()
    await this.startController()
  }

  async killController(): Promise<void> {
    await killDaemon(this.#daemon('slurmctld'))
  }

  async startController(): Promise<void> {
    this.#daemons.set('slurmctld', startDaemon(this.folder, 'slurmctld', ['slurmctld', '-D', '-i']))
    await this.#areUp([])
  }

  /** State of a node as SLURM names it: idle, allocated, down*, … */
  async stateOf(node: string): Promise<string> {
    return (await this.call('sinfo', '-h', '-N', '-n', node, '-o', '%T')).stdout
  }

  async stop(): Promise<void> {
    for (;;) {
      const left = processesOfCluster(this.folder)
      if (left.length === 0) break
      signal(left, 'SIGKILL')
      await Promise.all([...this.#daemons.values()].map(killDaemon))
      await until(() => left.every(pid => !processesOfCluster(this.folder).includes(pid)))
    }
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #start(): Promise<void> {
    this.#daemons.set('munged', startDaemon(this.folder, 'munged', this.#munged()))
    await until(() => exists(this.#path('munge.sock')))
    this.#daemons.set('slurmctld', startDaemon(this.folder, 'slurmctld', ['slurmctld', '-D', '-i']))
    for (const node of this.nodes) this.#startNode(node)
    await this.#areUp(this.nodes)
  }

  #munged(): string[] {
    const file = (name: string) => this.#path(`munge${name}`)
    return [
      ...['munged', '--foreground', '--force', '--num-threads=2', `--key-file=${file('.key')}`],
      ...[`--socket=${file('.sock')}`, `--pid-file=${file('d.pid')}`, `--seed-file=${file('.seed')}`],
    ]
  }

  #startNode(node: string): void {
    this.#daemons.set(node, startDaemon(this.folder, node, ['slurmd', '-D', '-N', node]))
  }

  async #areUp(nodes: readonly string[]): Promise<void> {
    await until(async () => {
      const { stdout, exitCode } = await this.call('sinfo', '-h', '-N', '-o', '%N %T')
      const up = stdout.split('\n').flatMap(line => /^(\S+) (idle|mixed|allocated)$/.exec(line)?.[1] ?? [])
      return exitCode === 0 && nodes.every(node => up.includes(node))
    })
  }

  #daemon(name: string): ChildProcess {
    const daemon = this.#daemons.get(name)
    if (!daemon) throw new Error(`No daemon of ${name} was started`)
    return daemon
  }

  #makeGpus(count: number): string[] | null {
    if (process.getuid?.() !== 0) return null
    const devices = Array.from({ length: count }, (_, gpu) => this.#path(`gpu${gpu}`))
    for (const device of devices) execaSync('mknod', ['-m', '666', device, 'c', '1', '3'])
    return devices
  }

  #path(name: string): string {
    return join(this.folder, name)
  }

  #logs(): string {
    return ['munged', 'slurmctld', ...this.nodes]
      .map(name => `${name}: ${lastLines(this.#path(`${name}.out`))}`)
      .join('\n')
  }
}

function exists(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}

function lastLines(path: string): string {
  return exists(path) ? readFileSync(path, 'utf8').split('\n').slice(-10).join('\n') : ''
}
