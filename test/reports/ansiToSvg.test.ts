import { expect, test } from 'vitest'
import { drawTerminal } from '../../scripts/ansi-to-svg/draw.ts'
import { parseAnsi } from '../../scripts/ansi-to-svg/parse.ts'

test('colours become spans, other control sequences vanish', () => {
  const plain = { colour: null, background: null, bold: false, dim: false }
  const text =
    '\u001b[1;31mred\u001b[39m bold\u001b[0m \u001b[38;5;196mcube\u001b[38;2;1;2;3mtrue\u001b[m\u001b[K.'
  expect(parseAnsi(text)).toEqual([
    [
      { text: 'red', look: { ...plain, bold: true, colour: '#f0717f' } },
      { text: ' bold', look: { ...plain, bold: true } },
      { text: ' ', look: plain },
      { text: 'cube', look: { ...plain, colour: 'rgb(255,0,0)' } },
      { text: 'true', look: { ...plain, colour: 'rgb(1,2,3)' } },
      { text: '.', look: plain },
    ],
  ])
})

test('each character stands on the grid, bars are shapes, and markup is text', () => {
  const svg = drawTerminal(parseAnsi('<a&b> ██\n  機x'), 'title')
  expect(svg).toContain('>&lt;a&amp;b&gt; </text>')
  expect(svg).toMatch(/<rect x="64.4" y="\d+\.\d+" width="16.8"/)
  expect(svg).toMatch(/<text x="30.8" .*textLength="25.2".*>機x<\/text>/)
  expect(svg).toMatch(/^<svg [^>]*width="95.2"/)
})
