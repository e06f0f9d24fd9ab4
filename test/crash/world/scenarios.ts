import fc from 'fast-check'
import { type AttemptPlan, type JobPlan, NO_MESSAGE_FAULTS, type Scenario } from './plan.ts'

const well = (durationS: number): AttemptPlan => ({ durationS, ends: 'well', endsOnTerm: true })
const badly = (durationS: number): AttemptPlan => ({ ...well(durationS), ends: 'badly' })
const outOfMemory = (durationS: number): AttemptPlan => ({ ...well(durationS), ends: 'outOfMemory' })
const never: AttemptPlan = { ...well(0), ends: 'never' }

function job(id: string, plan: Partial<JobPlan> = {}): JobPlan {
  return { id, kind: 'command', threads: 1, retries: 0, attempts: [well(3)], cancelAtS: null, ...plan }
}

function scenario(jobs: readonly JobPlan[], more: Partial<Scenario> = {}): Scenario {
  const quiet = { launcherDeathsS: [], nodeLossesS: [], evictionsS: [], messages: NO_MESSAGE_FAULTS }
  return { jobs, crashes: [], outageS: 4, goesOnBy: 'resume', ...quiet, ...more }
}

/** Small runs, in which every point is tried. */
export const SMALL: Readonly<Record<string, Scenario>> = {
  'commands that succeed, fail and are tried again': scenario([
    job('a', { retries: 1, attempts: [badly(2), well(3)] }),
    job('b', { threads: 2 }),
    job('c', { threads: 2, attempts: [badly(1)] }),
  ]),
  'a job file that is run again': scenario(
    [job('a', { threads: 3 }), job('b', { retries: 1, attempts: [badly(1)] })],
    {
      goesOnBy: 'file',
    },
  ),
  'a task beside a command': scenario([
    job('a', { kind: 'task', retries: 1, attempts: [badly(2), well(5)] }),
    job('b', { kind: 'task', threads: 3 }),
    job('c'),
  ]),
  'jobs that are cancelled while they run, and while they wait': scenario([
    job('a', { attempts: [never], cancelAtS: 2 }),
    job('b', { attempts: [{ ...never, endsOnTerm: false }], cancelAtS: 2 }),
    job('c', { threads: 3, cancelAtS: 2 }),
    job('d', { retries: 1, attempts: [badly(1), well(1)], cancelAtS: 12 }),
  ]),
  'a job over its time limit, and one that runs out of memory': scenario([
    job('a', { attempts: [never] }),
    job('b', { attempts: [outOfMemory(2), outOfMemory(2), well(2)] }),
  ]),
  'launchers that die': scenario([job('a', { attempts: [well(9)] }), job('b', { threads: 3 })], {
    launcherDeathsS: [4, 14],
  }),
  'a node that is lost and comes back': scenario(
    [job('a', { attempts: [well(9)] }), job('b', { kind: 'task' })],
    {
      nodeLossesS: [2],
    },
  ),
  'jobs that make room': scenario(
    [job('a', { attempts: [{ ...well(9), endsOnTerm: false }] }), job('b', { attempts: [well(9)] })],
    { evictionsS: [2, 3] },
  ),
  'messages that come late and twice': scenario(
    [job('a', { retries: 1, attempts: [badly(2), well(3)] }), job('b', { threads: 3 })],
    { messages: { seed: 3, twice: 0.6, lateS: 5 } },
  ),
}

/** A run that is small enough for all pairs of points. */
export const TWICE = scenario([
  job('a', { retries: 1, attempts: [badly(2), well(3)] }),
  job('b', { kind: 'task', threads: 3 }),
])

const attempt: fc.Arbitrary<AttemptPlan> = fc.record({
  durationS: fc.integer({ min: 0, max: 20 }),
  ends: fc.constantFrom('well', 'well', 'well', 'badly', 'badly', 'outOfMemory', 'never'),
  endsOnTerm: fc.boolean(),
})

const plan = fc.record({
  kind: fc.constantFrom('command', 'command', 'task'),
  threads: fc.constantFrom(0.5, 1, 1, 2, 3),
  retries: fc.nat(2),
  attempts: fc.array(attempt, { minLength: 1, maxLength: 3 }),
  cancelAtS: fc.option(fc.integer({ min: 0, max: 60 }), { freq: 5 }),
})

/** Runs of up to 12 jobs, of which anything may go wrong. Launchers and node are lost three times at most: then a job is given up. */
export const anyScenario: fc.Arbitrary<Scenario> = fc.record({
  jobs: fc
    .array(plan, { minLength: 1, maxLength: 12 })
    .map(plans => plans.map((one, n): JobPlan => ({ ...one, id: `job${n}` }))),
  crashes: fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 5 }),
  outageS: fc.constantFrom(0, 0.001, 1, 10, 200),
  goesOnBy: fc.constantFrom('resume', 'file'),
  launcherDeathsS: fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { maxLength: 1 }),
  evictionsS: fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { maxLength: 1 }),
  nodeLossesS: fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { maxLength: 1 }),
  messages: fc.record({
    seed: fc.nat(1000),
    twice: fc.constantFrom(0, 0, 0.2, 0.8),
    lateS: fc.constantFrom(0, 0, 0.01, 5),
  }),
})
