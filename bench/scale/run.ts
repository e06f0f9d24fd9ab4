/** Measures one size in a process of its own: `node run.ts JOBS.jsonl POLICY ENDS NODES`; ends after ENDS jobs have ended. */
import { setImmediate } from 'node:timers/promises'
import { readAllJobs } from '../../src/jobfile/index.ts'
import { balancedReserve, longestFirst } from '../../src/machines/placement/rulePolicy.ts'
import type { NodeCapacity } from '../../src/node.ts'
import { Intake } from '../../src/run/intake.ts'
import { NO_JOURNAL } from '../../src/run/journal.ts'
import { NO_FIXED_RAM } from '../../src/simulator/noFixedRam.ts'
import { simulateSystem } from '../../src/simulator/system.ts'
import type { Measured } from './measured.ts'
import { PassTimer } from './passTimer.ts'
import { beginStage, threadCpuMs } from './stage.ts'

const [file = '', policyName, ends = '0', nodeCount = '16'] = process.argv.slice(2)

/** The node that is lost at the end is so many times as large as the others: some 500 jobs run on it. */
const LARGE = 26

const nodes: NodeCapacity[] = Array.from({ length: Number(nodeCount) }, (_, i) => nodeOf(i))
if (nodes.length > 16) nodes.push(nodeOf(nodes.length, LARGE))

function nodeOf(i: number, times = 1): NodeCapacity {
  return {
    name: `node${i}`,
    threads: 64 * times,
    ramGb: 256 * times,
    cores: [],
    gpus: Array.from({ length: 4 }, (_, gpu) => ({ id: `${gpu}`, name: 'GPU', ramGb: 24 })),
    resources: {},
  }
}

const timer = new PassTimer()
const policy = timer.around(policyName === 'longest-first' ? longestFirst() : balancedReserve())
const system = simulateSystem({ nodes, policy, keepEvents: false })
timer.watch(system.state())
const count = { placed: 0, ended: 0 }
system.events$.subscribe(({ type }) => {
  if (type === 'job.placed') count.placed++
  if (type === 'job.ended') count.ended++
})

async function load(): Promise<Pick<Measured, 'jobs' | 'read' | 'add'>> {
  const readStage = beginStage()
  const jobs = await readAllJobs([file])
  const read = readStage()
  const addStage = beginStage()
  const backend = { name: 'simulator', runsInline: true }
  const parts = { system, backend, journal: NO_JOURNAL, resumption: null, history: null }
  await new Intake({ ...parts, fixedRam: NO_FIXED_RAM, retries: 0 }).addAll(jobs, () => {})
  return { jobs: jobs.length, read, add: addStage() }
}

/** Until the first job ends. */
async function fill(): Promise<Measured['fill']> {
  const stage = beginStage()
  system.start()
  system.clock.settle()
  await setImmediate()
  while (system.clock.now() === 0 && system.clock.step()) await setImmediate()
  return { ...stage(), placed: count.placed }
}

async function goOn(): Promise<Measured['steady']> {
  const [placedBefore, endedBefore] = [count.placed, count.ended]
  timer.reset()
  const stage = beginStage()
  while (count.ended - endedBefore < Number(ends) && system.clock.step()) await setImmediate()
  const measured = stage()
  const placed = count.placed - placedBefore
  const jobUs = (1e6 * measured.cpuS) / (count.ended - endedBefore)
  return { ...measured, placed, jobUs, ...timer.figures(placed) }
}

/** A node dies: its jobs wait again, and find other places as these get free. */
async function lose(): Promise<Measured['lost']> {
  const node = nodes.at(-1)?.name ?? ''
  const running = system.state().live.on(node).size
  const stage = beginStage()
  const before = threadCpuMs()
  system.actor.send({ type: 'node.lose', node })
  const handledMs = threadCpuMs() - before
  system.clock.settle()
  await setImmediate()
  return { ...stage(), running, handledMs }
}

const loaded = await load()
const filled = await fill()
const steady = await goOn()
const lost = await lose()
const peakRssGb = process.resourceUsage().maxRSS / 2 ** 20
console.log(JSON.stringify({ ...loaded, fill: filled, steady, lost, peakRssGb } satisfies Measured))
