import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSampler } from '../../../src/actors/command/sampler.ts'
import { skipUnless } from '../../support/skip.ts'

describe('the sampler', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  it('sees a command within 50 ms also while all others are grown and looked at every two seconds only', async context => {
    skipUnless(context, existsSync('/proc/self/status'), 'needs /proc, which Linux has')
    const sampler = createSampler()
    const [grown, young] = [process.pid, process.ppid]
    sampler.follow(grown, () => {})
    await vi.advanceTimersByTimeAsync(5000)
    const seen = vi.fn()
    const sampled = sampler.follow(young, seen)
    await vi.advanceTimersByTimeAsync(50)
    expect(seen).toHaveBeenCalled()
    expect(sampled.peakRamGb).toBeGreaterThan(0)
    sampler.forget(grown)
    sampler.forget(young)
    expect(vi.getTimerCount()).toBe(0)
  })
})
