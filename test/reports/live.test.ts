import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import type { RunPicture } from '../../src/progress.ts'
import { renderLive } from '../../src/reports/live/render.ts'
import { aFailure, aGpu, aJob, aNode, anyPicture, aPicture, aProgress, NOW } from './support/pictures.ts'

function lines(picture = aPicture(), columns = 80, rows = 24): string[] {
  return renderLive(picture, { columns, rows, colour: false }).split('\n')
}

describe('the live view', () => {
  test('shows state, progress, resources, failures and running jobs', () => {
    const picture = aPicture({
      nodes: [aNode({ gpus: [aGpu(4), aGpu(2)], resources: { license: { used: 1, capacity: 4 } } })],
      failures: [aFailure({ attempts: 2 })],
    })
    expect(lines(picture)).toEqual([
      'longshore  running  longshore-runs/tabular                        elapsed 1h 02m',
      '████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  32%',
      '137 of 480 done  3 failed  2 running                     2h 10m left, ends 16:14',
      '',
      'threads █████░░░░░░░░░░░░░        4/16   RAM     █████████░░░░░░░░░ 31/62.8 GiB',
      'license █████░░░░░░░░░░░░░         1/4',
      'GPU 0 ███████ 100% ██░░░░░ 20/79.6 GiB   GPU 1 ████░░░  50% █░░░░░░ 10/79.6 GiB',
      '',
      '✗ mlp adult fold=2  exit code 1, after 36 s, 2 attempts',
      '',
      'running                                  elapsed             left  RAM/requested',
      'xgb covtype fold=1                       10m 00s          50m 00s      3.1/4 GiB',
      'mlp jannis fold=2                        10m 00s  overdue    45 s        –/4 GiB',
    ])
  })

  test('leaves out what has no room on a narrow terminal', () => {
    expect(lines(aPicture(), 40, 12)).toEqual([
      'longshore  running  longsh…bular  1h 02m',
      '███████████░░░░░░░░░░░░░░░░░░░░░░░░  32%',
      '137 of 480 done  3 failed  2 running',
      '2h 10m left, ends 16:14',
      '',
      'threads █████░░░░░░░░░░░░░░░        4/16',
      'RAM     ██████████░░░░░░░░░░ 31/62.8 GiB',
      '',
      'running               elapsed       left',
      'xgb covtype fold=1    10m 00s    50m 00s',
      'mlp jannis fold=2     10m 00s  !    45 s',
    ])
  })

  test('counts cancelled jobs apart from those that are done', () => {
    const counts = { ...aProgress().counts, pending: 0, cancelled: 341 }
    expect(lines(aPicture({ progress: aProgress({ counts }) }))[2]).toMatch(
      /^137 of 480 done {2}3 failed {2}341 cancelled {2}2 running/,
    )
  })

  test('says what a stop means: what Ctrl-C does next, then how long until running jobs are killed', () => {
    const title = (some: Partial<RunPicture>) => lines(aPicture(some))[0]?.split('  ')[1]
    const interrupted = { at: NOW, by: 'Ctrl-C', killsAt: null }
    expect(title({ state: 'draining', stop: interrupted })).toBe('draining, Ctrl-C ends the running jobs')
    expect(title({ state: 'draining', stop: { ...interrupted, by: null } })).toBe(
      'draining, nothing new is started',
    )
    const ending = (killsAt: number) => title({ state: 'closing', stop: { ...interrupted, killsAt } })
    expect(ending(NOW + 9200)).toBe('closing, TERM sent, KILL in 10 s')
    expect(ending(NOW)).toBe('closing, KILL sent')
  })

  test('says how many running jobs it does not show', () => {
    const running = Array.from({ length: 50 }, (_, i) => aJob({ name: `job ${i}` }))
    const shown = lines(aPicture({ running }))
    expect(shown).toHaveLength(23)
    expect(shown.at(-1)).toBe('  … and 35 more')
    expect(shown.filter(line => line.startsWith('job '))).toHaveLength(15)
  })

  test('takes the GPUs of a node together, and then the nodes, where there is no room for each', () => {
    const gpus = Array.from({ length: 8 }, (_, i) => aGpu(i))
    const nodes = ['a', 'b', 'c'].map(name => aNode({ name, gpus }))
    expect(lines(aPicture({ nodes }), 160, 50).filter(line => line.includes('GPU 7'))).toHaveLength(3)
    expect(lines(aPicture({ nodes }), 80, 30).filter(line => line.includes('8 GPUs'))).toHaveLength(3)
    expect(lines(aPicture({ nodes }), 80, 16).filter(line => line.includes('24 GPUs'))).toHaveLength(1)
  })

  test('says so before there are jobs, and before a remaining time is known', () => {
    const counts = { ...aProgress().counts, total: 0 }
    const none = aProgress({ counts, remainingS: null, fraction: 1 })
    const empty = lines(aPicture({ progress: none, running: [], state: 'ready' }))
    expect(empty[1]).toMatch(/░ {3}0%$/)
    expect(empty[2]).toBe('no jobs yet')
    expect(lines(aPicture({ progress: aProgress({ remainingS: null }) }))[2]).toMatch(/not known yet$/)
  })

  test('has the colours that it is told to have, and the same text with them as without', () => {
    const picture = aPicture({ failures: [aFailure()] })
    const painted = renderLive(picture, { columns: 100, rows: 30, colour: true })
    const plain = renderLive(picture, { columns: 100, rows: 30, colour: false })
    expect(painted).toContain('\u001b[33moverdue')
    expect(stripVTControlCharacters(painted)).toBe(plain)
    expect(stripVTControlCharacters(plain)).toBe(plain)
  })

  test('shows RAM beyond what was asked for in red, but not of a job that asked for none', () => {
    const drawn = (hasAskedForRam: boolean) => {
      const running = [aJob({ ramGb: 5, requestedRamGb: 4, hasAskedForRam })]
      return renderLive(aPicture({ running, failures: [] }), { columns: 100, rows: 30, colour: true })
    }
    expect(drawn(true)).toContain('\u001b[31m      5/4 GiB')
    expect(drawn(false)).not.toContain('\u001b[31m      5/4 GiB')
  })

  test('never is wider or higher than the terminal, nor sends a control character, whatever there is', () => {
    const widths = fc.integer({ min: 20, max: 200 })
    fc.assert(
      fc.property(anyPicture, widths, fc.integer({ min: 2, max: 60 }), (picture, columns, rows) => {
        const frame = renderLive(picture, { columns, rows, colour: false })
        expect(frame.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
        const drawn = frame.split('\n')
        expect(drawn.length).toBeLessThan(rows)
        for (const line of drawn) expect(stringWidth(line), line).toBeLessThanOrEqual(columns)
      }),
      { numRuns: 300 },
    )
  })
})
