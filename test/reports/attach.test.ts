import { Subject } from 'rxjs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { RunEvent } from '../../src/progress.ts'
import { attachReports, chooseMode } from '../../src/reports/attach.ts'
import type { ReportMode } from '../../src/reports/reporter.ts'
import { SimulatedClock } from '../../src/simulator/clock.ts'
import { keptOutput } from './support/output.ts'
import { aPicture, aReport, NOW } from './support/pictures.ts'

function attached(mode: ReportMode | undefined, stderr = keptOutput()) {
  const events$ = new Subject<RunEvent>()
  const stdout = keptOutput()
  const clock = new SimulatedClock(NOW)
  const reports = attachReports({ mode, events$, picture: () => aPicture(), stdout, stderr, clock })
  return { events$, stdout, stderr, clock, reports }
}

const WARNING: RunEvent = { type: 'warning', at: NOW, message: 'early' }

afterEach(() => vi.unstubAllEnvs())

describe('the reports of a run', () => {
  test('are a live view on a terminal, and plain elsewhere', () => {
    vi.stubEnv('TERM', 'xterm')
    const terminal = keptOutput({ columns: 80, rows: 24 })
    expect(chooseMode(undefined, terminal)).toBe('live')
    expect(chooseMode(undefined, keptOutput())).toBe('plain')
    expect(chooseMode('live', keptOutput())).toBe('plain')
    expect(chooseMode('json', terminal)).toBe('json')
    vi.stubEnv('TERM', 'dumb')
    expect(chooseMode(undefined, terminal)).toBe('plain')
  })

  test('miss nothing that happens while their code is loaded', async () => {
    const { events$, stdout, stderr, reports } = attached('plain')
    events$.next(WARNING)
    await reports.end(aReport())
    expect(stderr.take()).toMatch(/^warning: early\n── END REPORT/)
    expect(stdout.take()).toBe('')
  })

  test('go to stdout as JSON, and stderr stays empty', async () => {
    const { events$, stdout, stderr, reports } = attached('json')
    events$.next(WARNING)
    await reports.end(aReport())
    const types = stdout
      .take()
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).type)
    expect(types).toEqual(['warning', 'report'])
    expect(stderr.take()).toBe('')
  })

  test('write nothing when nothing is wanted', async () => {
    const { events$, stdout, stderr, reports } = attached('none')
    events$.next(WARNING)
    await reports.end(aReport())
    expect(stdout.take() + stderr.take()).toBe('')
  })

  test('are silent after END, until more jobs are added', async () => {
    const { events$, stderr, reports } = attached('plain')
    await reports.end(aReport())
    stderr.take()
    events$.next(WARNING)
    events$.next({ type: 'jobs.added', at: NOW, jobs: 1 })
    events$.next({ ...WARNING, message: 'late' })
    await reports.end(aReport())
    expect(stderr.take()).toMatch(/^warning: late\n── END REPORT/)
  })
})
