import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { packJob, unpackJob } from '../../../src/actors/journal/jobs.ts'
import { journalPath } from '../../../src/actors/journal/journal.ts'
import { packOutcome, unpackOutcome } from '../../../src/actors/journal/outcomes.ts'
import { openDatabase } from '../../../src/actors/sqlite.ts'
import { JournalError, RunHeldError } from '../../../src/errors.ts'
import { find, open, runFolder } from './harness.ts'
import { aJob, anOutcome, aPlacement } from './notes.ts'

const REPORTS = fileURLToPath(new URL('programs/reports.ts', import.meta.url))

const AGAIN = { at: 1_700_000_000_500, failure: { reason: 'exit', message: 'exit code 1' } } as const

describe('a journal', () => {
  it('tells the next scheduler where each job stands', () => {
    const runDir = runFolder()
    const journal = open(runDir)
    const jobs = ['waits', 'runs', 'retries', 'ended', 'lost', 'reopened'].map(id => aJob(id))
    journal.added(jobs)
    for (const id of ['runs', 'retries', 'ended', 'lost', 'reopened']) journal.placed(aPlacement(id))
    journal.started('runs', 1234, 99)
    journal.retrying('retries', AGAIN, { times: 1, ram: 5, gpuRam: 0 })
    journal.ended([anOutcome(aJob('ended'), { status: 'failed', exitCode: 3 })])
    journal.lost('lost')
    journal.ended([anOutcome(aJob('reopened'))])
    journal.reopened('reopened')
    journal.close()
    const now = new Map(find(runDir).map(({ job, ...stand }) => [job.id, stand]))
    expect(now.get('waits')).toMatchObject({ outcome: null, attempts: 0, losses: 0, open: null })
    expect(now.get('runs')).toMatchObject({ attempts: 0, open: { startedAt: 1234, pid: 99, node: 'here' } })
    expect(now.get('retries')).toMatchObject({
      attempts: 1,
      open: null,
      grown: { times: 1, ram: 5 },
      again: AGAIN,
    })
    expect(now.get('ended')?.outcome).toMatchObject({ status: 'failed', exitCode: 3 })
    expect(now.get('lost')).toMatchObject({ outcome: null, attempts: 0, losses: 1, open: null })
    expect(now.get('reopened')).toMatchObject({ outcome: null, attempts: 0, losses: 0, open: null })
    expect([...now.keys()]).toEqual(jobs.map(({ id }) => id))
  })

  it('keeps of a placement that has ended before it could be written only how that came out', () => {
    const runDir = runFolder()
    const journal = open(runDir)
    journal.added(['a', 'b', 'c', 'd'].map(id => aJob(id)))
    journal.placed(aPlacement('a'))
    journal.commit()
    journal.placed(aPlacement('b'))
    journal.placed(aPlacement('c'))
    journal.retrying('c', AGAIN, null)
    journal.placed(aPlacement('c', 2))
    journal.placed(aPlacement('d'))
    journal.ended(['a', 'b', 'c'].map(id => anOutcome(aJob(id))))
    const rows = journal.database.prepare('select seq, job, attempt from attempts order by seq').all()
    expect(rows.map(({ seq, job, attempt }) => [seq, job, attempt])).toEqual([
      [1, 'a', 1],
      [2, 'c', 1],
      [3, 'd', 1],
    ])
    journal.close()
    const [a, b, c, d] = find(runDir)
    expect([a, b, c].map(one => one?.outcome?.status)).toEqual(['succeeded', 'succeeded', 'succeeded'])
    expect(d).toMatchObject({ outcome: null, open: { node: 'here' } })
  })

  it('commits what was noted soon, without being asked', async () => {
    const runDir = runFolder()
    const journal = open(runDir)
    journal.added([aJob('a')])
    const reader = openDatabase(journalPath(runDir), { readOnly: true })
    const count = () => reader.prepare('select count(*) as n from jobs').get()?.['n']
    expect(count()).toBe(0)
    await expect.poll(count, { timeout: 10_000 }).toBe(1)
    reader.close()
    journal.close()
  })

  it('says which placements have come to their end, when that is written', () => {
    const runDir = runFolder()
    const journal = open(runDir)
    const settled: string[] = []
    journal.tell({ settled: ids => settled.push(...ids), broken: () => {}, mended: () => {} })
    journal.added([aJob('a'), aJob('b')])
    journal.placed(aPlacement('a'))
    journal.placed(aPlacement('b', 2, 1))
    journal.commit()
    expect(settled).toEqual([])
    journal.retrying('b', AGAIN, null)
    journal.ended([anOutcome(aJob('a'))])
    expect(settled).toEqual(['b#2.1', 'a#1'])
    journal.close()
  })

  it('forgets a placement that is taken back before it was written', () => {
    const runDir = runFolder()
    const journal = open(runDir)
    journal.added([aJob('a')])
    journal.placed(aPlacement('a'))
    journal.withdrawn('a#1')
    journal.close()
    expect(find(runDir)[0]).toMatchObject({ attempts: 0, losses: 0, open: null })
  })

  it('takes at most 1 kB for a plain job', () => {
    const runDir = runFolder()
    const journal = open(runDir)
    const jobs = Array.from({ length: 2000 }, (_, i) =>
      aJob(`job${i}`, { run: { kind: 'command', command: ['python', 'fit.py', '--seed', `${i}`] } }),
    )
    journal.added(jobs)
    for (const job of jobs) {
      journal.placed(aPlacement(job.id))
      journal.started(job.id, Date.now(), 12345)
      journal.ended([anOutcome(job)])
    }
    journal.close()
    expect(statSync(journalPath(runDir)).size / jobs.length).toBeLessThan(1000)
  })

  it('holds every outcome that it said was written, when its process is killed', async () => {
    const runDir = runFolder()
    const program = spawn(process.execPath, [REPORTS, runDir], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void program.kill('SIGKILL'))
    let said = ''
    program.stdout.setEncoding('utf8').on('data', text => {
      said += text
      if (said.length > 5000) program.kill('SIGKILL')
    })
    await once(program, 'close')
    const ids = said.split('\n').slice(0, -1)
    const found = find(runDir)
    expect(ids.length).toBeGreaterThan(100)
    const ended = new Set(found.filter(({ outcome }) => outcome).map(({ job }) => job.id))
    expect(ids.filter(id => !ended.has(id))).toEqual([])
    expect(found.length - ids.length).toBeLessThanOrEqual(1)
  })
})

