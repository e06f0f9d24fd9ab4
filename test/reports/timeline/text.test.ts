import { describe, expect, it } from 'vitest'
import { painter } from '../../../src/reports/text/paint.ts'
import { widthOf } from '../../../src/reports/text/width.ts'
import { ticks } from '../../../src/reports/timeline/axis.ts'
import { timelineText } from '../../../src/reports/timeline/text.ts'
import { buildNode } from '../../../src/testing/index.ts'
import { buildBar, buildTimeline, SMALL } from './timelines.ts'

const plain = (columns: number) => ({ columns, colour: false, paint: painter(false) })

describe('a timeline as text', () => {
  it('has a lane for each node and GPU, a letter for each group, an axis and a legend', () => {
    expect(timelineText(SMALL, plain(52))).toEqual([
      '2 threads n━━━━━━━━━━━━━━━━━━━━n━━━━━━━━━━··········',
      '          n━━━━━━━━━━━━━━━━━━━━n━━━━━━━━━━f━━━━━━━━━',
      '          f━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━',
      '          f━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━',
      'GPU 0     ·····················n━━━━━━━━━━··········',
      '          n━━━━━━━━━━━━━━━━━━━━n━━━━━━━━━━··········',
      '          └───────────────┴───────────────┴─────────',
      '          0               15 s            30 s  40 s',
      '',
      '          f fit   n net',
    ])
  })

  it('is as wide as the terminal, however wide that is', () => {
    for (const columns of [40, 80, 160])
      for (const line of timelineText(SMALL, plain(columns)))
        expect(widthOf(line)).toBeLessThanOrEqual(columns)
  })

  it('paints groups where the terminal has colours, and uses no letters then', () => {
    const lines = timelineText(SMALL, { columns: 60, colour: true, paint: painter(true) })
    expect(lines.join('\n')).toContain('\u001b[36m██')
    expect(lines.join('\n')).toMatch(/\u001b\[33m█+▐█+/)
    expect(timelineText(SMALL, plain(60)).join('\n')).not.toContain('\u001b')
  })

  it('shows 5,000 jobs on 64 nodes in less than a screen and a half', () => {
    const nodes = Array.from({ length: 64 }, (_, i) => buildNode({ name: `node${i}`, threads: 32, gpus: 8 }))
    const bars = Array.from({ length: 5000 }, (_, i) =>
      buildBar({
        id: `j${i}`,
        group: `g${i % 30}`,
        node: `node${i % 64}`,
        startS: i % 97,
        endS: (i % 97) + 3,
      }),
    )
    const lines = timelineText({ nodes, bars, endS: 100 }, plain(100))
    expect(lines.length).toBeLessThan(60)
    expect(lines.join('\n')).toContain('… and 88 more lanes')
    expect(lines.join('\n')).toContain('other groups')
  })

  it('draws nothing but lanes and an axis where nothing ran', () => {
    expect(timelineText(buildTimeline([], 0), plain(50)).join('\n')).toContain('·····')
  })
})

describe('the time axis', () => {
  it.each([
    [0.5, ['0', '0.1 s', '0.2 s', '0.3 s', '0.4 s', '0.5 s']],
    [200, ['0', '1m', '2m', '3m']],
    [5400, ['0', '30m', '1h', '1h 30m']],
    [200_000, ['0', '12h', '1d', '1d 12h', '2d']],
  ])('has round times up to %d s', (endS, labels) => {
    expect(ticks(endS, 5).map(({ label }) => label)).toEqual(labels)
  })
})
