import { describe, expect, it } from 'vitest'
import { parseMemory, parseStat } from '../../../src/actors/command/processes.ts'

describe('what the kernel shows of a process', () => {
  it('is read right whatever the process is called', () => {
    expect(parseStat('4711 (a) S 1 (b) R 17 4700 4699 0 -1 4194560 1')).toEqual({
      pid: 4711,
      group: 4700,
      session: 4699,
      alive: true,
    })
  })

  it.each(['Z', 'X'])('counts a process in state %s as ended', state => {
    expect(parseStat(`5 (true) ${state} 1 5 5 0 -1 0`).alive).toBe(false)
  })

  it('gives resident memory in bytes, none for a process that holds none any more', () => {
    expect(parseMemory('Name:\tcat\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n')).toEqual({
      now: 1024 ** 2,
      peak: 2 * 1024 ** 2,
    })
    expect(parseMemory('Name:\tcat\nState:\tZ (zombie)\n')).toEqual({ now: 0, peak: 0 })
  })
})
