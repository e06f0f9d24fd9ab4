import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../../src/actors/clock.ts'
import { type Journal, openJournal } from '../../../src/actors/journal/journal.ts'
import { type JournaledJob, readRun, rowsOf } from '../../../src/actors/journal/read.ts'

/** A run's folder of the test's own. */
export function runFolder(): string {
  const runDir = mkdtempSync(join(tmpdir(), 'longshore-journal-'))
  onTestFinished(() => rmSync(runDir, { recursive: true, force: true }))
  return runDir
}

export function open(runDir: string, durability: 'default' | 'full' = 'default'): Journal {
  return openJournal({ runDir, clock: systemClock, durability })
}

/** What the next scheduler finds in the journal of a folder. */
export function find(runDir: string): readonly JournaledJob[] {
  const journal = open(runDir)
  try {
    return readRun(rowsOf(journal.database)).jobs
  } finally {
    journal.close()
  }
}
