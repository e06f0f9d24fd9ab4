import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { formatAmount, formatCount, formatGib, formatPercent } from '../../src/reports/text/amount.ts'
import { formatDate, formatSoon } from '../../src/reports/text/date.ts'
import { formatDuration } from '../../src/reports/text/duration.ts'
import { sanitize, sanitizeJson, sanitizeLine } from '../../src/reports/text/sanitize.ts'
import { tableLines } from '../../src/reports/text/table.ts'
import { shorten, truncate, widthOf } from '../../src/reports/text/width.ts'
import { anyName, NOW } from './support/pictures.ts'

const HOUR = 3600
const DAY = 24 * HOUR

/** A character that moves the cursor, changes the terminal, or turns the direction of text. */
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]|\p{Cs}/u

test('each character is as wide as string-width says', () => {
  const all = Array.from({ length: 0x3000 - 0x20 }, (_, i) => String.fromCharCode(i + 0x20))
  expect(all.filter(one => !HARMFUL.test(one) && widthOf(one) !== stringWidth(one))).toEqual([])
})

describe('durations', () => {
  test.for([
    [0, '0 s'],
    [0.0301, '30 ms'],
    [0.0996, '0.1 s'],
    [3.2, '3.2 s'],
    [9.96, '10 s'],
    [45.4, '45 s'],
    [59.6, '1m 00s'],
    [725, '12m 05s'],
    [HOUR - 0.4, '1h 00m'],
    [HOUR + 120, '1h 02m'],
    [2 * HOUR + 600, '2h 10m'],
    [DAY - 1, '1d 0h'],
    [2 * DAY + 3 * HOUR, '2d 3h'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NaN, '–'],
    [-1, '–'],
  ] as const)('%d s are shown as %s', ([seconds, text]) => {
    expect(formatDuration(seconds)).toBe(text)
  })

  test('a duration never takes more than 9 columns', () => {
    expect(formatDuration(10_006 * DAY + 10 * 3600)).toBe('∞')
    fc.assert(fc.property(fc.double(), seconds => formatDuration(seconds).length <= 9))
  })
})

describe('dates and amounts', () => {
  test('a date is local time, and a near one leaves out what both share', () => {
    expect(formatDate(NOW)).toBe('2031-02-03 14:05:06')
    expect(formatSoon(NOW + 60_000, NOW)).toBe('14:06')
    expect(formatSoon(NOW + DAY * 1000, NOW)).toBe('02-04 14:05')
    expect(formatSoon(NOW + 365 * DAY * 1000, NOW)).toBe('2032-02-03 14:05')
  })

  test.for([
    [formatGib(0), '0'],
    [formatGib(0.0001), '0.001'],
    [formatGib(0.0125), '0.013'],
    [formatGib(0.256), '0.26'],
    [formatGib(4), '4'],
    [formatGib(62.79), '62.8'],
    [formatGib(1511.4), '1,511'],
    [formatAmount(0.25), '0.25'],
    [formatAmount(12.5), '12.5'],
    [formatCount(1_000_000), '1,000,000'],
    [formatPercent(0.999), '99%'],
    [formatPercent(1), '100%'],
    [formatPercent(0.29), '29%'],
  ] as const)('%s is as it should be', ([got, text]) => {
    expect(got).toBe(text)
  })
})

describe('text from outside', () => {
  test('control characters are shown, not sent', () => {
    expect(sanitize('red \u001b[31m, bell \u0007, c1 \u009b, line\nnext\tcolumn\r')).toBe(
      'red \\x1b[31m, bell \\x07, c1 \\x9b, line\\nnext\\tcolumn\\r',
    )
    expect(sanitize('photo\u202egnp.exe')).toBe('photo\\u{202e}gnp.exe')
    expect(sanitize('機械学習 🚀 café')).toBe('機械学習 🚀 café')
    expect(sanitizeLine('\u001b[31mTraceback\u001b[0m\tline 1  ')).toBe('Traceback    line 1')
  })

  test('nothing harmful is left of any text, nor of the JSON of it, which still means the same', () => {
    fc.assert(
      fc.property(anyName, name => {
        expect(sanitize(name)).not.toMatch(HARMFUL)
        expect(sanitizeLine(name)).not.toMatch(HARMFUL)
        const json = sanitizeJson(JSON.stringify({ name }))
        expect(json).not.toMatch(HARMFUL)
        expect(JSON.parse(json)).toEqual({ name })
      }),
    )
  })
})

describe('cutting', () => {
  test('an end is cut away behind …, and a middle between two halves', () => {
    expect(truncate('abcdefgh', 8)).toBe('abcdefgh')
    expect(truncate('abcdefgh', 5)).toBe('abcd…')
    expect(truncate('機械学習', 5)).toBe('機械…')
    expect(shorten('python train.py --model xgb --seed 17', 20)).toBe('python tra…--seed 17')
    expect(shorten('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 13)).toBe(
      '👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧…👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧',
    )
  })

  test('what was cut fits, and what fits was not cut', () => {
    fc.assert(
      fc.property(anyName.map(sanitize), fc.integer({ min: 0, max: 200 }), (text, width) => {
        for (const cut of [truncate(text, width), shorten(text, width)]) {
          expect(stringWidth(cut)).toBeLessThanOrEqual(width)
          if (stringWidth(text) <= width && text.length < 64) expect(cut).toBe(text)
        }
      }),
    )
  })

  test('columns of a table stand under each other, and one of them gives way', () => {
    const rows = [
      ['機械学習', '1 s', 'x'],
      ['a very long name indeed', '1h 02m', 'yy'],
    ]
    expect(tableLines(rows, { columns: ['flexible', 'right', 'left'], width: 30 })).toEqual([
      '機械学習               1 s  x',
      'a very lo…e indeed  1h 02m  yy',
    ])
  })
})
