import { describe, expect, it } from 'vitest'
import { jobKey } from '../../../src/actors/history/key.ts'
import type { Run } from '../../../src/job.ts'
import { buildJob, type JobDraft } from '../../../src/testing/index.ts'

function keyOf(run: Run, some: Partial<JobDraft> = {}): string | null {
  return jobKey(buildJob({ id: 'a', run, ...some }))
}

const fit: Run = { kind: 'command', command: ['fit', '--seed', '1'] }
const withArgs = (args: unknown): Run => ({ kind: 'task', module: 'file:///fit.ts', args })

describe('the key by which a job is known again', () => {
  it('is the same for the same work by another name, in another group, with another request or estimate', () => {
    const other = keyOf(fit, {
      id: 'b',
      name: 'n',
      group: 'g',
      threads: 4,
      timeS: null,
      priority: 3,
      retries: 2,
    })
    expect(other).toBe(keyOf(fit))
    expect(other).toHaveLength(22)
  })

  it('does not depend on the order in which arguments were put together', () => {
    const one = { depth: 3, nested: { a: [1, 2], b: new Map([['x', 1]]) } }
    const other = { nested: { b: new Map([['x', 1]]), a: [1, 2] }, depth: 3 }
    expect(keyOf(withArgs(one))).toBe(keyOf(withArgs(other)))
  })

  it.for<[string, string | null]>([
    ['a command', keyOf({ kind: 'command', command: ['fit', '--seed', '2'] })],
    ['a command that the shell runs', keyOf({ kind: 'command', command: 'fit --seed 1' })],
    ['variables', keyOf(fit, { env: { SEED: '1' } })],
    ['a folder', keyOf(fit, { cwd: '/data' })],
    ['a task', keyOf(withArgs(undefined))],
    ['the arguments of a task', keyOf(withArgs([1]))],
    ['the order of a list', keyOf(withArgs([1, 2]))],
    ['the other order of it', keyOf(withArgs([2, 1]))],
    ['binary arguments', keyOf(withArgs(new Float64Array([1])))],
    ['other binary ones', keyOf(withArgs(new Float64Array([2])))],
    ['big numbers', keyOf(withArgs(2n))],
    ['a set', keyOf(withArgs(new Set([1])))],
  ])('differs by %s', ([, key]) => {
    expect(key).not.toBe(keyOf(fit))
    expect(key).not.toBeNull()
  })

  it('differs between any two of these', () => {
    const keys = [
      [1],
      [2],
      [1, 2],
      [2, 1],
      { a: 1 },
      { b: 1 },
      '1',
      1,
      1n,
      null,
      new Set([1]),
      new Map([[1, 1]]),
    ]
    expect(new Set(keys.map(args => keyOf(withArgs(args)))).size).toBe(keys.length)
  })

  it('is not there for a function, nor for arguments that go round in a circle', () => {
    const circle: unknown[] = []
    circle.push(circle)
    expect(keyOf({ kind: 'inline', fn: () => 1 })).toBeNull()
    expect(keyOf(withArgs(circle))).toBeNull()
  })
})
