import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createTaskExecutor } from '../../../src/actors/task/executor.ts'
import type { TaskExecutorOptions } from '../../../src/actors/task/options.ts'
import type { Executor, ExecutorReport, Work } from '../../../src/executor.ts'
import type { Ending, Job, Placement, Run } from '../../../src/job.ts'

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'longshore-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** What a placed job is made of where it differs from the plainest one. */
export interface WorkOverrides {
  readonly id?: string
  readonly job?: Partial<Job>
  readonly placement?: Partial<Placement>
}

let count = 0

/** A placed job whose files lie in `runDir`. */
export function placed(runDir: string, run: Run, { id, job, placement }: WorkOverrides = {}): Work {
  count += 1
  const jobId = id ?? `job-${count}`
  const request = { threads: 1, ramGb: 0, gpus: 0, gpuShare: 1, gpuRamGb: 0, physicalCores: 0, resources: {} }
  const rest = { request, timeS: null, priority: 0, retries: 0, timeoutS: null, env: {}, cwd: null }
  const place = { node: 'local', threads: 1, ramGb: 0.05, cores: [], cpus: [], gpus: [] }
  const jobDir = join(runDir, 'jobs', jobId)
  const log = join(runDir, 'logs', jobId)
  return {
    job: { id: jobId, name: `name of ${jobId}`, group: 'group', run, ...rest, ...job },
    placement: { id: `${jobId}#1`, jobId, attempt: 1, ...place, ...placement },
    paths: { runDir, jobDir, output: join(jobDir, 'output'), stdout: `${log}.out`, stderr: `${log}.err` },
  }
}

/** A job that was started: what was told of it so far, and promises of what is to come. */
export interface Started {
  readonly work: Work
  readonly reports: readonly ExecutorReport[]
  readonly started: Promise<{ readonly at: number; readonly pid: number | null }>
  readonly progressed: Promise<number>
  readonly ending: Promise<Ending>
}

export function startOn(executor: Executor, work: Work): Started {
  const reports: ExecutorReport[] = []
  const started = Promise.withResolvers<{ at: number; pid: number | null }>()
  const progressed = Promise.withResolvers<number>()
  const ending = Promise.withResolvers<Ending>()
  executor.start(work, report => {
    reports.push(report)
    if (report.type === 'job.started') started.resolve(report)
    else if (report.type === 'job.progressed') progressed.resolve(report.fraction)
    else ending.resolve(report.ending)
  })
  return { work, reports, started: started.promise, progressed: progressed.promise, ending: ending.promise }
}

/** A task executor that is closed at the test's end, and the folder of its run. */
export async function taskBench(options: Partial<TaskExecutorOptions> = {}) {
  const folder = await temporaryFolder()
  const executor = createTaskExecutor({ now: Date.now, ...options })
  onTestFinished(() => executor.close())
  let modules = 0
  const module = async (source: string): Promise<string> => {
    modules += 1
    const path = join(folder, `task-${modules}.ts`)
    await writeFile(path, source)
    return path
  }
  const start = (path: string, args?: unknown, overrides?: WorkOverrides): Started =>
    startOn(executor, placed(folder, { kind: 'task', module: path, args }, overrides))
  return {
    folder,
    executor,
    /** Writes a task's module and returns its path. */
    module,
    start,
    /** Writes a module and runs it once. */
    run: async (source: string, args?: unknown, overrides?: WorkOverrides): Promise<Ending> =>
      start(await module(source), args, overrides).ending,
  }
}

/** Does this process run? One that has ended and waits to be reaped, here perhaps for ever, does not. */
export function isAlive(pid: number): boolean {
  if (process.platform === 'linux') return /^State:\s+[^ZX]/m.test(readStatus(pid))
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
