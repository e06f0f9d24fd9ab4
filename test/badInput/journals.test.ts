import { mkdirSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/actors/clock.ts'
import { type Journal, journalPath, openJournal } from '../../src/actors/journal/journal.ts'
import { openDatabase } from '../../src/actors/sqlite.ts'
import { JournalError } from '../../src/errors.ts'
import { openRun } from '../../src/run/open.ts'
import { openOutputs, takeOver } from '../../src/run/resumption.ts'
import { buildNode, NO_FIXED_RAM } from '../../src/testing/index.ts'
import { runFolder } from '../actors/journal/harness.ts'
import { aJob, anOutcome, aPlacement } from '../actors/journal/notes.ts'
import { Desk } from '../resume/support.ts'
import { runsOr, seed } from '../support/runs.ts'

const AGAIN = { at: 1_700_000_000_500, failure: { reason: 'exit', message: 'exit code 1' } } as const

/** A run with jobs that wait, run, are to be tried again, and have ended. */
function writeRun(runDir: string): void {
  const journal: Journal = openJournal({ runDir, clock: systemClock, durability: 'default' })
  journal.added(['waits', 'runs', 'fails', 'ended', 'fine'].map(id => aJob(id)))
  for (const id of ['runs', 'fails', 'ended']) journal.placed(aPlacement(id))
  journal.retrying('fails', AGAIN, { times: 1, ram: 5, gpuRam: 0 })
  journal.ended([anOutcome(aJob('ended'))])
  journal.close()
}

const CELLS = {
  jobs: ['spec'],
  attempts: ['held', 'grown', 'again', 'became', 'attempt', 'loss'],
  outcomes: ['status', 'rest'],
} as const

describe('a journal that holds nonsense', () => {
  const runs = runsOr(150)
  const cell = fc.constantFrom(
    ...Object.entries(CELLS).flatMap(([table, columns]) => columns.map(column => ({ table, column }))),
  )
  const nonsense = fc.oneof(
    fc.json(),
    fc.string(),
    fc.integer().map(String),
    fc
      .dictionary(
        fc.constantFrom(
          'name',
          'group',
          'command',
          'request',
          'grant',
          'gpuIds',
          'at',
          'failure',
          'ram',
          'after',
        ),
        fc.jsonValue(),
      )
      .map(one => JSON.stringify(one)),
  )

  it(`is read as far as it makes sense, and the rest is named (LONGSHORE_SEED=${seed})`, () => {
    const runDir = runFolder()
    writeRun(runDir)
    const options = { runDir, resume: true }
    fc.assert(
      fc.property(cell, nonsense, ({ table, column }, text) => {
        const db = openDatabase(journalPath(runDir))
        const before = db.prepare(`select ${column} as value from ${table} where seq = 1`).get()?.['value']
        const isSet = put(db, table, column, text)
        db.close()
        const { journal, before: found } = openRun(options, systemClock)
        try {
          if (found === null) throw new Error('nothing was found')
          expect(found.jobs.length + found.unreadable.length).toBe(5)
          expect(found.unreadable.length).toBeLessThanOrEqual(1)
          expect(found.jobs.map(({ job }) => job.id)).toContain('fine')
          openOutputs(found, runDir)
          takeOver({ before: found, runDir, nodes: [aNode()], fixedRam: NO_FIXED_RAM, all: true })
        } finally {
          if (isSet && journal) put(journal.database, table, column, before)
          journal?.close()
        }
      }),
      { seed, numRuns: runs },
    )
  })

  it('or is none at all ends every command with status 2, one line or two, and the file as it was', async () => {
    const desk = new Desk()
    mkdirSync(desk.runDir, { mode: 0o700 })
    writeRun(desk.runDir)
    const later = openDatabase(journalPath(desk.runDir))
    later.exec('pragma user_version = 99')
    later.close()
    const texts = { text: 'no database\n'.repeat(999) }
    for (const [name, text] of Object.entries(texts)) {
      mkdirSync(desk.path(name), { mode: 0o700 })
      writeFileSync(journalPath(desk.path(name)), text)
    }
    const commands = ['status', 'cancel --all', 'pause', 'resume'].map(words => words.split(' '))
    for (const run of ['run', 'text'])
      for (const [command = '', ...flags] of run === 'run' ? commands : commands.slice(0, 3)) {
        const { status, stdout, stderr } = await desk.call(command, ...flags, run)
        expect({ command, run, status, stdout }).toEqual({ command, run, status: 2, stdout: '' })
        expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2)
        expect(stderr).not.toMatch(/^ +at .*:\d+/m)
      }
    expect(() => openRun({ runDir: desk.runDir }, systemClock)).toThrow(JournalError)
  })
})

function aNode() {
  const nobody = { start() {}, terminate() {}, kill() {}, close: async () => {} }
  const stand = { id: 'runs#1', pid: 1, startedAt: 1, ramGb: 0, ending: null }
  return {
    capacity: buildNode({ name: 'here' }),
    totalGb: 1,
    fixedRam: NO_FIXED_RAM,
    executors: { command: nobody, task: nobody, inline: nobody },
    stands: new Map([['runs#1', stand]]),
    look: () => null,
  }
}

/** False where the table does not take it. */
function put(db: ReturnType<typeof openDatabase>, table: string, column: string, value: unknown): boolean {
  try {
    db.prepare(`update ${table} set ${column} = ? where seq = 1`).run(value as string)
    return true
  } catch {
    return false
  }
}