describe('what a journal keeps of a job and of an outcome', () => {
  const text = fc.string({ minLength: 1, maxLength: 12 })
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(undefined, new Map([[1, new Set(['a'])]]), new Float64Array([1, 2]), 10n, Number.NaN),
  )
  const run = fc.oneof(
    fc.record({ kind: fc.constant('command' as const), command: fc.oneof(text, fc.array(text)) }),
    fc.record({ kind: fc.constant('task' as const), module: text, args: value }),
  )
  const amount = fc.constantFrom(0, 0.5, 1, 2, 64)
  const request = fc.record({
    threads: amount,
    ramGb: amount,
    gpus: fc.nat(4),
    gpuShare: amount,
    gpuRamGb: amount,
    physicalCores: fc.nat(4),
    resources: fc.dictionary(text, amount, { noNullPrototype: true, maxKeys: 2 }),
  })
  const job = fc.record({
    name: text,
    group: text,
    run,
    request,
    timeS: fc.constantFrom(null, 0.5, 60),
    priority: fc.integer({ min: -3, max: 3 }),
    retries: fc.nat(3),
    timeoutS: fc.constantFrom(null, 5),
    env: fc.dictionary(text, text, { noNullPrototype: true, maxKeys: 2 }),
    cwd: fc.constantFrom(null, '/tmp'),
  })
  const failure = fc.constantFrom(
    undefined,
    { reason: 'exit' as const, message: 'exit code 3' },
    { reason: 'error' as const, message: 'no', name: 'E', cause: new Map([[1, 2]]) },
  )
  const end = fc.record({
    status: fc.constantFrom('succeeded' as const, 'failed' as const, 'cancelled' as const),
    value,
    exitCode: fc.constantFrom(0, 3, null),
    signal: fc.constantFrom(null, 'SIGKILL'),
    startedAt: fc.constantFrom(null, 1_700_000_000_000),
    durationS: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    peakRamGb: fc.constantFrom(null, 0.25),
    node: fc.constantFrom(null, 'here'),
    attempts: fc.nat(4),
    representative: fc.boolean(),
    results: fc.dictionary(text, text, { noNullPrototype: true, maxKeys: 2 }),
  })

  it('is the same when it is read again, and equal texts stand for equal jobs', () => {
    fc.assert(
      fc.property(job, wish => {
        const whole = aJob('id', wish)
        const again = unpackJob('id', packJob(whole))
        expect(again).toEqual(whole)
        expect(packJob(again)).toBe(packJob(whole))
      }),
    )
    // An array that JSON cannot hold is written in another way when it has been read once.
    const odd = aJob('id', { run: { kind: 'task', module: 'm', args: [[-0]] } })
    expect(packJob(unpackJob('id', packJob(odd)))).toBe(packJob(odd))
    fc.assert(
      fc.property(end, failure, (wish, why) => {
        const whole = anOutcome(aJob('id'), { ...wish, ...(why && { failure: why }) })
        expect(unpackOutcome(aJob('id'), whole.status, packOutcome(whole))).toEqual(whole)
      }),
    )
  })

  it('leaves out a value that no text can hold, and keeps the rest', () => {
    const outcome = anOutcome(aJob('id'), { value: () => 1, attempts: 2 })
    expect(unpackOutcome(aJob('id'), 'succeeded', packOutcome(outcome))).toMatchObject({
      value: undefined,
      attempts: 2,
    })
  })
})

