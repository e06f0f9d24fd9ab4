import {
  inline,
  type Job,
  type JobSpec,
  type NodeCapacity,
  type Outcome,
  type OutcomeStatus,
  type RunEvent,
  type RunReport,
  type Scheduler,
} from '../../src/index.ts'
import { events, text } from './support.ts'

type Placed = Extract<RunEvent, { type: 'job.placed' }>
type Expected = readonly [status: OutcomeStatus, spec: JobSpec]

/** What came of the jobs of one run. */
export interface Told {
  readonly runDir: string
  readonly report: RunReport
  /** How each job is to end. */
  readonly expected: Readonly<Record<string, OutcomeStatus>>
  readonly runsInline: boolean
  /** What was said to whoever added a job that can never fit, and a function; `null` where it was taken. */
  readonly refusals: { readonly huge: string | null; readonly function: string | null }
  outcome(id: string): Outcome
  /** Its last placement. */
  placed(id: string): Placed
  node(name: string): NodeCapacity | undefined
  /** The environment that a job has printed into its log. */
  log(id: string): { readonly env: Record<string, string> }
}

const TASKS = new URL('./tasks/', import.meta.url)
const result = (key: string, value: string): string => `echo "${key}=${value}" >> $LONGSHORE_OUTPUT`

/** One job for everything that a job is told, or may tell; and how it is to end. */
export function jobsThatAreTold(): readonly Expected[] {
  const short = { timeS: 1 }
  const task = (name: string) => new URL(`${name}.mjs`, TASKS).href
  const command = (id: string, command: string | readonly string[], more: object = {}) =>
    ({ id, command, ...short, ...more }) as JobSpec
  const cuda = result('cuda', '$CUDA_VISIBLE_DEVICES')
  const gpu = { gpus: 1, gpuRamGb: 1 }
  return [
    ['succeeded', command('env', 'env', { name: 'a name', threads: 1.5, env: { OWN: 'own value' } })],
    ['succeeded', command('logs', 'echo out; echo err >&2')],
    ['failed', command('exit', 'exit 7')],
    ['failed', command('signal', 'kill -USR1 $$')],
    ['failed', command('missing', ['no-such-program'])],
    ['succeeded', command('gpu-1', cuda, gpu)],
    ['succeeded', command('gpu-2', cuda, gpu)],
    ['succeeded', command('gpus', cuda, { gpus: 2 })],
    [
      'succeeded',
      command('pinned', result('cpus', '$(grep Cpus_allowed_list /proc/self/status | cut -f 2)'), {
        physicalCores: 1,
      }),
    ],
    [
      'succeeded',
      command(
        'reports',
        `${result('loss', '0.5')}; ${result('representative', 'false')}; ${result('progress', '0.5')}`,
      ),
    ],
    [
      'succeeded',
      command('flaky', `${result('attempt', '$LONGSHORE_ATTEMPT')}; [ $LONGSHORE_ATTEMPT = 2 ]`, {
        retries: 1,
      }),
    ],
    ['failed', command('slow', ['sleep', '60'], { timeoutS: 0.3 })],
    ['failed', command('stubborn', "trap '' TERM; while :; do sleep 0.1; done", { timeoutS: 0.3 })],
    ['cancelled', command('cancelled', HOLDS_A_LOCK)],
    [
      'succeeded',
      command('big', [process.execPath, '-e', 'const b = Buffer.alloc(2**28, 1); setTimeout(() => b, 2000)']),
    ],
    [
      'succeeded',
      {
        id: 'task',
        ...short,
        task: task('echoes'),
        args: {
          numbers: new Float64Array([1, 2.5]),
          map: new Map([['key', new Set([1])]]),
          date: new Date(0),
        },
      } as unknown as JobSpec,
    ],
    ['failed', { id: 'throws', ...short, task: task('throws') }],
    ['succeeded', { id: 'gpu-task', ...short, ...gpu, task: task('gpus') }],
    ['failed', { id: 'slow-task', ...short, task: task('sleeps'), timeoutS: 0.5 }],
  ]
}

/** The child keeps a file locked: as long as it lives, nobody else can lock it. */
const HOLDS_A_LOCK =
  'cd $LONGSHORE_JOB_DIR; flock lock sleep 60 & echo $! > child; echo ready=1 >> $LONGSHORE_OUTPUT; wait'

/** Runs them, and cancels the one that is to be cancelled once it has begun. */
export async function lookAt(
  { scheduler, runsInline }: { scheduler: Scheduler; runsInline: boolean },
  jobs: readonly Expected[],
  isPlayed: boolean,
): Promise<Told> {
  await using _ = scheduler
  const seen = events(scheduler)
  const refusals = {
    huge: refusalOf(scheduler, { id: 'huge', command: 'true', threads: 1e6 }),
    function: refusalOf(scheduler, { id: 'function', run: inline(() => 1) }),
  }
  scheduler.add(jobs.map(([, spec]) => spec) as (JobSpec | Job)[])
  const { runDir } = scheduler
  const run = scheduler.run()
  await seen.startedJob('cancelled')
  while (!isPlayed && text(runDir, 'jobs/cancelled/child') === '')
    await new Promise(done => setTimeout(done, 20))
  scheduler.cancel('cancelled')
  const report = await run
  const outcomes = new Map(report.outcomes.map(one => [one.id, one]))
  return {
    runDir,
    report,
    expected: {
      ...Object.fromEntries(jobs.map(([status, { id = '' }]) => [id, status])),
      ...(runsInline && { function: 'succeeded' }),
    },
    runsInline,
    refusals,
    outcome: id => found(outcomes.get(id), id),
    placed: id => found(seen.placed(id), id),
    node: name => report.nodes.find(node => node.name === name),
    log: id => ({ env: environment(text(runDir, `logs/${id}.out`)) }),
  }
}

function refusalOf(scheduler: Scheduler, job: JobSpec | Job): string | null {
  try {
    scheduler.add(job)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function found<T>(one: T | undefined, id: string): T {
  if (one === undefined) throw new Error(`nothing is known of ${id}`)
  return one
}

function environment(printed: string): Record<string, string> {
  const pairs = printed.split('\n').flatMap(line => {
    const at = line.indexOf('=')
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : []
  })
  return Object.fromEntries(pairs)
}
