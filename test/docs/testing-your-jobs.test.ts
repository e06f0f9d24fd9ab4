import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as testing from '../../src/testing/index.ts'
import { fileOf, ROOT, sectionsOf } from '../support/examples.ts'

const FOLDER = join(ROOT, 'test/docs/pipeline')
const PAGE = 'docs/testing-your-jobs.md'
const blocks = sectionsOf(PAGE).flatMap(section => section.blocks)
const shown = new Map(
  blocks.flatMap(block => {
    const name = fileOf(block)
    return name ? [[name, block.text] as const] : []
  }),
)

// The files themselves are tests: Vitest runs them as they are.
describe(PAGE, () => {
  it('shows every file of the pipeline and no other', () => {
    expect([...shown.keys()].toSorted()).toEqual(readdirSync(FOLDER).toSorted())
  })

  it.each([...shown])('shows %s as it is run', (name, text) => {
    expect(text).toBe(readFileSync(join(FOLDER, name), 'utf8'))
  })

  it('names only what longshore/testing exports, and all of its functions', () => {
    const text = readFileSync(join(ROOT, PAGE), 'utf8')
    const table = text.split('\n').filter(line => line.startsWith('| `'))
    const named = table.flatMap(line =>
      [...(line.split('|')[1] ?? '').matchAll(/`(\w+)/g)].map(([, name]) => name ?? ''),
    )
    expect(Object.keys(testing)).toEqual(expect.arrayContaining(named))
    const left = Object.keys(testing).filter(name => !named.includes(name))
    expect(left.toSorted()).toEqual(['NO_FIXED_RAM', 'brokenInvariants'])
  })
})
