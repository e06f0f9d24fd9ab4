import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { countOf, createJobCgroup, findDelegation } from '../../../src/actors/command/cgroup.ts'
import { createScheduler } from '../../../src/index.ts'
import { parseMounts } from '../../../src/probe/cgroup.ts'
import { commandExecutor, isAlive, temporaryFolder } from './harness.ts'

/** Where a cgroup can be made here, with or without a memory controller; `null` where that is not permitted. */
const place = findPlace()

function findPlace(): string | null {
  try {
    const mounts = parseMounts(readFileSync('/proc/self/mountinfo', 'utf8'))
    const folder = mounts.find(({ version }) => version === 2)?.mountPoint ?? ''
    const own = join(folder, `longshore-test-${process.pid}`)
    mkdirSync(own)
    return own
  } catch {
    return null
  }
}

afterAll(() => place !== null && rmdirSync(place))

const own = () => (place === null ? [] : readdirSync(place).filter(name => name.startsWith('longshore-')))

/** Nobody knows whose it is: it has left its group, its session, its parent and its environment. */
const UNKNOWN = 'setsid -f env -i sh -c \'echo $$; trap "" TERM; while :; do sleep 1000; done\''

describe('a command with a cgroup of its own', () => {
  it('is ended with all that it has started, however well that has hidden; else it says why it cannot be', async () => {
    const { run, executor } = commandExecutor({ cgroups: place ?? '/sys/nowhere' })
    const attempt = run({ command: `${UNKNOWN}; sleep 1000` })
    if (place === null) {
      expect((await attempt.exited).failure?.message).toMatch(/^its RAM cannot be limited: .*\/sys\/nowhere/)
      return
    }
    await expect.poll(() => attempt.stdout(), { timeout: 10_000 }).toMatch(/^\d+\n$/)
    expect(own()).toHaveLength(1)
    const hidden = Number(attempt.stdout())
    executor.kill(attempt.work.placement.id)
    expect(await attempt.exited).toMatchObject({ ok: false, signal: 'SIGKILL' })
    expect(isAlive(hidden)).toBe(false)
    expect(own()).toEqual([])
  })

  it('fails by its own name where its program is missing, and leaves no cgroup', async () => {
    const { run } = commandExecutor({ cgroups: place ?? '/sys/nowhere' })
    const { failure } = await run({ command: ['frobnicate'] }).exited
    expect(failure?.message).toMatch(place === null ? /cannot be limited/ : /no such program: frobnicate/)
    expect(own()).toEqual([])
  })

  it('is the leader that it would be without, and ends as it would', async () => {
    const { run } = commandExecutor(place === null ? {} : { cgroups: place })
    const attempt = run({ command: ['sh', '-c', 'echo $$; exit 3'] })
    const pid = await attempt.started
    expect(await attempt.exited).toMatchObject({ exitCode: 3 })
    expect(attempt.stdout()).toBe(`${pid}\n`)
  })
})

describe('--enforce ram', () => {
  it('lets no command have more RAM than it asked for, or is refused with the reason', async () => {
    const delegation = findDelegation()
    const options = { enforce: 'ram', runDir: join(temporaryFolder(), 'run'), history: false } as const
    if (!delegation.can) {
      await expect(createScheduler(options)).rejects.toThrow(`RAM cannot be enforced here: ${delegation.why}`)
      return
    }
    await using scheduler = await createScheduler({ ...options, oomRetries: 0 })
    const [job] = scheduler.add([{ command: 'x=$(head -c 300000000 /dev/zero | tr "\\0" x)', ramGb: 0.1 }])
    await scheduler.run()
    expect(await job?.outcome).toMatchObject({ status: 'failed', failure: { ranOut: 'ram' } })
  })

  it('is for this machine only, and knows no other thing to enforce', async () => {
    // @ts-expect-error what callers without types may hand in
    await expect(createScheduler({ enforce: 'cpu' })).rejects.toThrow(/enforce.*ram/)
  })
})

describe('the files of a cgroup', () => {
  it('are read as the kernel writes them', () => {
    const events = 'low 0\nhigh 0\nmax 12\noom 1\noom_kill 3\noom_group_kill 1\n'
    expect(countOf(events, 'oom_kill')).toBe(3)
    expect(countOf('', 'oom_kill')).toBeNull()
  })

  it('are none where there is no such folder, and that throws', () => {
    expect(() => createJobCgroup('/sys/nowhere', 'a', null)).toThrow(/\/sys\/nowhere\/a/)
  })
})
