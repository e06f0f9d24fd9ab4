import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  type CommandExecutor,
  type CommandStand,
  createCommandExecutor,
  endAbandoned,
  followed,
  unfence,
} from '../../actors/command/executor.ts'
import { agentFolder } from '../../actors/record/folder.ts'
import { createTaskExecutor } from '../../actors/task/executor.ts'
import { LongshoreError } from '../../errors.ts'
import type { Executor, ExecutorReport, Work } from '../../executor.ts'
import { lookAtMemory } from '../../probe/memoryLook.ts'
import { lookAtThisMachine, type ThisMachine } from '../../run/thisMachine.ts'
import { bareRamHere } from './bareRam.ts'
import { limited } from './limited.ts'
import { packEnding, unpackStart } from './packing.ts'
import { succeed } from './predecessors.ts'
import type { AgentHello, AgentOrder, AgentReport } from './protocol.ts'

/** RAM that has changed by less is not told again, in GiB. */
const TOLD_CHANGE_GB = 1 / 1024

interface Running {
  readonly executor: Executor
  ramGb: number
}

/** What runs on a node for a scheduler: orders become calls of the executors, what these tell becomes reports. */
export class Agent {
  readonly #tell: (report: AgentReport) => void
  readonly #commands: CommandExecutor
  readonly #tasks: Executor
  readonly #running = new Map<string, Running>()
  /** Set where the end of the last job is waited for. */
  #whenIdle: (() => void) | null = null
  /** Set where all is ended without a word: whoever was told is no longer there, or has given the jobs away. */
  #whenQuiet: PromiseWithResolvers<void> | null = null

  constructor(hello: AgentHello, tell: (report: AgentReport) => void) {
    this.#tell = tell
    const env = { ...process.env, ...hello.env }
    const { workerRamFactor: ramGrowthFactor } = hello.options
    const folder = hello.isKept ? { folder: agentFolder(hello.runDir, hello.node) } : {}
    this.#commands = createCommandExecutor({ now: Date.now, env, ...folder })
    this.#tasks = createTaskExecutor({
      now: Date.now,
      env,
      ...(ramGrowthFactor !== undefined && { ramGrowthFactor }),
    })
  }

  /** Takes over what an earlier agent has left here. */
  adopt(open: AgentHello['open']): Promise<ReadonlyMap<string, CommandStand>> {
    return this.#commands.adopt(new Map(Object.entries(open)))
  }

  take(order: Exclude<AgentOrder, { type: 'hello' | 'beat' | 'alone' | 'end' }>): void {
    if (order.type === 'start') this.#start(unpackStart(order))
    else if (order.type === 'acknowledge') this.#commands.acknowledge(order.ids)
    else this.#running.get(order.id)?.executor[order.type](order.id)
  }

  /** That it lives, with what has changed. */
  beat(): void {
    const ram: [string, number][] = []
    for (const [id, running] of this.#running) {
      const ramGb = running.executor.ramGb?.(id) ?? 0
      if (Math.abs(ramGb - running.ramGb) <= TOLD_CHANGE_GB) continue
      running.ramGb = ramGb
      ram.push([id, ramGb])
    }
    this.#tell({ type: 'beat', memory: lookAtMemory(), ram })
  }

  /** Ends all that runs, at once. */
  async close(): Promise<void> {
    await Promise.all([this.#commands.close(), this.#tasks.close()])
  }

  /** The same, and nothing of it is told or kept: it is as if it had never been started. */
  async closeQuietly(): Promise<void> {
    this.#whenQuiet = Promise.withResolvers()
    for (const [id, { executor }] of this.#running) executor.kill(id)
    if (this.#running.size > 0) await this.#whenQuiet.promise
    await this.close()
  }

  /** The scheduler is gone: tasks end, commands go on alone. Resolves when these have ended. */
  async letGo(tasksEnded: () => void): Promise<void> {
    const left = this.#commands.letGo()
    await this.#tasks.close()
    tasksEnded()
    await left
  }

  /** The scheduler is gone: tasks end, commands go on here. Resolves when these have ended. */
  async finish(): Promise<void> {
    await this.#tasks.close()
    if (this.#running.size > 0)
      await new Promise<void>(resolve => {
        this.#whenIdle = resolve
      })
  }

  #start(work: Work): void {
    const executor = work.job.run.kind === 'task' ? this.#tasks : this.#commands
    this.#running.set(work.placement.id, { executor, ramGb: 0 })
    executor.start(work, report => this.#hear(report))
  }

  #hear(report: ExecutorReport): void {
    const { placementId: id } = report
    if (report.type === 'job.exited') this.#running.delete(id)
    if (this.#running.size === 0) this.#whenIdle?.()
    if (this.#whenQuiet) this.#forget(report, this.#whenQuiet)
    else if (report.type === 'job.started')
      this.#tell({ type: 'started', id, at: report.at, pid: report.pid })
    else if (report.type === 'job.progressed')
      this.#tell({ type: 'progressed', id, fraction: report.fraction })
    else this.#tell({ type: 'exited', id, ending: packEnding(report.ending) })
  }

  #forget({ type, placementId }: ExecutorReport, { resolve }: PromiseWithResolvers<void>): void {
    if (type !== 'job.exited') return
    this.#commands.acknowledge([placementId])
    if (this.#running.size === 0) resolve()
  }
}

/** An agent that is ready, with what it answers to the greeting; `ended` is to be called when no task of its runs any more. */
export interface ReadyAgent {
  readonly agent: Agent
  readonly here: Extract<AgentReport, { type: 'here' }>
  readonly tasksEnded: () => void
}

/** Looks at the node, waits until no earlier agent runs tasks there, takes over its commands. Throws a `LongshoreError`. */
export async function readyAgent(
  hello: AgentHello,
  tell: (report: AgentReport) => void,
): Promise<ReadyAgent> {
  enter(hello)
  const seen = await lookAtThisMachine(hello.options, bareRamHere(hello.bare))
  const folder = agentFolder(hello.runDir, hello.node)
  const tasksEnded = await succeed(folder)
  unfence(folder)
  const agent = new Agent(hello, tell)
  const stands = await agent.adopt(hello.open)
  await endAbandoned({
    runDir: hello.runDir,
    node: hello.node,
    followed: followed(new Map(Object.entries(hello.open)), stands),
  })
  return { agent, here: hereOf(hello, seen, [...stands.values()]), tasksEnded }
}

/** Jobs that name no folder run where their scheduler does. */
function enter({ runDir, cwd, isKept }: AgentHello): void {
  if (!existsSync(isKept ? join(runDir, 'journal.sqlite') : runDir))
    throw new LongshoreError(
      `the folder of the run, ${runDir}, is not there: it has to be on a file system that all nodes share (--run-dir)`,
    )
  try {
    process.chdir(cwd)
  } catch {
    throw new LongshoreError(
      `the working folder ${cwd} is not there: start the run in a folder on a file system that all nodes share`,
    )
  }
}

function hereOf(
  { protocol, node, limits, options }: AgentHello,
  { capacity, totalGb, fixedRam, warnings }: ThisMachine,
  stands: readonly CommandStand[],
): ReadyAgent['here'] {
  const own = limited({ ...capacity, name: node }, limits, options.capacity)
  return { type: 'here', protocol, capacity: own, totalGb, fixedRam, warnings, stands }
}
