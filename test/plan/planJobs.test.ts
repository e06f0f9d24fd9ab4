import { describe, expect, it } from 'vitest'
import {
  InvalidJobsError,
  InvalidOptionsError,
  type MachinePlan,
  type PlanOptions,
  planJobs as planWith,
} from '../../src/index.ts'

const capacity = { threads: 4, ramGb: 16, gpus: 0 }

/** Whatever earlier runs have taught on this machine. */
const planJobs = (specs: Parameters<typeof planWith>[0], options: PlanOptions = {}) =>
  planWith(specs, { history: false, ...options })

/** Jobs of one thread, of so many seconds each. */
const jobs = (...seconds: readonly number[]) =>
  seconds.map((timeS, i) => ({ command: ['fit', `${i}`], name: `fit ${i}`, timeS }))

const first = (machines: readonly unknown[]) => machines[0] as MachinePlan

describe('planJobs', () => {
  it('predicts the makespan, its lower bound and what sets it, and the use of each resource', async () => {
    const plan = await planJobs(jobs(40, 40, 40, 40, 20, 20, 20, 20), { capacity })
    expect(plan).toMatchObject({ jobs: 8, groups: 1, guesses: 0 })
    expect(plan.sumS).toBeCloseTo(240)
    const machine = first(plan.machines)
    expect(machine.makespanS).toBeCloseTo(60)
    expect(machine.lowerBound.seconds).toBeCloseTo(60)
    expect(machine.uses.find(({ name }) => name === 'threads')).toMatchObject({ capacity: 4, most: 1 })
    expect(plan.timeline.bars).toHaveLength(8)
    expect(plan.timeline.endS).toBe(machine.makespanS)
  })

  it('names the longest job where that is what sets the bound', async () => {
    const plan = await planJobs(jobs(5, 100, 5), { capacity })
    expect(first(plan.machines).lowerBound).toMatchObject({ by: 'longest job', job: 'fit 1' })
  })

  it('gives the same plan twice, with an interval around what is expected', async () => {
    const options = { capacity, machines: [{ threads: 8 }] }
    const [plan, again] = [
      await planJobs(jobs(9, 8, 7, 6, 5), options),
      await planJobs(jobs(9, 8, 7, 6, 5), options),
    ]
    const figures = ({ machines }: typeof plan) =>
      (machines as MachinePlan[]).map(({ makespanS, expectedS, intervalS }) => [
        makespanS,
        expectedS,
        intervalS,
      ])
    expect(figures(again)).toEqual(figures(plan))
    const { expectedS, intervalS } = first(plan.machines)
    expect(intervalS?.[0]).toBeLessThan(expectedS ?? 0)
    expect(intervalS?.[1]).toBeGreaterThan(expectedS ?? 0)
  })

  it('compares with other machines: what is not named is as here', async () => {
    const machines = [{ threads: 8 }, { nodes: 3 }, { threads: 1, gpus: 2 }]
    const plan = await planJobs(jobs(...Array.from({ length: 24 }, () => 10)), { capacity, machines })
    expect(plan.machines.map(({ title }) => title)).toEqual([
      'this machine',
      '8 threads',
      '3 nodes',
      '1 thread, 2 GPUs',
    ])
    const makespans = plan.machines.map(machine => Math.round((machine as MachinePlan).makespanS))
    expect(makespans).toEqual([60, 30, 20, 240])
    expect(plan.machines[2]?.nodes).toHaveLength(3)
    expect(plan.machines[3]?.nodes[0]).toMatchObject({ threads: 1, ramGb: 16, gpus: [{}, {}] })
  })

  it('plans for another machine what does not fit here, and says so', async () => {
    const wide = [{ command: ['wide'], threads: 6, timeS: 10 }, ...jobs(10)]
    const plan = await planJobs(wide, { capacity, machines: [{ threads: 8 }] })
    expect(plan.machines[0]).toMatchObject({ unfit: 1, why: expect.stringContaining('asks for threads 6') })
    expect(plan.timeline.nodes[0]?.threads).toBe(8)
    expect(plan.timeline.bars).toHaveLength(2)
  })

  it('gives pretended GPUs enough RAM for the jobs where nobody says how much they have', async () => {
    const gpuJob = { command: ['net'], gpus: 1, gpuShare: 0.5, gpuRamGb: 10, timeS: 10 }
    const plan = await planJobs([gpuJob, gpuJob], { capacity, cudaContextGb: 1, machines: [{ gpus: 1 }] })
    expect(plan.machines[1]).toMatchObject({ nodes: [{ gpus: [{ ramGb: 22 }] }] })
    expect((plan.machines[1] as MachinePlan).makespanS).toBeCloseTo(10)
  })

  it('refuses jobs that fit on none of the machines, with every fault', async () => {
    const wide = Array.from({ length: 3 }, (_, i) => ({ command: ['wide', `${i}`], threads: 6 }))
    const planned = planJobs(wide, { capacity, machines: [{ threads: 5 }] })
    await expect(planned).rejects.toThrow(InvalidJobsError)
    await expect(planned).rejects.toMatchObject({ faults: [{ index: 0 }, { index: 1 }, { index: 2 }] })
  })

  it('refuses machines that cannot be', async () => {
    const machines = [{ threads: 0 }, { nodes: 1.5 }, { thread: 3 }, { resources: { license: -1 } }] as never
    await expect(planJobs(jobs(1), { machines })).rejects.toThrow(InvalidOptionsError)
    await expect(planJobs(jobs(1), { machines })).rejects.toMatchObject({
      faults: [
        { message: 'expected threads to be a number > 0, got 0' },
        { message: 'expected nodes to be a whole number > 0, got 1.5' },
        { message: expect.stringContaining('unknown thread') },
        { message: 'expected resources.license to be a number > 0, got -1' },
      ],
    })
  })

  it('counts the jobs of which nobody knows how long they take', async () => {
    const plan = await planJobs([{ command: ['a'] }, { command: ['b'], timeS: 5 }], { capacity })
    expect(plan.guesses).toBe(1)
    expect(first(plan.machines).makespanS).toBeCloseTo(60)
  })
})
