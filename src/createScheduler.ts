import { systemClock } from './actors/clock.ts'
import { createCommandExecutor } from './actors/command/executor.ts'
import { History } from './actors/history/history.ts'
import { createInlineExecutor } from './actors/inline.ts'
import { launcherFolder, pathsOf } from './actors/record/folder.ts'
import { mendResults } from './actors/record/mend.ts'
import { createThreadSearcher } from './actors/search/searcher.ts'
import { createTaskExecutor } from './actors/task/executor.ts'
import type { Clock } from './clock.ts'
import { operate } from './control/operations.ts'
import { historyPathOf } from './historyPath.ts'
import { LocalScheduler } from './localScheduler.ts'
import { createLearningEstimator } from './machines/estimate/learning.ts'
import { openRun } from './openRun.ts'
import { checkOptions, type SchedulerOptions } from './options.ts'
import { policyOf } from './policyOf.ts'
import { type Resumption, takeOver } from './resumption.ts'
import { createRunJournal, NO_JOURNAL, type RunJournal } from './runJournal.ts'
import type { Scheduler } from './scheduler.ts'
import { createSystem } from './system.ts'
import { lookAtThisMachine } from './thisMachine.ts'
import { Warnings } from './warnings.ts'
import { watchMemory } from './watchMemory.ts'

/**
 * Makes a scheduler for this machine. Resolves when the machine has been probed: what `add` refuses is then known.
 * Throws an `InvalidOptionsError` when an option is wrong or the folder of the run cannot be made.
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
  const { totalGb, fixedRam, ...seen } = await lookAtThisMachine(options)
  const warnings = new Warnings(seen.warnings)
  const { runDir, journal, before } = openRun(options, clock)
  const executors = {
    command: createCommandExecutor({
      now: clock.now,
      mayStart: () => journal?.commit() ?? true,
      withheld: placementIds => withdraw(placementIds),
      ...(journal && { folder: launcherFolder(runDir) }),
    }),
    task: createTaskExecutor({
      now: clock.now,
      ...(options.workerRamFactor !== undefined && { ramGrowthFactor: options.workerRamFactor }),
    }),
    inline: createInlineExecutor({ now: clock.now }),
  }
  const { resumption, node: capacity } = before
    ? await takeOver({
        before,
        runDir,
        commands: executors.command,
        node: seen.capacity,
        fixedRam,
        all: options.resume === true,
      }).catch(error => {
        journal?.close()
        throw error
      })
    : { resumption: null, node: seen.capacity }
  if (resumption) mendFolder(runDir, resumption, warnings)
  const estimator = createLearningEstimator()
  const history = openHistory(options, clock, warnings)
  estimator.remember(history?.groups() ?? [])
  const system = createSystem({
    clock,
    defer: queueMicrotask,
    work: (job, placement) => ({ job, placement, paths: pathsOf(runDir, placement) }),
    policy: policyOf(options),
    searcher: createThreadSearcher(),
    estimator,
    graceS: options.graceS ?? 10,
    retryDelayS: options.retryDelayS ?? 1,
    oomRetries: options.oomRetries ?? 3,
    ...(inspector && { inspect: inspector.inspect }),
  })
  const withdraw = (placementIds: readonly string[]): void => {
    for (const id of placementIds) journal?.withdrawn(id)
    system.actor.send({ type: 'placements.withdraw', placementIds })
  }
  journal?.tell({
    settled: executors.command.acknowledge,
    broken(why) {
      system.actor.send({ type: 'scheduler.drain' })
      const message = `${why}. No more jobs are started, and what runs is let finish; then: longshore resume ${runDir}`
      system.tell({ type: 'warning', at: clock.now(), message })
    },
    mended: () =>
      system.tell({ type: 'warning', at: clock.now(), message: 'the journal can be written again' }),
  })
  system.join(capacity, executors)
  const memory = watchMemory({
    system,
    executors,
    clock,
    capacity,
    totalGb,
    killFactor: options.ramKillFactor ?? null,
  })
  // What is said while a report is on the screen goes through it.
  if ((options.reports ?? 'none') !== 'none') {
    notices.to(message => system.tell({ type: 'warning', at: clock.now(), message }))
  }
  const runJournal = journal ? createRunJournal(journal) : NO_JOURNAL
  const control = await openControl(runDir, runJournal, clock.now(), () => scheduler, warnings)
  const scheduler: Scheduler = new LocalScheduler({
    system,
    clock,
    executors,
    fixedRam,
    runDir,
    memory,
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
function mendFolder(runDir: string, { ended }: Resumption, warnings: Warnings): void {
  try {
    mendResults(
      runDir,
      ended.map(({ outcome }) => outcome),
    )
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
