/**
 * The agent of a node: does there for the scheduler what the scheduler does for itself on its own machine. Orders come in
 * on standard input, reports go out on standard output, a JSON line each.
 *
 * When its orders end and it was not told to end, the scheduler is gone: it ends its tasks, lets its commands go on alone,
 * and stays until they have ended, since engines end what their step has left. Where somebody outlives the scheduler and
 * tells of its end (`alone`), an end of the orders means that the node was given up. An agent that has heard nothing for longer
 * than its lease was frozen or cut off: its jobs may run elsewhere by now, so it ends all that it runs, and itself.
 */
import { isFenced } from '../../actors/command/executor.ts'
import { agentFolder } from '../../actors/record/folder.ts'
import { LongshoreError } from '../../errors.ts'
import { lineSender, receiveLines } from '../lines.ts'
import { type Agent, type ReadyAgent, readyAgent } from './agent.ts'
import { Lease } from './lease.ts'
import { AGENT_PROTOCOL, type AgentHello, type AgentOrder, type AgentReport } from './protocol.ts'

const BEAT_MS = 1000

const reports = lineSender<AgentReport>(lines => void process.stdout.write(lines))
let lease: Lease | null = null
let ready: ReadyAgent | null = null
let isLeaving = false
let endsAtOnce = false
/** Where a mark may say that its jobs were given to others; looked at while no scheduler is there. */
let givenUpIn: string | null = null
let folder: string | null = null
let beats: NodeJS.Timeout | undefined

function take(order: AgentOrder): void {
  if (order.type === 'hello') greet(order)
  else if (order.type === 'end') leave(agent => agent.close())
  else if (order.type === 'alone') finish()
  else if (order.type !== 'beat') ready?.agent.take(order)
}

async function greet(hello: AgentHello): Promise<void> {
  if (hello.protocol !== AGENT_PROTOCOL)
    return refuse(`the agent is of another version of Longshore than the scheduler: ${process.argv[1]}`)
  lease = new Lease(hello.leaseS)
  endsAtOnce = hello.atEnd === 'end'
  folder = agentFolder(hello.runDir, hello.node)
  beats = setInterval(beat, BEAT_MS)
  try {
    const found = await readyAgent(hello, reports.send)
    ready = found
    if (isLeaving) found.tasksEnded()
    else reports.send(found.here)
  } catch (error) {
    refuse(error instanceof LongshoreError ? error.message : String(error))
  }
}

function beat(): void {
  if (lease?.isOver || (givenUpIn !== null && isFenced(givenUpIn))) expire()
  else if (ready) ready.agent.beat()
  else reports.send({ type: 'beat', memory: null, ram: [] })
}

function expire(): void {
  leave(agent => agent.closeQuietly())
}

function refuse(why: string): void {
  reports.send({ type: 'refused', why })
  leave(async () => {})
}

/** Ends what runs as `how` says, and then itself. */
async function leave(how: (agent: Agent) => Promise<void>): Promise<void> {
  if (isLeaving) return
  isLeaving = true
  clearInterval(beats)
  if (ready) await how(ready.agent)
  ready?.tasksEnded()
  go()
}

/** Whoever does not read any more does not keep it. */
function go(): void {
  reports.flush()
  process.stdout.end(() => process.exit())
  setTimeout(() => process.exit(), BEAT_MS).unref()
}

/** The scheduler is gone. */
async function goOnAlone(): Promise<void> {
  if (isLeaving) return
  isLeaving = true
  clearInterval(beats)
  if (lease?.isOver) await ready?.agent.closeQuietly()
  else await ready?.agent.letGo(ready.tasksEnded)
  ready?.tasksEnded()
  go()
}

/** The same, where somebody else keeps the lease: it may still find that the node was given up. */
async function finish(): Promise<void> {
  givenUpIn = folder
  await ready?.agent.finish()
  leave(agent => agent.letGo(() => {}))
}

function hear(line: string): void {
  if (lease?.isOver) expire()
  lease?.renew()
  if (!isLeaving) take(JSON.parse(line))
}

receiveLines(process.stdin, hear)
process.stdin.once('close', () => (endsAtOnce ? expire() : goOnAlone()))
// Whoever no longer reads is noticed by the end of the orders.
process.stdout.on('error', () => {})
// A Ctrl-C in the scheduler's terminal is for the scheduler.
process.on('SIGINT', () => {})
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, expire)
