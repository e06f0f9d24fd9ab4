import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { execa } from 'execa'
import { describe, expect, it, onTestFinished } from 'vitest'
import { plain } from '../../src/actors/inspector/plain.ts'
import { createInspector, type Inspector, type InspectorOptions } from '../../src/actors/inspector.ts'
import { LongshoreError } from '../../src/errors.ts'
import { buildJob, buildNode, type SimulatedSystem, simulateSystem } from '../../src/testing/index.ts'
import { connect } from './inspector/client.ts'

async function openInspector(options: InspectorOptions = {}) {
  const said: string[] = []
  const inspector = await createInspector({ port: 0, say: message => said.push(message), ...options })
  onTestFinished(() => inspector.close())
  return { inspector, said }
}

function systemUnder({ inspect }: Inspector): SimulatedSystem {
  return simulateSystem({ nodes: [buildNode({ threads: 500, gpus: 1 })], inspect })
}

const jobs = (count: number, draft: Partial<Parameters<typeof buildJob>[0]> = {}) =>
  Array.from({ length: count }, (_, i) => buildJob({ id: `job-${i}`, ...draft }))

describe('somebody who watches', () => {
  it('sees a job go through its states', async () => {
    const { inspector } = await openInspector()
    const client = await connect(inspector.url)
    const system = systemUnder(inspector)
    system.add(buildJob({ id: 'fit' }))
    system.runAll()
    await client.until(() => client.statesOf('fit').includes('succeeded'))
    expect(client.statesOf('fit')).toEqual(['pending', 'placed', 'running', 'succeeded'])
    const events = client.messages.filter(({ sessionId }) => sessionId === client.sessionOf('fit'))
    expect(events.map(({ event }) => event?.type)).toEqual(
      expect.arrayContaining(['job.placed', 'job.started', 'job.exited']),
    )
  })

  it("sees the system's actors, each below its parent, with the definitions of the machines", async () => {
    const { inspector } = await openInspector()
    const client = await connect(inspector.url)
    systemUnder(inspector)
    await client.until(() => client.statesOf('ledger:node').includes('open'))
    expect(client.names).toEqual([
      'scheduler',
      'desk',
      'passes',
      'command@node',
      'task@node',
      'inline@node',
      'ledger:node',
      'gpu0',
    ])
    const gpu = client.messages.find(({ name }) => name === 'gpu0')
    expect(gpu?.parentId).toBe(client.sessionOf('ledger:node'))
    expect(JSON.parse(gpu?.definition ?? '').states).toHaveProperty('shared')
  })

  it('is told in figures where the scheduler and the ledgers stand', async () => {
    const { inspector } = await openInspector()
    const client = await connect(inspector.url)
    const system = systemUnder(inspector)
    system.add(...jobs(3, { gpus: 1, gpuShare: 0.25 }))
    system.runAll()
    const contextsOf = (name: string) =>
      client.messages
        .filter(({ type, sessionId }) => type === '@xstate.snapshot' && sessionId === client.sessionOf(name))
        .map(({ snapshot }) => snapshot?.context)
    await client.until(() => contextsOf('scheduler').some(context => Object(context).succeeded === 3))
    expect(contextsOf('ledger:node')).toContainEqual(
      expect.objectContaining({ free: expect.objectContaining({ threads: 497 }) }),
    )
    expect(contextsOf('gpu0')).toContainEqual(
      expect.objectContaining({ free: expect.objectContaining({ share: 0.25 }) }),
    )
  })

  it('and comes late is told of the actors that are there, as they stand, and of none that has ended', async () => {
    const { inspector } = await openInspector()
    const system = systemUnder(inspector)
    system.add(buildJob({ id: 'short', timeS: 1 }), buildJob({ id: 'long', timeS: 100 }))
    system.actor.send({ type: 'scheduler.start' })
    system.clock.advance(50_000)
    const client = await connect(inspector.url)
    await client.until(() => client.statesOf('long').length > 0)
    expect(client.names).toEqual(expect.arrayContaining(['scheduler', 'ledger:node', 'long']))
    expect(client.names).not.toContain('short')
    expect(client.statesOf('long')).toEqual(['running'])
    system.runAll()
    await client.until(() => client.statesOf('long').includes('succeeded'))
    expect(client.statesOf('long')).toEqual(['running', 'succeeded'])
  })

  it('and falls behind is told how it ended, and not everything in between', async () => {
    const { inspector, said } = await openInspector()
    const client = await connect(inspector.url)
    const system = systemUnder(inspector)
    system.add(...jobs(600))
    system.runAll()
    system.add(buildJob({ id: 'last' }))
    system.runAll()
    const schedulerSaw = () => client.messages.findLast(({ snapshot }) => Object(snapshot?.context).succeeded)
    await client.until(() => Object(schedulerSaw()?.snapshot?.context).succeeded === 601)
    await client.until(() => client.alive.size === 8)
    expect(client.messages.length).toBeLessThan(6000)
    expect(said).toHaveLength(2)
  })
})

