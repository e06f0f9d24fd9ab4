import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../src/actors/clock.ts'
import { command, createScheduler, type RunEvent, type SchedulerOptions } from '../../src/index.ts'

/** A scheduler in a folder of the test's own. */
async function aScheduler(options: SchedulerOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'longshore-faults-'))
  const runDir = join(folder, 'run')
  const scheduler = await createScheduler({
    runDir,
    history: false,
    capacity: { threads: 2, ramGb: 4 },
    ...options,
  })
  const events: RunEvent[] = []
  scheduler.events$.subscribe(event => events.push(event))
  onTestFinished(async () => {
    await scheduler.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { scheduler, runDir, events }
}

describe('a job that writes 1 GB to its output', () => {
  it('does not make the scheduler any larger', async () => {
    const { scheduler, runDir } = await aScheduler()
    scheduler.add({ id: 'a', run: command(['head', '-c', '1000000000', '/dev/zero']) })
    const before = process.memoryUsage.rss()
    let most = before
    const look = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss())
    }, 50)
    const { counts } = await scheduler.run()
    clearInterval(look)
    expect(counts).toMatchObject({ succeeded: 1 })
    expect(statSync(join(runDir, 'logs', 'a.out')).size).toBe(1e9)
    expect(most - before).toBeLessThan(200e6)
  })
})

describe('a clock that is set back by an hour', () => {
  it('keeps nobody waiting, and makes no time negative', async () => {
    let shiftMs = 0
    const clock = { ...systemClock, now: () => Date.now() + shiftMs }
    const { scheduler, events } = await aScheduler({ clock, retryDelayS: 0.2 })
    scheduler.events$.subscribe(({ type }) => {
      if (type === 'job.started') shiftMs = -3_600_000
    })
    scheduler.add([
      { id: 'fails', retries: 2, timeoutS: 60, command: 'sleep 0.2; false' },
      { id: 'succeeds', timeoutS: 60, command: 'sleep 0.5' },
      { id: 'over', timeoutS: 0.5, command: 'sleep 60' },
    ])
    const { counts, durationS, outcomes } = await scheduler.run()
    expect(counts).toMatchObject({ succeeded: 1, failed: 2 })
    expect(outcomes.map(({ id, attempts }) => `${id} ${attempts}`)).toEqual([
      'fails 3',
      'succeeds 1',
      'over 1',
    ])
    expect(Math.min(durationS, ...outcomes.map(one => one.durationS))).toBeGreaterThanOrEqual(0)
    expect(events.filter(({ type }) => type === 'job.ended')).toHaveLength(3)
    const { elapsedS, fraction } = scheduler.progress()
    expect(Math.min(elapsedS, fraction)).toBeGreaterThanOrEqual(0)
  })
})

describe('a kernel that is out of memory', () => {
  it('is pointed to jobs before the scheduler and its launchers', async () => {
    const { scheduler, runDir } = await aScheduler()
    const score = 'cat /proc/self/oom_score_adj'
    const [own] = scheduler.add([
      { id: 'a', command: `sleep 0.1; ${score}; ${score.replace('self', '$PPID')}` },
    ])
    await scheduler.run()
    expect(await own?.outcome).toMatchObject({ status: 'succeeded' })
    const [job, launcher] = readFileSync(join(runDir, 'logs', 'a.out'), 'utf8')
      .split('\n')
      .map(Number)
    expect(launcher).toBe(Number(readFileSync('/proc/self/oom_score_adj', 'utf8')))
    expect(job).toBeGreaterThan(launcher ?? 0)
  })
})
