import { describe, expect, it } from 'vitest'
import { randomOf } from '../../src/simulator/random.ts'
import { Desk } from '../resume/support.ts'
import { count, wage } from './campaign.ts'

const JOBS = Number(process.env['LONGSHORE_CHAOS_JOBS'] ?? 18)
const KILLS = Number(process.env['LONGSHORE_CHAOS_KILLS'] ?? 3)
const SEED = Number(process.env['LONGSHORE_SEED'] ?? Date.now() % 2 ** 31)

describe(`a run of ${JOBS} jobs (LONGSHORE_SEED=${SEED})`, () => {
  it(`of commands whose scheduler is killed ${KILLS} times runs each once`, async () => {
    const desk = new Desk()
    const kills = await wage(desk, {
      jobs: JOBS,
      kills: KILLS,
      victims: ['scheduler'],
      tasks: 0,
      random: draws(SEED),
    })
    const once = Array.from({ length: JOBS }, () => 1)
    expect(count(desk, JOBS)).toEqual({
      notOnce: [],
      starts: once,
      ends: once,
      overlaps: '',
      left: [],
      logsAreWhole: true,
    })
    console.log(`${kills} kills, ${JOBS} starts of ${JOBS} commands`)
  })

  it(`whose scheduler, launchers and workers are killed ${KILLS} times runs none twice at the same time, and each to its end`, async () => {
    const desk = new Desk()
    const victims = ['scheduler', 'launcher', 'both', 'worker'] as const
    const kills = await wage(desk, { jobs: JOBS, kills: KILLS, victims, tasks: 0.5, random: draws(SEED + 1) })
    const { ends, starts, ...toll } = count(desk, JOBS)
    expect(toll).toEqual({ notOnce: [], overlaps: '', left: [], logsAreWhole: true })
    expect(Math.min(...ends)).toBe(1)
    console.log(`${kills} kills, ${starts.reduce((sum, n) => sum + n, 0)} starts of ${JOBS} jobs`)
  })
})

/** Numbers in [0, 1), the same for the same seed. */
function draws(seed: number): () => number {
  let drawn = 0
  return () => randomOf(seed, drawn++)
}
