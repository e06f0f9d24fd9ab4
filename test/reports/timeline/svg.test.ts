import { describe, expect, it } from 'vitest'
import { timelineSvg } from '../../../src/reports/timeline/svg/svg.ts'
import { buildBar, buildTimeline, SMALL } from './timelines.ts'

/** What is wrong with an XML text: tags that are not closed in their order, signs that must be escaped. */
function faultsOf(xml: string): string[] {
  const open: string[] = []
  const faults: string[] = []
  for (const [, close, name = '', attributes = '', alone, text = ''] of xml.matchAll(
    /<(\/?)([a-z]+)((?: [\w:-]+="[^"<&]*(?:&(?:amp|lt|gt|quot);[^"<&]*)*")*)(\/?)>([^<]*)/g,
  )) {
    if (close) {
      if (open.pop() !== name) faults.push(`</${name}>`)
    } else if (!alone) open.push(name)
    if (/&(?!(amp|lt|gt|quot);)/.test(attributes + text)) faults.push(`& in ${text}`)
  }
  const tags = [...xml.matchAll(/</g)].length
  const seen = [...xml.matchAll(/<\/?[a-z]+(?: [\w:-]+="[^"]*")*\/?>/g)].length
  return [...faults, ...open, ...(tags === seen ? [] : [`${tags - seen} tags that are none`])]
}

const bars = (count: number, group: (i: number) => string) =>
  Array.from({ length: count }, (_, i) =>
    buildBar({ id: `j${i}`, group: group(i), startS: Math.floor(i / 2), endS: Math.floor(i / 2) + 1 }),
  )

describe('a timeline as SVG', () => {
  it('has a lane for each node and GPU, a bar for each job that tells of itself, and a legend', () => {
    const svg = timelineSvg(SMALL, { title: 'Plan', marks: [{ atS: 35, label: 'lower bound' }] })
    expect(faultsOf(svg)).toEqual([])
    expect(svg).toMatch(/<text[^>]*>2 threads<\/text>/)
    expect(svg).toMatch(/<text[^>]*>GPU 0<\/text>/)
    expect(svg).toContain('<title>first\ngroup net\n0 s – 20 s (20 s)\n1 thread, GPU 0 (0.5 of each)</title>')
    expect(svg.match(/<title>/g)).toHaveLength(6)
    expect(svg).toMatch(/<text[^>]*>fit<\/text>/)
    expect(svg).toContain('lower bound')
  })

  it('stays well-formed whatever jobs and nodes are called', () => {
    const evil = '<b>"&\u001b[31m\u0000]]>'
    const timeline = buildTimeline([buildBar({ id: 'a', name: evil, group: evil })])
    const nodes = timeline.nodes.map(node => ({ ...node, name: evil }))
    const bars = timeline.bars.map(bar => ({ ...bar, node: evil }))
    const svg = timelineSvg({ ...timeline, nodes, bars }, { title: evil, notes: [evil] })
    expect(faultsOf(svg)).toEqual([])
    expect(svg).not.toContain('\u001b')
    expect(svg).not.toContain('\u0000')
  })

  it('merges what is thinner than a pixel: a hundred thousand jobs take no more than a picture', () => {
    const small = timelineSvg(
      buildTimeline(
        bars(50, i => `g${i % 3}`),
        25,
      ),
      { title: '50' },
    )
    const large = timelineSvg(
      buildTimeline(
        bars(100_000, i => `g${i % 3}`),
        50_000,
      ),
      { title: '100,000' },
    )
    expect(faultsOf(small)).toEqual([])
    expect(faultsOf(large)).toEqual([])
    expect(small.match(/<title>/g)).toHaveLength(50)
    expect(large.length).toBeLessThan(200_000)
  })

  it('marks jobs that have failed, however short they were', () => {
    const timeline = buildTimeline([buildBar({ id: 'a', status: 'failed' })])
    expect(timelineSvg(timeline, { title: 'Run' })).toContain('stroke-dasharray="3 2"')
    const short = buildTimeline([buildBar({ id: 'a', status: 'failed', endS: 0.001 })])
    expect(timelineSvg(short, { title: 'Run' })).toContain('<path fill="#c0392b"')
  })
})
