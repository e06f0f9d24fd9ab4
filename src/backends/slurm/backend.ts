import { setTimeout as wait } from 'node:timers/promises'
import { LongshoreError } from '../../errors.ts'
import { agentCommand } from '../agent/command.ts'
import type { Backend, BackendHost } from '../backend.ts'
import { connectionOver } from '../remote/connection.ts'
import { RemoteNodes } from '../remote/nodes.ts'
import type { NodeShare } from './allocation.ts'
import { moveTo } from './earlier.ts'
import { tellEnd } from './end.ts'
import { allocationIdFrom } from './inside.ts'
import { ENDING_S, NodeKeeper, type Step } from './keeper.ts'
import { limitsOf } from './limits.ts'
import { createScontrol, type Scontrol } from './scontrol.ts'
import { startStep } from './srun.ts'
import { glanceAt, lookAt, type View } from './view.ts'

/** What may be set otherwise than for everyday use. */
export interface SlurmOptions {
  /** Where the allocation and the cluster are named. Default: the environment of this process. */
  readonly environment?: NodeJS.ProcessEnv
  /** Seconds without a word after which a node counts as silent. Default 15. */
  readonly silenceS?: number
  /** Seconds without a word of the scheduler after which an agent ends all that it runs. Default 30. */
  readonly leaseS?: number
  /** Beyond so many seconds a run begins with the nodes that are there. Default 5. */
  readonly longestWaitS?: number
  /** SLURM tells nobody of an allocation that changes: it is asked every so many seconds. Default 60. */
  readonly lookEveryS?: number
}

const SILENCE_S = 15
const LEASE_S = 30
const LOOK_EVERY_S = 60
const LONGEST_WAIT_S = 5
/** So much longer than the lease a run that is resumed waits for a node on which its commands may run. */
const LONGEST_SETTLING_S = 30

/** RAM in GiB that the scheduler has on the node that it runs on: what it holds, and what it may come to hold. */
const DRIVER_RESERVE_GB = 0.25

/** The nodes of the SLURM allocation that this process is in. */
export function createSlurmBackend(options: SlurmOptions = {}): Backend {
  return new SlurmBackend(options)
}

class SlurmBackend implements Backend {
  readonly name = 'slurm'
  readonly runsInline = false
  readonly #environment: NodeJS.ProcessEnv
  readonly #scontrol: Scontrol
  readonly #options: SlurmOptions
  readonly #keepers = new Map<string, NodeKeeper>()
  readonly #keeping = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  #open: Opened | null = null
  #timer: unknown = null

  constructor(options: SlurmOptions) {
    this.#environment = options.environment ?? process.env
    this.#scontrol = createScontrol(this.#environment)
    this.#options = options
  }

