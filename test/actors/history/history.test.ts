import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../src/actors/clock.ts'
import { History } from '../../../src/actors/history/history.ts'
import { Lessons } from '../../../src/actors/history/lessons.ts'
import { SCHEMA_VERSION } from '../../../src/actors/history/schema.ts'
import { HistoryStore } from '../../../src/actors/history/store.ts'
import { openDatabase } from '../../../src/actors/sqlite.ts'
import type { Clock } from '../../../src/clock.ts'
import type { Job } from '../../../src/job.ts'
import { createLearningEstimator } from '../../../src/machines/estimate/learning.ts'
import { buildJob, SimulatedClock } from '../../../src/testing/index.ts'

const TEACH = fileURLToPath(new URL('./support/teach.ts', import.meta.url))

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'longshore-history-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'runs', 'history.sqlite')
}

function open(path: string, clock: Clock = systemClock): { history: History; warnings: string[] } {
  const warnings: string[] = []
  return { history: new History({ path, clock, warn: message => warnings.push(message) }), warnings }
}

function fit(seed: number, some: Partial<Job> = {}): Job {
  return buildJob({
    id: `fit${seed}`,
    group: 'fit',
    run: { kind: 'command', command: ['fit', `${seed}`] },
    ...some,
  })
}

/** A run that does nothing but teach these durations. */
function teach(path: string, lessons: readonly (readonly [Job, number])[]): void {
  const { history, warnings } = open(path)
  for (const [job, durationS] of lessons)
    history.note(job, { status: 'succeeded', representative: true, durationS })
  history.close()
  expect(warnings).toEqual([])
}

describe('what one run has taught', () => {
  it('is known to the next: of the same job what it took, of a group how it compares with what is said', () => {
    const path = newFile()
    teach(
      path,
      Array.from({ length: 20 }, (_, i) => [fit(i), 40]),
    )
    const { history } = open(path)
    expect(history.recall(fit(3, { timeS: null })).earlierS).toBeCloseTo(40, 9)
    expect(history.recall(fit(99))).not.toHaveProperty('earlierS')
    expect(history.recall(buildJob({ id: 'other', group: 'other' }))).not.toHaveProperty('earlierS')
    expect(history.use).toEqual({ path, jobs: 1, groups: 1 })
    const estimator = createLearningEstimator()
    estimator.remember(history.groups())
    expect(estimator.predict({ group: 'fit', timeS: 10 }).seconds).toBeGreaterThan(35)
    expect(estimator.predict({ group: 'fit', timeS: null })).toMatchObject({ guess: false })
    history.close()
  })

  it('is read by nobody else, and leaves one file behind', () => {
    const path = newFile()
    teach(path, [[fit(1), 40]])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
    expect(existsSync(`${path}-wal`)).toBe(false)
  })

  it('counts the less, the more runs came after it', () => {
    const path = newFile()
    for (const durationS of [10, 40]) teach(path, [[fit(1), durationS]])
    expect(secondsOf(path, fit(1))).toBeCloseTo(20, 9)
    for (let run = 0; run < 20; run++) teach(path, [[fit(1), 40]])
    expect(secondsOf(path, fit(1))).toBeGreaterThan(39)
  })

  it('counts as 64 jobs of a group at most, as soon as another run teaches of it', () => {
    const path = newFile()
    teach(
      path,
      Array.from({ length: 200 }, (_, i) => [fit(i), 40]),
    )
    expect(groupsOf(path)[0]?.given.weight).toBeCloseTo(200, 9)
    teach(path, [[fit(1), 40]])
    const [group] = groupsOf(path)
    expect(group?.given.weight).toBeCloseTo(65, 9)
    expect(group?.nothing.weight).toBeCloseTo(65, 9)
    expect((group?.given.d ?? 0) / (group?.given.weight ?? 1)).toBeCloseTo(Math.log(4), 9)
  })

  it('is forgotten where there is too much of it, the oldest first', () => {
    const store = new HistoryStore(newFile())
    for (let at = 0; at < 5; at++) {
      const lessons = new Lessons()
      lessons.add(fit(at, { group: `g${at}` }), { durationS: 1 })
      store.write(lessons, at)
    }
    store.prune({ jobs: 3, groups: 2 })
    expect(store.groups().map(({ group }) => group)).toEqual(['g3', 'g4'])
    store.close()
  })

  it('is nothing where jobs failed, were cancelled, or do not speak for their like: then there is no file', () => {
    const path = newFile()
    const { history } = open(path)
    history.note(fit(1), { status: 'failed', representative: true, durationS: 1 })
    history.note(fit(1), { status: 'cancelled', representative: true, durationS: 1 })
    history.note(fit(1), { status: 'succeeded', representative: false, durationS: 1 })
    history.close()
    expect(existsSync(path)).toBe(false)
  })

  it('is of the group alone for jobs that are over at once', () => {
    const path = newFile()
    teach(path, [[fit(1), 0]])
    expect(secondsOf(path, fit(1))).toBeNull()
    expect(groupsOf(path)[0]?.nothing.d).toBeCloseTo(Math.log(1e-6), 9)
  })

  it('is of the group alone for functions, which do not show what they work on', () => {
    const path = newFile()
    const call = buildJob({ id: 'call', group: 'calls', timeS: null, run: { kind: 'inline', fn: () => 1 } })
    teach(path, [[call, 7]])
    const { history } = open(path)
    expect(history.recall(call)).toBe(call)
    expect(history.use.groups).toBe(1)
    history.close()
  })
})

