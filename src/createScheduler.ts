import { rmSync } from 'node:fs'
import { systemClock } from './actors/clock.ts'
import { isFenced } from './actors/command/executor.ts'
import { History } from './actors/history/history.ts'
import { pathsOf, removeUnusedRunFolder } from './actors/record/folder.ts'
import { mendResults } from './actors/record/mend.ts'
import { createThreadSearcher } from './actors/search/searcher.ts'
import type { Backend } from './backends/backend.ts'
import { checkBelonging } from './backends/belonging.ts'
import { backendFor } from './backends/named.ts'
import type { Clock } from './clock.ts'
import { operate } from './control/operations.ts'
import { InvalidOptionsError } from './errors.ts'
import { createLearningEstimator } from './machines/estimate/learning.ts'
import { checkOptions, type SchedulerOptions } from './options.ts'
import { historyPathOf } from './run/historyPath.ts'
import { createRunJournal, NO_JOURNAL, type RunJournal } from './run/journal.ts'
import { LocalScheduler } from './run/localScheduler.ts'
import { RunNodes } from './run/nodes.ts'
import { type OpenRun, openRun } from './run/open.ts'
import { policyOf } from './run/policyOf.ts'
import { openOutputs, type Resumption, takeOver } from './run/resumption.ts'
import { Warnings } from './run/warnings.ts'
import type { Scheduler } from './scheduler.ts'
import { createSystem } from './system.ts'

/**
 * Makes a scheduler for this machine, or for those that another backend brings. Resolves when the first nodes have been
 * probed: what `add` refuses is then known. Throws an `InvalidOptionsError` when an option is wrong or the folder of the
 * run cannot be made, a `LongshoreError` where the backend finds no nodes.
 *
 * ```ts
 * await using scheduler = await createScheduler({ maxThreads: 16 })
 * scheduler.add({ command: ['python', 'fit.py'], threads: 2, ramGb: 4, timeS: 30 })
 * const report = await scheduler.run()
 * ```
 */
export async function createScheduler(options: SchedulerOptions = {}): Promise<Scheduler> {
  checkOptions(options)
  const clock = options.clock ?? systemClock
  const notices = createNotices()
  const inspector = options.inspect ? await startInspector(notices.say) : null
  const warnings = new Warnings()
  const backend = await backendFor(options.backend)
  const { runDir, journal, before } = openRun(options, clock)
  const open = openOutputs(before ?? { jobs: [] }, runDir)
  const nodes = new RunNodes({ options, runDir, clock, journal, isResumed: before !== null, open, warnings })
  await openOn(backend, nodes).catch(error => {
    forgetRun({ runDir, journal, before })
    throw error
  })
  const { fixedRam } = nodes
  const { resumption, capacities, gone } = before
    ? takeOver({ before, runDir, nodes: nodes.all, fixedRam, all: options.resume === true })
    : { resumption: null, capacities: new Map(), gone: [] }
  if (resumption) mendFolder(runDir, resumption, warnings)
  journal?.ended((resumption?.settled ?? []).map(({ outcome }) => outcome))
  // What is fenced is to stay so: whoever was cut off there may come back.
  for (const folder of gone) if (!isFenced(folder)) rmSync(folder, { recursive: true, force: true })
  backend.acknowledge(resumption?.evicted ?? [])
  const estimator = createLearningEstimator()
  const history = openHistory(options, clock, warnings)
  estimator.remember(history?.groups() ?? [])
  const runJournal = journal ? createRunJournal(journal) : NO_JOURNAL
  const system = createSystem({
    clock,
    defer: queueMicrotask,
    endOfTurn: setImmediate,
    work: (job, placement) => ({ job, placement, paths: pathsOf(runDir, placement) }),
    keep: outcomes => runJournal.keep(outcomes),
    policy: policyOf(options),
    searcher: createThreadSearcher(),
    estimator,
    graceS: options.graceS ?? 10,
    retryDelayS: options.retryDelayS ?? 1,
    oomRetries: options.oomRetries ?? 3,
    ...(inspector && { inspect: inspector.inspect }),
  })
  journal?.tell({
    settled: placementIds => backend.acknowledge(placementIds),
    broken: why => nodes.blocked(why),
    mended: () =>
      system.tell({ type: 'warning', at: clock.now(), message: 'the journal can be written again' }),
  })
  nodes.enter(system, capacities)
  // What is said while a report is on the screen goes through it.
  if ((options.reports ?? 'none') !== 'none') {
    notices.to(message => system.tell({ type: 'warning', at: clock.now(), message }))
  }
  const control = await openControl(runDir, runJournal, clock.now(), () => scheduler, warnings)
  const scheduler: Scheduler = new LocalScheduler({
    system,
    clock,
    backend,
    nodes,
    runDir,
    journal: runJournal,
    control,
    resumption,
    history,
    inspector,
    warnings,
    options,
  })
  return scheduler
}

const NO_CONTROL = { close: async () => {} }

/** Commands that still run are found by the backend alone that has started them. */
async function openOn(backend: Backend, nodes: RunNodes): Promise<void> {
  checkBelonging(backend, nodes)
  if (nodes.options.enforce !== undefined && !backend.runsInline) {
    const message = `RAM can be enforced on this machine only (--backend local), not by way of ${backend.name}`
    throw new InvalidOptionsError([{ where: 'enforce', message }])
  }
  await backend.open(nodes)
}

/** Nothing could be begun: of a new run nothing stays. */
function forgetRun({ runDir, journal, before }: OpenRun): void {
  journal?.close()
  if (before) return
  journal?.remove()
  removeUnusedRunFolder(runDir)
}

/** A run goes on also where it cannot be asked from outside. One without a journal has no folder that is its own. */
async function openControl(
  runDir: string,
  journal: RunJournal,
  since: number,
  scheduler: () => Scheduler,
  warnings: Warnings,
) {
  if (journal === NO_JOURNAL) return NO_CONTROL
  try {
    const { serveControl } = await import('./control/server.ts')
    return await serveControl(runDir, request => operate(scheduler(), request, { since, journal }))
  } catch (error) {
    warnings.say(
      `no other terminal can reach this run: ${error instanceof Error ? error.message : String(error)}`,
    )
    return NO_CONTROL
  }
}

/** A run is gone on with although its results cannot be brought up to date. */
function mendFolder(runDir: string, resumption: Resumption, warnings: Warnings): void {
  try {
    const outcomes = resumption.ended.map(({ outcome }) => outcome)
    mendResults(runDir, outcomes, id => resumption.hasJob(id))
  } catch (error) {
    warnings.say(`cannot write results.jsonl: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function openHistory(options: SchedulerOptions, clock: Clock, warnings: Warnings): History | null {
  const path = historyPathOf(options)
  return path === null ? null : new History({ path, clock, warn: message => warnings.say(message) })
}

async function startInspector(say: (line: string) => void) {
  const { createInspector } = await import('./actors/inspector.ts')
  return createInspector({ say })
}

/** Lines for people: to standard error, until somebody else takes them. */
function createNotices() {
  let take = (line: string): void => void process.stderr.write(`${line}\n`)
  return {
    say: (line: string): void => take(line),
    to(taker: (line: string) => void): void {
      take = taker
    },
  }
}
