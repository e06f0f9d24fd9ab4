import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { historyPathOf } from '../../src/run/historyPath.ts'

const STANDING = resolve('longshore-runs/history.sqlite')

describe('where a run finds what earlier ones have taught', () => {
  it('is beside the runs of the working folder, as long as its own folder is there too', () => {
    expect(historyPathOf({})).toBe(STANDING)
    expect(historyPathOf({ runDir: 'longshore-runs/fits' })).toBe(STANDING)
    expect(historyPathOf({ runDir: 'elsewhere/fits' })).toBeNull()
  })

  it('is where it was asked for, or nowhere', () => {
    expect(historyPathOf({ history: true, runDir: 'elsewhere/fits' })).toBe(STANDING)
    expect(historyPathOf({ history: 'lab/history.sqlite' })).toBe(resolve('lab/history.sqlite'))
    expect(historyPathOf({ history: false })).toBeNull()
  })
})