  async open(host: BackendHost): Promise<void> {
    const jobId = allocationIdFrom(this.#environment)
    const view = await this.#firstView(host, jobId)
    const wasHere = await moveTo(jobId, host, this.#scontrol)
    this.#open = { host, jobId, nodes: this.#remoteNodes(host) }
    tellEnd(host, view.allocation)
    const fenced = this.#fenceGone(this.#open, view, wasHere)
    await this.#joined(this.#keepAll(this.#open, view), jobId)
    await Promise.all([fenced, this.#settled(this.#open)])
    this.#lookLater()
  }

  acknowledge(placementIds: readonly string[]): void {
    this.#open?.nodes.acknowledge(placementIds)
  }

  async giveUp(): Promise<void> {
    await this.#open?.nodes.giveUp()
  }

  async close(): Promise<void> {
    this.#open?.host.clock.clearTimeout(this.#timer)
    for (const keeper of this.#keepers.values()) keeper.stop()
    this.#closing.abort()
    await this.#open?.nodes.close()
    for (const keeper of this.#keepers.values()) keeper.cut()
    await Promise.all(this.#keeping)
  }

  /** Resolves when the nodes have been tried; those that take long are left to come later, where others are there. */
  async #joined(tried: ReadonlyMap<string, Promise<string | null>>, jobId: string): Promise<void> {
    const failures = Promise.all(tried.values()).then(all => {
      const whys = all.filter(why => why !== null)
      if (whys.length === all.length) throw new LongshoreError(noNodes(jobId, whys))
    })
    const some = Promise.any([...tried.values()].map(async first => joinedOr(await first)))
    const longEnough = Promise.all([this.#pause(this.#options.longestWaitS ?? LONGEST_WAIT_S), some])
    await Promise.race([failures, longEnough.catch(() => failures)])
  }

  /**
   * Nodes on which commands of an earlier scheduler may run, and which the allocation has not. What ran in another one, SLURM
   * has ended with that, where it could reach the node.
   */
  async #fenceGone({ host, nodes, jobId }: Opened, { shares }: View, wasHere: boolean): Promise<void> {
    const gone = [...host.open.keys()].filter(name => !shares.has(name))
    if (gone.length === 0) return
    const seen = (await glanceAt(this.#scontrol, jobId, gone))?.nodes
    const unsure = gone.filter(name => wasHere || seen?.get(name)?.standing !== 'up')
    for (const name of unsure) nodes.fenceGone(name, seen?.get(name)?.state ?? 'unknown to SLURM')
    if (unsure.length > 0) await this.#pause((this.#options.leaseS ?? LEASE_S) + ENDING_S)
  }

  /** Commands of an earlier scheduler may run on these nodes: it has to be known what became of them. */
  async #settled({ host, jobId }: Opened): Promise<void> {
    const waitedFor = new Set(host.open.keys().filter(name => this.#keepers.has(name)))
    const allSettled = [...waitedFor].map(name =>
      this.#keepers.get(name)?.settled.then(() => waitedFor.delete(name)),
    )
    const end = performance.now() + ((this.#options.leaseS ?? LEASE_S) + LONGEST_SETTLING_S) * 1000
    for (;;) {
      await Promise.race([Promise.all(allSettled), this.#pause(1)])
      const [name] = waitedFor
      if (name === undefined) return
      if (performance.now() > end) throw new LongshoreError(notSettled(name))
      const view = await glanceAt(this.#scontrol, jobId, [...waitedFor])
      for (const one of waitedFor) if (view) this.#keepers.get(one)?.note(view)
    }
  }

  /** The allocation as it is now. Throws a `LongshoreError` where it is none in which jobs can be run. */
  async #firstView(host: BackendHost, jobId: string): Promise<View> {
    for (let asked = 0; ; asked++) {
      const view = await lookAt(this.#scontrol, jobId)
      if (view?.allocation && view.shares.size > 0) return view
      if (view) throw new LongshoreError(notRunning(jobId, view))
      if (asked === 0) host.warn('slurmctld does not answer: asking again until it does')
      await this.#pause(Math.min(10, 2 ** asked))
    }
  }

  /** Keeps the nodes that are new; by name whether, or why not, they have joined. */
  #keepAll(open: Opened, { shares }: View): Map<string, Promise<string | null>> {
    const added = [...shares].filter(([name]) => !this.#keepers.has(name))
    return new Map(added.map(([name, share]) => [name, this.#keep(open, name, share)]))
  }

  #keep({ host, nodes, jobId }: Opened, name: string, share: NodeShare): Promise<string | null> {
    const limits = limitsOf(share, { driverGb: this.#driverGb(name) })
    const keeper = new NodeKeeper({
      node: name,
      leaseS: this.#options.leaseS ?? LEASE_S,
      start: () => this.#startAgent(jobId, name, share),
      connect: ({ connection }) => nodes.connect({ node: name, connection, limits }),
      look: () => glanceAt(this.#scontrol, jobId, [name]),
      leave: why => nodes.leave(name, why),
      fence: () => nodes.fence(name),
      lost: why => nodes.lost(name, why),
      warn: message => host.warn(message),
      now: () => host.clock.now(),
      pause: seconds => this.#pause(seconds),
    })
    this.#keepers.set(name, keeper)
    const keeping = keeper.run().then(() => void this.#keeping.delete(keeping))
    this.#keeping.add(keeping)
    return keeper.first
  }

  #startAgent(jobId: string, node: string, { cpus, gpus }: NodeShare): Step {
    const step = { jobId, node, share: { cpus, gpus }, command: agentCommand() }
    const process = startStep(step, this.#environment)
    return { connection: connectionOver(process), cut: () => void process.kill('SIGKILL') }
  }

  /** What the scheduler itself needs of a node: nothing where it does not run there. */
  #driverGb(node: string): number {
    if (this.#environment['SLURMD_NODENAME'] !== node) return 0
    return process.memoryUsage.rss() / 2 ** 30 + DRIVER_RESERVE_GB
  }

  /** Agents have what srun has given them of the environment. */
  #remoteNodes(host: BackendHost): RemoteNodes {
    const { leaseS = LEASE_S, silenceS = SILENCE_S } = this.#options
    return new RemoteNodes(host, {
      ...{ leaseS, silenceS, env: {} },
      onSilent: node => this.#keepers.get(node)?.silent(),
      onHeard: node => this.#keepers.get(node)?.heard(),
    })
  }

  #lookLater(): void {
    if (!this.#open || this.#closing.signal.aborted) return
    this.#timer = this.#open.host.clock.setTimeout(
      () => void this.#look(),
      (this.#options.lookEveryS ?? LOOK_EVERY_S) * 1000,
    )
  }

  /** Nodes that have come, nodes that have gone, another end. */
  async #look(): Promise<void> {
    const open = this.#open
    if (!open) return
    const view = await glanceAt(this.#scontrol, open.jobId, [...this.#keepers.keys()])
    if (this.#closing.signal.aborted) return
    if (view) {
      tellEnd(open.host, view.allocation)
      for (const keeper of this.#keepers.values()) keeper.note(view)
      this.#keepAll(open, view)
    }
    this.#lookLater()
  }

  async #pause(seconds: number): Promise<void> {
    await wait(seconds * 1000, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined)
  }
}

/** What is there while the backend is open. */
interface Opened {
  readonly host: BackendHost
  readonly jobId: string
  readonly nodes: RemoteNodes
}

/** Rejects for a node that has not joined. */
function joinedOr(why: string | null): void {
  if (why !== null) throw new LongshoreError(why)
}

function notRunning(jobId: string, { allocation }: View): string {
  const state = allocation === null ? 'SLURM knows nothing of it any more' : `it is ${allocation.state}`
  return `SLURM allocation ${jobId} has no nodes to run on: ${state}. Get another one by salloc, or longshore sbatch`
}

function notSettled(name: string): string {
  return `commands of this run may still run on ${name}, which does not answer, and which SLURM has not given up: try again later, or cancel the allocation (scancel) and go on in another one`
}

function noNodes(jobId: string, failures: readonly string[]): string {
  return `none of the nodes of SLURM allocation ${jobId} can be used: ${[...new Set(failures)].join('; ')}`
}