describe('more live jobs than are shown', () => {
  it('are shown as a sample, with all actors of the system, and that is said once', async () => {
    const { inspector, said } = await openInspector()
    const client = await connect(inspector.url)
    const system = systemUnder(inspector)
    system.add(...jobs(250))
    system.actor.send({ type: 'scheduler.start' })
    system.clock.advance(1000)
    await client.until(() => client.alive.size === 208)
    expect(client.names.filter(name => name?.startsWith('job-'))).toHaveLength(200)
    expect(client.names).toEqual(expect.arrayContaining(['scheduler', 'ledger:node', 'gpu0']))
    expect(said).toEqual([
      `Inspector: open ${inspector.url} in a browser.`,
      "More than 200 jobs run at once: the inspector shows the system's actors and a sample of the jobs, 200 at a time.",
    ])
  })

  it('a job that is shown is shown from its start to its end, and its slot goes to another one', async () => {
    const { inspector } = await openInspector({ mostJobs: 2 })
    const client = await connect(inspector.url)
    const system = systemUnder(inspector)
    system.add(...jobs(4))
    system.runAll()
    system.add(buildJob({ id: 'next' }))
    system.runAll()
    await client.until(() => client.statesOf('next').includes('succeeded'))
    const shown = client.names.filter(name => name?.startsWith('job-'))
    expect(shown).toHaveLength(2)
    for (const name of shown)
      expect(client.statesOf(name ?? '')).toEqual(['pending', 'placed', 'running', 'succeeded'])
    const sources = new Set(client.messages.flatMap(({ sourceId }) => sourceId ?? []))
    const introduced = new Set(client.messages.filter(({ name }) => name).map(({ sessionId }) => sessionId))
    expect([...sources].filter(source => !introduced.has(source))).toEqual([])
  })
})

describe('what is told', () => {
  it("holds nothing of users' commands, arguments, environment and results", async () => {
    const { inspector } = await openInspector()
    const client = await connect(inspector.url)
    const system = simulateSystem({
      nodes: [buildNode()],
      inspect: inspector.inspect,
      play: () => ({ durationS: 1, ending: { value: 'SECRET', results: { key: 'SECRET' } } }),
    })
    const env = { TOKEN: 'SECRET' }
    system.add(buildJob({ id: 'a', env, run: { kind: 'command', command: ['echo', 'SECRET'] } }))
    system.add(buildJob({ id: 'b', env, run: { kind: 'task', module: 'm', args: { key: 'SECRET' } } }))
    system.runAll()
    await client.until(() => client.statesOf('b').includes('succeeded'))
    expect(JSON.stringify(client.messages)).not.toContain('SECRET')
  })

  it('is bounded and can be written as JSON, whatever it is made from', () => {
    const read: number[] = []
    function* entries() {
      for (let i = 0; i < 1000; i++) {
        read.push(i)
        yield [i, i] as const
      }
    }
    const ring: { self?: unknown } = {}
    ring.self = ring
    const copy = plain({
      map: new Map(entries()),
      ring,
      big: 2n ** 70n,
      fn: function decide() {},
      long: 'x'.repeat(10_000),
      list: Array(1000).fill(1),
      error: new RangeError('too far'),
      clock: new Date(0),
    })
    const text = JSON.stringify(copy)
    expect(text.length).toBeLessThan(2000)
    expect(copy).toMatchObject({ fn: 'function decide', error: 'RangeError: too far', clock: 'Date' })
    expect(Object(copy).map).toMatchObject({ 0: 0, 19: 19, '…': '980 more' })
  })

  it('never throws into the scheduler: what cannot be read is said, once', async () => {
    const { inspector, said } = await openInspector()
    await connect(inspector.url)
    const system = systemUnder(inspector)
    const event = {
      type: 'odd',
      get broken(): never {
        throw new Error('not to be read')
      },
    }
    const tell = () =>
      inspector.inspect({
        type: '@xstate.event',
        rootId: 'x:0',
        actorRef: system.actor,
        sourceRef: undefined,
        event,
      })
    expect(tell).not.toThrow()
    expect(tell).not.toThrow()
    expect(said.slice(1)).toEqual(['The inspector misses something: Error: not to be read'])
  })
})