describe('two runs in one folder', () => {
  it('teach one file at the same time, and nothing of it is lost', async () => {
    const path = newFile()
    const run = (group: string, seconds: number) =>
      execa(process.execPath, [TEACH, path, group, '3000', String(seconds)])
    const ended = await Promise.all([run('one', 10), run('other', 20), run('shared', 5), run('shared', 5)])
    expect(ended.map(({ stderr }) => stderr)).toEqual(['', '', '', ''])
    expect(groupsOf(path).map(({ group, given }) => [group, Math.round(given.weight)])).toEqual([
      ['one', 3000],
      ['other', 3000],
      ['shared', expect.toSatisfy((weight: number) => weight === 6000 || weight >= 3064)],
    ])
    const store = new HistoryStore(path)
    const rows = openDatabase(path).prepare('select count(*) as n, min(runs) as least from jobs').get()
    store.close()
    expect(rows).toMatchObject({ n: 3000, least: 4 })
  })

  it('do not wait for each other while jobs are placed: what could not be written comes with the next', () => {
    const path = newFile()
    teach(path, [[fit(1), 10]])
    const clock = new SimulatedClock()
    const { history, warnings } = open(path, clock)
    const other = openDatabase(path)
    other.exec('begin immediate')
    history.note(fit(2), { status: 'succeeded', representative: true, durationS: 20 })
    clock.advance(5000)
    expect(secondsOf(path, fit(2))).toBeNull()
    other.exec('rollback')
    other.close()
    clock.advance(1000)
    expect(secondsOf(path, fit(2))).toBeCloseTo(20, 9)
    expect(warnings).toEqual([])
    history.close()
  })
})

describe('a history that cannot be used', () => {
  it.for([0, 4096])('because it is damaged from byte %d on is told of once, and the run goes on', from => {
    const path = newFile()
    teach(path, [[fit(1), 10]])
    writeFileSync(path, readFileSync(path).fill(7, from))
    const { history, warnings } = open(path)
    for (let i = 0; i < 3; i++)
      history.note(fit(i), { status: 'succeeded', representative: true, durationS: 1 })
    expect(history.recall(fit(1))).toEqual(fit(1))
    history.close()
    history.close()
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(path)
    expect(warnings[0]).toMatch(/is damaged .*: remove it to begin a new one/)
  })

  it('because a later version has written it is left as it is', () => {
    const path = newFile()
    teach(path, [[fit(1), 10]])
    const later = openDatabase(path)
    later.exec(`pragma user_version = ${SCHEMA_VERSION + 1}`)
    later.close()
    const { history, warnings } = open(path)
    history.note(fit(1), { status: 'succeeded', representative: true, durationS: 99 })
    history.close()
    expect(warnings).toEqual([
      `This run goes on without what earlier ones have taught: ${path} was written by a later version of Longshore (format ${SCHEMA_VERSION + 1}; this one knows up to ${SCHEMA_VERSION}): use that version, name another file, or go without (--no-history)`,
    ])
    const db = openDatabase(path)
    expect(db.prepare('select runs from jobs').get()).toMatchObject({ runs: 1 })
    db.close()
  })

  it.for(['/proc/longshore', '/dev/null'])('because its folder %s cannot be made is told of once', folder => {
    const { history, warnings } = open(join(folder, 'history.sqlite'))
    history.note(fit(1), { status: 'succeeded', representative: true, durationS: 99 })
    history.close()
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/^What this run teaches is not kept for later ones: .*cannot be used: /)
  })

  it('because its folder is read-only is told of once', () => {
    const path = newFile()
    teach(path, [[fit(1), 10]])
    for (const above of [dirname(dirname(path)), dirname(path)]) chmodSync(above, 0o555)
    chmodSync(path, 0o444)
    const { history, warnings } = asNobody(() => {
      const opened = open(path)
      opened.history.note(fit(1), { status: 'succeeded', representative: true, durationS: 99 })
      opened.history.close()
      return opened
    })
    for (const above of [dirname(dirname(path)), dirname(path)]) chmodSync(above, 0o755)
    expect(history.use.jobs).toBe(0)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(path)
  })
})

/** The user who runs the tests in a container may write everywhere. */
function asNobody<T>(act: () => T): T {
  if (process.getuid?.() !== 0) return act()
  process.seteuid?.(65534)
  try {
    return act()
  } finally {
    process.seteuid?.(0)
  }
}

function secondsOf(path: string, job: Job): number | null {
  const { history } = open(path)
  const { earlierS = null } = history.recall(job)
  history.close()
  return earlierS
}

function groupsOf(path: string) {
  const { history } = open(path)
  history.close()
  return history.groups()
}
