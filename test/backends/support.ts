import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filter, firstValueFrom, ReplaySubject, scan } from 'rxjs'
import { onTestFinished, type TestContext } from 'vitest'
import type { JobSpec, RunEvent, Scheduler } from '../../src/index.ts'
import { Scheduler as SchedulerProcess } from '../resume/support.ts'
import type { Cluster } from './conformance.ts'

/** Whose end is meant: tests that run at the same time have to say it. */
export type EndOfTest = Pick<TestContext, 'onTestFinished'>

/** The end of the only test that runs. */
export const NOW: EndOfTest = { onTestFinished }

type Placed = Extract<RunEvent, { type: 'job.placed' }>

/** Hears a scheduler's events, and waits for them: also for those that have been. */
export function events(scheduler: Scheduler) {
  const seen$ = new ReplaySubject<RunEvent>()
  const placements = new Map<string, Placed>()
  const joined: string[] = []
  scheduler.events$.subscribe(event => {
    if (event.type === 'job.placed') placements.set(event.id, event)
    if (event.type === 'node.joined') joined.push(event.node.name)
    seen$.next(event)
  })
  const until = (is: (event: RunEvent) => boolean) => firstValueFrom(seen$.pipe(filter(is)))
  return {
    /** So many starts, also of the same job. */
    async started(count: number): Promise<void> {
      const starts$ = seen$.pipe(
        filter(({ type }) => type === 'job.started'),
        scan(n => n + 1, 0),
      )
      await firstValueFrom(starts$.pipe(filter(n => n >= count)))
    },
    startedJob: (id: string) => until(event => event.type === 'job.started' && event.id === id),
    /** A warning that has one of these in it. */
    warned: (...texts: readonly string[]) =>
      until(event => event.type === 'warning' && texts.some(text => event.message.includes(text))),
    placed: (id: string) => placements.get(id),
    /** Names of the nodes that have joined since the run began. */
    joined: (): readonly string[] => joined,
    nodeOf: (id: string) => placements.get(id)?.node ?? '',
  }
}

/** A scheduler in a process of its own, that can be killed. */
export function startProcess(
  run: Pick<Cluster, 'backend' | 'options' | 'env'> & {
    readonly runDir: string
    readonly jobs: readonly JobSpec[]
    readonly resume?: boolean
  },
  { onTestFinished }: EndOfTest = NOW,
) {
  const program = fileURLToPath(new URL('./programs/run.ts', import.meta.url))
  const { module, data } = run.backend
  const given = JSON.stringify({ ...run, backend: { module: module.href, data } })
  const child = spawn(process.execPath, [program, given], {
    env: { ...process.env, ...run.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const process_ = new SchedulerProcess(child)
  return {
    said: process_.said,
    closed: process_.closed,
    kill: () => process_.kill(),
    async says(...texts: readonly string[]): Promise<void> {
      for (const one of texts) await process_.says(one)
    },
    /** Status of each job, of those that have ended under this scheduler and before. */
    outcomes: (): Record<string, string> =>
      Object.fromEntries(
        linesOf(run.runDir, 'results.jsonl').map(line => {
          const { id, status } = JSON.parse(line)
          return [id, status]
        }),
      ),
  }
}

/** What stands in a file of a folder; nothing where it is not there. */
export function text(folder: string, name: string): string {
  const path = join(folder, name)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

export function linesOf(folder: string, name: string): string[] {
  return text(folder, name).split('\n').filter(Boolean)
}

/** The CPUs of a list such as `0-2,5`, ascending. */
export function allowedCpus(list = ''): number[] {
  return list.split(',').flatMap(part => {
    const [from = 0, to = from] = part.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })
}

/** Whether nobody holds a lock on a file. */
export function isFree(path: string): boolean {
  return spawnSync('flock', ['--nonblock', path, 'true']).status === 0
}