describe('the server', () => {
  it('turns away the pages of other sites, which could read along', async () => {
    const { inspector } = await openInspector()
    await expect(connect(inspector.url, 'https://example.org')).rejects.toThrow('401')
    await expect(connect(inspector.url, inspector.url.slice(0, -1))).resolves.toBeDefined()
  })

  it('serves a page that holds the inspector in a frame', async () => {
    const { inspector } = await openInspector({ page: 'https://inspector.test/?a="b"' })
    const response = await fetch(inspector.url)
    expect(await response.text()).toContain('src="https://inspector.test/?a=&quot;b&quot;"')
    expect((await fetch(`${inspector.url}other`)).status).toBe(404)
  })

  it('says what to do when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const attempt = createInspector({ port, say: () => {} })
    await expect(attempt).rejects.toThrow(LongshoreError)
    await expect(attempt).rejects.toThrow(`127.0.0.1:${port}`)
  })

  it('sends the last states before it hangs up, and listens no more', async () => {
    const { inspector } = await openInspector()
    const client = await connect(inspector.url)
    const system = systemUnder(inspector)
    system.add(buildJob({ id: 'fit' }))
    system.runAll()
    const closed = once(client.socket, 'close')
    await inspector.close()
    expect((await closed)[0]).toBe(1001)
    expect(client.statesOf('fit').at(-1)).toBe('succeeded')
    await expect(connect(inspector.url)).rejects.toThrow('ECONNREFUSED')
  })
})

describe('a real run', () => {
  it('is seen by who connects, and its process ends by itself', async () => {
    const runDir = mkdtempSync(join(tmpdir(), 'inspector-'))
    onTestFinished(() => rmSync(runDir, { recursive: true }))
    const index = new URL('../../src/index.ts', import.meta.url).href
    const run = execa(process.execPath, ['--input-type=module', '--eval', SCRIPT, index, runDir])
    onTestFinished(() => void run.kill())
    const client = await connect(await urlIn(run.stderr))
    await client.until(() => client.names.includes('scheduler'))
    const closed = once(client.socket, 'close')
    run.stdin.write('go\n')
    await closed
    expect(client.statesOf('nap')).toEqual(['pending', 'placed', 'running', 'succeeded'])
    expect(await run).toMatchObject({ exitCode: 0 })
  })
})

/** Runs one job when told to, then closes. */
const SCRIPT = `
  import { once } from 'node:events'
  const [, index, runDir] = process.argv
  const { createScheduler } = await import(index)
  const scheduler = await createScheduler({ inspect: true, runDir })
  await once(process.stdin, 'data')
  process.stdin.destroy()
  scheduler.add({ id: 'nap', command: ['sleep', '0.1'], timeS: 1 })
  await scheduler.run()
  await scheduler.close()
`

async function urlIn(stderr: Readable): Promise<string> {
  const [line] = await once(createInterface(stderr), 'line')
  const url = /http:\S+/.exec(line)
  if (!url) throw new Error(`No address was told: ${line}`)
  return url[0]
}