describe('a journal that is not to be had', () => {
  it('is that of a run that another scheduler goes on with: the message names it', () => {
    const runDir = runFolder()
    const journal = open(runDir)
    expect(() => open(runDir)).toThrow(RunHeldError)
    expect(() => open(runDir)).toThrow(
      `${runDir} is being run by process ${process.pid} on ${hostname()}, since 20`,
    )
    journal.close()
    open(runDir).close()
  })

  it('is free again when its process has been killed', async () => {
    const runDir = runFolder()
    const program = spawn(process.execPath, [REPORTS, runDir], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void program.kill('SIGKILL'))
    await once(program.stdout, 'data')
    expect(() => open(runDir)).toThrow(`process ${program.pid} on`)
    program.kill('SIGKILL')
    await once(program, 'exit')
    open(runDir).close()
  })

  it('was written by a later version', () => {
    const runDir = runFolder()
    open(runDir).close()
    const db = openDatabase(journalPath(runDir))
    db.exec('pragma user_version = 99')
    db.close()
    expect(() => open(runDir)).toThrow(JournalError)
    expect(() => open(runDir)).toThrow(/was written by a later version of Longshore \(format 99;/)
  })

  it('stands in a folder that is gone', () => {
    expect(() => open('/nowhere/at/all')).toThrow(/journal.sqlite cannot be opened: does its folder exist/)
  })

  it('is no journal at all, or a part of one', () => {
    const runDir = runFolder()
    writeFileSync(
      journalPath(runDir),
      'this is a text and no database, and longer than a header is\n'.repeat(99),
    )
    expect(() => open(runDir)).toThrow(/journal.sqlite is damaged/)
  })

  it('is damaged anywhere: it opens, or says so, and never does anything else', () => {
    const whole = runFolder()
    const journal = open(whole)
    journal.added(Array.from({ length: 200 }, (_, i) => aJob(`job${i}`)))
    journal.close()
    const bytes = readFileSync(journalPath(whole))
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.uint8Array({ minLength: 1, maxLength: 300 }), (at, noise) => {
        const runDir = runFolder()
        writeFileSync(journalPath(runDir), bytes)
        const file = openSync(journalPath(runDir), 'r+')
        writeSync(file, noise, 0, noise.length, at)
        closeSync(file)
        opensOrSaysWhy(runDir)
        truncateSync(journalPath(runDir), at)
        opensOrSaysWhy(runDir)
      }),
      { numRuns: 50 },
    )
  })
})

function opensOrSaysWhy(runDir: string): void {
  try {
    open(runDir).close()
  } catch (error) {
    expect(error).toBeInstanceOf(JournalError)
  }
}
