import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sessionsOf } from '../../src/actors/command/processes.ts'
import { createMarkedSearch } from '../../src/actors/marked.ts'
import { isAlive } from '../actors/command/harness.ts'
import type { Desk, Scheduler } from '../resume/support.ts'

/** `worker`: one of the processes in which tasks run; `both`: with what watches over these. */
export type Victim = 'scheduler' | 'launcher' | 'both' | 'worker'

/** A campaign: how much, and what is killed. */
export interface Campaign {
  readonly jobs: number
  readonly kills: number
  readonly victims: readonly Victim[]
  /** Share of the jobs that are tasks, 0–1; the others are commands. */
  readonly tasks: number
  /** Draws a number in [0, 1). */
  readonly random: () => number
}

const OPTIONS = ['--reports', 'none', '--no-history', '--capacity', 'threads=4,ramGb=4']
/** Kills come about every other second: with jobs of this length there is enough to do for all of them. */
const LONGEST_JOB_S = 16
const MOST_JOB_S = 8
const LONGEST_PEACE_MS = 1500

/** Runs jobs while processes are killed again and again, and resumes until all have ended. Returns how many kills there were. */
export async function wage(desk: Desk, campaign: Campaign): Promise<number> {
  const { jobs, kills, victims, tasks, random } = campaign
  writeFileSync(desk.path('task.mjs'), TASK)
  const draw = (n: number) => {
    const seconds = random() * Math.min(LONGEST_JOB_S * (kills / jobs), MOST_JOB_S)
    return n < tasks * jobs ? task(n, seconds) : command(n, seconds)
  }
  const file = desk.jobs(Array.from({ length: jobs }, (_, n) => draw(n)))
  let scheduler = desk.start('run', ...OPTIONS, '--run-dir', 'run', file)
  for (let kill = 0; kill < kills; kill++) {
    const isOver = await Promise.race([
      scheduler.closed.then(() => true),
      wait(random() * LONGEST_PEACE_MS, false),
    ])
    if (isOver && isDone(desk, jobs)) return kill
    const victim = victims[Math.floor(random() * victims.length)] ?? 'scheduler'
    scheduler =
      victim === 'worker'
        ? strikeWorker(desk, scheduler, random)
        : await strike(desk, scheduler, victim, file)
  }
  await scheduler.closed
  if (!isDone(desk, jobs)) await desk.call('resume', ...OPTIONS, 'run')
  return kills
}

/** One of the tasks that run loses its process. */
function strikeWorker(desk: Desk, scheduler: Scheduler, random: () => number): Scheduler {
  const marks = readdirSync(desk.folder).filter(name => name.startsWith('running.'))
  const mark = marks[Math.floor(random() * marks.length)]
  const pid = mark === undefined ? 0 : Number(desk.text(mark))
  if (pid > 0) killNow(pid)
  return scheduler
}

async function strike(desk: Desk, scheduler: Scheduler, victim: string, file: string): Promise<Scheduler> {
  if (victim !== 'scheduler') for (const pid of desk.launchers()) killNow(pid)
  if (victim === 'both') for (const pid of desk.guardsOf(scheduler)) killNow(pid)
  if (victim === 'launcher') return scheduler
  await scheduler.kill()
  return desk.start('run', ...OPTIONS, '--run-dir', 'run', file)
}

/** Kills are no fault of the jobs: what is lost too often to be no failure is tried again. */
const RETRIES = 50

/** Appends a line to a file of its own when it starts and when it ends; says so where another one of it runs. */
function command(n: number, seconds: number): object {
  const command = `exec 9>>lock.${n}; flock -n 9 || { echo ${n} >> overlaps; exit 1; }
    echo start >> job.${n}; echo out; sleep ${seconds.toFixed(3)}; echo end >> job.${n}; echo done`
  return { id: `job${n}`, timeS: seconds + 0.01, retries: RETRIES, command }
}

/** The same as a task; each third leaves a process behind, in its own session or in another. */
function task(n: number, seconds: number): object {
  return { id: `job${n}`, timeS: seconds + 0.01, retries: RETRIES, task: './task.mjs', args: { n, seconds } }
}

const TASK = `
  import { spawn } from 'node:child_process'
  import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
  import { setTimeout } from 'node:timers/promises'
  export default async ({ n, seconds }) => {
    const mark = \`running.\${n}\`
    if (existsSync(mark) && isAlive(Number(readFileSync(mark, 'utf8')))) appendFileSync('overlaps', \`\${n}\\n\`)
    writeFileSync(mark, \`\${process.pid}\`)
    appendFileSync(\`job.\${n}\`, 'start\\n')
    console.log('out')
    if (n % 3 === 0) spawn('sleep', ['1000'], { detached: n % 2 === 0, stdio: 'ignore' })
    await setTimeout(seconds * 1000)
    appendFileSync(\`job.\${n}\`, 'end\\n')
    console.log('done')
    rmSync(mark)
  }
  // What was killed is there until init has reaped it.
  function isAlive(pid) {
    try {
      return pid !== process.pid && !/\\) [ZX] /.test(readFileSync(\`/proc/\${pid}/stat\`, 'utf8'))
    } catch {
      return false
    }
  }
`

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
  const marked = createMarkedSearch('LONGSHORE_RUN_DIR')(new Set([desk.runDir])).get(desk.runDir)
  const sessions = sessionsOf(marked ?? [])
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
