import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { environmentOf, longshoreRun } from './longshore.ts'
import { LONGSHORE } from './places.ts'
import { cpuTimeS, familyOf, type Process } from './procfs.ts'
import { ended } from './timeProcess.ts'

/** Jobs that only sleep, while it is looked at what the scheduler does meanwhile. */
export interface Sleepers {
  readonly count: number
  /** Under a pseudo-terminal with its live view; else without reports. */
  readonly live: boolean
  readonly folder: string
}

/** Per cent of one core, over ten seconds in which nothing starts or ends. */
export interface Shares {
  readonly scheduler: number
  /** All launchers together: they take the samples of RAM. */
  readonly launchers: number
}

const SLEEP_S = 30
/** A command is young for a second, and is sampled more often. */
const SETTLE_MS = 3000
const WINDOW_MS = 10_000
const LONGEST_START_MS = 15_000

/** Starts the sleepers, waits until all of them sleep, measures, and ends them. */
export async function measureSleepers(sleepers: Sleepers): Promise<Shares> {
  const shell = start(sleepers)
  const over = ended(shell)
  try {
    await allAsleep(shell, sleepers.count)
    await wait(SETTLE_MS)
    return await measure(shell)
  } finally {
    await stop(shell, over)
  }
}

function start({ count, live, folder }: Sleepers): ChildProcess {
  const file = join(folder, `sleep-${count}.jsonl`)
  const job = { command: ['sleep', String(SLEEP_S)], timeS: SLEEP_S }
  writeFileSync(file, `${JSON.stringify(job)}\n`.repeat(count))
  const reports = live ? 'live' : 'none'
  const run = longshoreRun(folder, '--capacity', `threads=${count}`, '--reports', reports, file)
  const words = live ? inTerminal(run) : run
  return spawn(words[0] ?? '', words.slice(1), { env: environmentOf('built'), stdio: 'ignore' })
}

/** `script` of util-linux gives a program a pseudo-terminal. */
function inTerminal(words: readonly string[]): string[] {
  const quoted = words.map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  return ['script', '-qefc', `stty rows 40 cols 120; exec ${quoted}`, '/dev/null']
}

async function allAsleep(shell: ChildProcess, count: number): Promise<void> {
  const deadline = performance.now() + LONGEST_START_MS
  for (;;) {
    const asleep = family(shell).filter(({ argv }) => argv[0] === 'sleep').length
    if (asleep === count) return
    if (shell.exitCode !== null) throw new Error(`longshore ended early, with ${shell.exitCode}`)
    if (performance.now() > deadline) throw new Error(`only ${asleep} of ${count} jobs sleep after 15 s`)
    await wait(100)
  }
}

async function measure(shell: ChildProcess): Promise<Shares> {
  const scheduler = family(shell).filter(isScheduler)
  const launchers = family(shell).filter(isLauncher)
  if (scheduler.length !== 1 || launchers.length === 0) throw new Error('its processes were not found')
  const [schedulerS, launchersS, start] = [cpuOf(scheduler), cpuOf(launchers), performance.now()]
  await wait(WINDOW_MS)
  const seconds = (performance.now() - start) / 1000
  return {
    scheduler: (100 * (cpuOf(scheduler) - schedulerS)) / seconds,
    launchers: (100 * (cpuOf(launchers) - launchersS)) / seconds,
  }
}

function family({ pid = 0 }: ChildProcess): Process[] {
  return familyOf(pid)
}

function isScheduler({ argv }: Process): boolean {
  return argv[1] === LONGSHORE
}

function isLauncher({ argv }: Process): boolean {
  return argv.some(word => /launcher\.[jt]s$/.test(word))
}

function cpuOf(processes: readonly Process[]): number {
  return processes.reduce((total, { pid }) => total + cpuTimeS(pid), 0)
}

/** As a person would: Ctrl-C twice. */
async function stop(shell: ChildProcess, over: Promise<unknown>): Promise<void> {
  for (let count = 0; count < 2 && shell.exitCode === null; count++) {
    for (const { pid } of family(shell).filter(isScheduler)) process.kill(pid, 'SIGINT')
    await Promise.race([over, wait(300)])
  }
  await over
}
