import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  type CommandExecutor,
  type CommandExecutorOptions,
  createCommandExecutor,
} from '../../../src/actors/command/executor.ts'
import type { Executor, ExecutorReport, Work } from '../../../src/executor.ts'
import type { Ending, Job, Placement } from '../../../src/job.ts'

/** What a test wants of a command; all else is a default. */
export interface CommandWish extends Partial<Omit<Job, 'run' | 'request'>>, Partial<Omit<Placement, 'id'>> {
  readonly command: string | readonly string[]
}

/** A command that was handed to the executor. */
export interface Attempt {
  readonly work: Work
  readonly reports: readonly ExecutorReport[]
  /** Resolves with its pid. */
  readonly started: Promise<number>
  readonly exited: Promise<Ending>
  /** Resolves at the first progress. */
  readonly progressed: Promise<number>
  stdout(): string
  stderr(): string
}

/** An executor with a run's folder of its own; both are gone when the test has ended. */
export function commandExecutor(options: Partial<CommandExecutorOptions> = {}): {
  readonly executor: CommandExecutor
  readonly runDir: string
  run(wish: CommandWish): Attempt
} {
  const executor = createCommandExecutor({ now: () => 42, graceS: 0.2, ...options })
  const runDir = mkdtempSync(join(tmpdir(), 'longshore-command-'))
  let count = 0
  onTestFinished(async () => {
    await executor.close()
    rmSync(runDir, { recursive: true, force: true })
  })
  return { executor, runDir, run: wish => startIn(executor, workOf(wish, runDir, `job-${++count}`)) }
}

/** A new folder that is removed after the test. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'longshore-folder-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Hands work to an executor. */
export function startIn(executor: Executor, work: Work): Attempt {
  const reports: ExecutorReport[] = []
  const started = Promise.withResolvers<number>()
  const progressed = Promise.withResolvers<number>()
  const exited = Promise.withResolvers<Ending>()
  executor.start(work, report => {
    reports.push(report)
    if (report.type === 'job.started') started.resolve(report.pid ?? 0)
    else if (report.type === 'job.progressed') progressed.resolve(report.fraction)
    else exited.resolve(report.ending)
  })
  return {
    work,
    reports,
    started: started.promise,
    progressed: progressed.promise,
    exited: exited.promise,
    stdout: () => readFileSync(work.paths.stdout, 'utf8'),
    stderr: () => readFileSync(work.paths.stderr, 'utf8'),
  }
}

/** Work as the scheduler hands it over. */
export function workOf(wish: CommandWish, runDir: string, fallbackId = 'job'): Work {
  const { command, ...rest } = wish
  const { id = fallbackId, attempt = 1, threads = 1, ramGb = 0, cores = [], cpus = [], gpus = [] } = rest
  const { name = 'a job', group = 'a group', node = 'local', env = {}, cwd = null } = rest
  const request = { threads, ramGb, gpus: 0, gpuShare: 1, gpuRamGb: 0, physicalCores: 0, resources: {} }
  const jobDir = join(runDir, 'jobs', id)
  const log = join(runDir, 'logs', id)
  return {
    job: {
      id,
      name,
      group,
      run: { kind: 'command', command },
      request,
      timeS: null,
      priority: 0,
      retries: 0,
      timeoutS: null,
      env,
      cwd,
    },
    placement: { id: `${id}#${attempt}`, jobId: id, attempt, node, threads, ramGb, cores, cpus, gpus },
    paths: { runDir, jobDir, output: join(jobDir, 'output'), stdout: `${log}.out`, stderr: `${log}.err` },
  }
}

/** Variables of an `env` that was printed. */
export function printedVariables(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .trimEnd()
      .split('\n')
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

/** True while a process lives; a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** The process that started `pid`. */
export function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
