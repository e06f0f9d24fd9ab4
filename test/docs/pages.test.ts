import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { generatedPages } from '../../scripts/docs/pages.ts'

const ROOT = new URL('../../', import.meta.url)

describe('pages that are made from the code', () => {
  it.each(generatedPages())('$path is as the code has it; else run `npm run docs`', ({ path, text }) => {
    expect(readFileSync(new URL(path, ROOT), 'utf8')).toBe(text)
  })
})
