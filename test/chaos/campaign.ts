import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sessionsByVariable } from '../../src/actors/command/processes.ts'
import { isAlive } from '../actors/command/harness.ts'
import type { Desk, Scheduler } from '../resume/support.ts'

/** A campaign: how much, and what is killed. */
export interface Campaign {
  readonly jobs: number
  readonly kills: number
  readonly victims: readonly ('scheduler' | 'launcher' | 'both')[]
  /** Draws a number in [0, 1). */
  readonly random: () => number
}

const OPTIONS = ['--reports', 'none', '--no-history', '--capacity', 'threads=4,ramGb=4']
const LONGEST_JOB_S = 0.6
const LONGEST_PEACE_MS = 1500

/** Runs jobs while schedulers and launchers are killed again and again, and resumes until all have ended. */
export async function wage(desk: Desk, { jobs, kills, victims, random }: Campaign): Promise<void> {
  const file = desk.jobs(Array.from({ length: jobs }, (_, n) => job(n, random() * LONGEST_JOB_S)))
  let scheduler = desk.start('run', ...OPTIONS, '--run-dir', 'run', file)
  for (let kill = 0; kill < kills; kill++) {
    const isOver = await Promise.race([
      scheduler.closed.then(() => true),
      wait(random() * LONGEST_PEACE_MS, false),
    ])
    if (isOver && isDone(desk, jobs)) return
    const victim = victims[Math.floor(random() * victims.length)] ?? 'scheduler'
    scheduler = await strike(desk, scheduler, victim, file)
  }
  await scheduler.closed
  if (!isDone(desk, jobs)) await desk.call('resume', ...OPTIONS, 'run')
}

async function strike(desk: Desk, scheduler: Scheduler, victim: string, file: string): Promise<Scheduler> {
  if (victim !== 'scheduler') for (const pid of desk.launchers()) killNow(pid)
  if (victim === 'launcher') return scheduler
  await scheduler.kill()
  return desk.start('run', ...OPTIONS, '--run-dir', 'run', file)
}

/** Appends a line to a file of its own when it starts and when it ends; says so where another one of it runs. */
function job(n: number, seconds: number): object {
  const command = `exec 9>>lock.${n}; flock -n 9 || { echo ${n} >> overlaps; exit 1; }
    echo start >> job.${n}; echo out; sleep ${seconds.toFixed(3)}; echo end >> job.${n}; echo done`
  return { id: `job${n}`, timeS: seconds + 0.01, command }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It had ended.
  }
}

function isDone(desk: Desk, jobs: number): boolean {
  return existsSync(join(desk.runDir, 'journal.sqlite')) && Object.keys(desk.statuses()).length === jobs
}

/** What a campaign has come to. */
export interface Toll {
  /** Jobs that have not exactly one outcome in the journal, or not success. */
  readonly notOnce: readonly string[]
  /** How often each job has started, and how often it has come to its end. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  readonly overlaps: string
  /** Processes of the run that live still. */
  readonly left: readonly number[]
  /** Whether each line of each log is one that its job wrote. */
  readonly logsAreWhole: boolean
}

export function count(desk: Desk, jobs: number): Toll {
  const statuses = desk.statuses()
  const ids = Array.from({ length: jobs }, (_, n) => `job${n}`)
  const lines = (n: number, what: string) =>
    desk
      .text(`job.${n}`)
      .split('\n')
      .filter(line => line === what).length
  const sessions = sessionsByVariable('LONGSHORE_RUN_DIR', new Set([desk.runDir])).get(desk.runDir)
  const logs = readdirSync(join(desk.runDir, 'logs')).map(name =>
    readFileSync(join(desk.runDir, 'logs', name), 'utf8'),
  )
  return {
    notOnce: ids.filter(id => statuses[id]?.join() !== 'succeeded'),
    starts: ids.map((_, n) => lines(n, 'start')),
    ends: ids.map((_, n) => lines(n, 'end')),
    overlaps: desk.text('overlaps'),
    left: [...(sessions ?? []), ...desk.launchers()].filter(isAlive),
    logsAreWhole: logs.every(text => /^((out\n)+(done\n)?)*$/.test(text)),
  }
}
