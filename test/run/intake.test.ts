import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  ClosedError,
  createScheduler,
  InvalidJobsError,
  type JobSpec,
  type Scheduler,
} from '../../src/index.ts'
import { makeTemporaryFolder } from '../support/temporaryFolder.ts'

let folder: string
let scheduler: Scheduler

beforeEach(async () => {
  folder = await makeTemporaryFolder()
  scheduler = await createScheduler({ capacity: { threads: 4, ramGb: 8 }, runDir: join(folder, 'run') })
})

afterEach(async () => {
  await scheduler.close()
  await rm(folder, { recursive: true, force: true })
})

const job = (n: number): JobSpec => ({ id: `j${n}`, inline: () => n, threads: 1 + (n % 3) })

function* jobs(count: number): Generator<JobSpec> {
  for (let n = 0; n < count; n++) yield job(n)
}

async function* slowly(specs: Iterable<JobSpec>): AsyncGenerator<JobSpec> {
  for (const spec of specs) yield spec
}

describe('addAll', () => {
  it('adds what add would, in its order, from a list, an iterable and an async iterable', async () => {
    const ids = (count: number) => Array.from({ length: count }, (_, n) => `j${n}`)
    const listed = await scheduler.addAll([...jobs(1201)])
    expect(listed.map(({ id }) => id)).toEqual(ids(1201))
    const more = (from: number) => [job(from), job(from + 1)]
    expect((await scheduler.addAll(new Set(more(2000)))).map(({ id }) => id)).toEqual(['j2000', 'j2001'])
    expect((await scheduler.addAll(slowly(more(3000)))).map(({ id }) => id)).toEqual(['j3000', 'j3001'])
    expect([...scheduler.actor.getSnapshot().context.jobs.keys()].slice(0, 1201)).toEqual(ids(1201))
    expect(scheduler.progress().counts).toMatchObject({ total: 1205, pending: 1205 })
  })

  it('adds none where one is at fault, names every fault, and takes no id', async () => {
    const faulty = [...jobs(1200), { ...job(1200), threads: -1 }, job(7), { ...job(1300), threads: 0 }]
    const error = await scheduler.addAll(faulty).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InvalidJobsError)
    expect(error).toMatchObject({
      faults: [{ where: 'jobs[1200]' }, { where: 'jobs[1201]' }, { where: 'jobs[1202]' }],
    })
    const impossible = [...jobs(1200), { ...job(1200), threads: 64 }]
    await expect(scheduler.addAll(impossible)).rejects.toMatchObject({ faults: [{ index: 1200 }] })
    expect(scheduler.progress().counts.total).toBe(0)
    expect(await scheduler.addAll(jobs(1200))).toHaveLength(1200)
  })

  it('lets the event loop go on while it adds', async () => {
    let isAdding = true
    let turns = 0
    const count = () => {
      if (!isAdding) return
      turns++
      setImmediate(count)
    }
    setImmediate(count)
    await scheduler.addAll(jobs(20_000))
    isAdding = false
    expect(turns).toBeGreaterThan(2)
  })

  it('gives ids that users gave to their jobs, also where a hash of an earlier one is the same', async () => {
    const [plain] = scheduler.add({ command: 'true' })
    const hash = plain?.id ?? ''
    const other = await createScheduler({ capacity: { threads: 4 }, runDir: join(folder, 'other') })
    const named = [...jobs(600), { id: hash, command: 'false' }]
    const handles = await other.addAll([{ command: 'true' }, ...named])
    expect(handles[0]?.id).toBe(`${hash}-2`)
    expect(handles.at(-1)?.id).toBe(hash)
    await other.close()
  })

  it('adds no more once the scheduler is closed', async () => {
    const adding = scheduler.addAll(jobs(20_000))
    await scheduler.close()
    await expect(adding).rejects.toThrow(ClosedError)
    await expect(scheduler.addAll(jobs(1))).rejects.toThrow(ClosedError)
  })
})
