import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fence } from '../../../src/actors/command/executor.ts'
import { agentFolder } from '../../../src/actors/record/folder.ts'
import { agentCommand } from '../../../src/backends/agent/command.ts'
import { Lease } from '../../../src/backends/agent/lease.ts'
import { limited } from '../../../src/backends/agent/limited.ts'
import { packStart } from '../../../src/backends/agent/packing.ts'
import { AGENT_PROTOCOL, type AgentHello, type AgentReport } from '../../../src/backends/agent/protocol.ts'
import { connectionOver } from '../../../src/backends/remote/connection.ts'
import { buildNode } from '../../../src/testing/index.ts'
import { isAlive, workOf } from '../../actors/command/harness.ts'
import { temporaryFolderOfTest } from '../conformance.ts'

/** An agent as it is started on a node, with another PATH, or another binary of its scheduler. */
function startAgent({ path = process.env['PATH'], binary = process.execPath } = {}) {
  const [file, ...args] = agentCommand()
  const child = spawn(
    file,
    args.map(arg => (arg === process.execPath ? binary : arg)),
    { env: { ...process.env, PATH: path }, stdio: ['pipe', 'pipe', 'pipe'] },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const connection = connectionOver(child)
  const reports: AgentReport[] = []
  connection.receive(line => reports.push(JSON.parse(line)))
  const send = (order: object): void => connection.send(`${JSON.stringify(order)}\n`)
  return { child, connection, reports, send }
}

function hello(given: Partial<AgentHello>): AgentHello {
  return {
    type: 'hello',
    protocol: AGENT_PROTOCOL,
    node: 'n1',
    runDir: '/',
    isKept: false,
    cwd: '/',
    env: {},
    options: {},
    limits: {},
    bare: null,
    open: {},
    leaseS: 30,
    ...given,
  }
}

/** A program `node` that says it is of this version, and does nothing else. */
function fakeNode(version: string): string {
  const folder = join(temporaryFolderOfTest(), 'bin')
  mkdirSync(folder)
  writeFileSync(join(folder, 'node'), `#!/bin/sh\necho ${version}\n`)
  chmodSync(join(folder, 'node'), 0o755)
  return folder
}

describe('an agent', () => {
  it('says what was tried where no Node is new enough', async () => {
    const folder = fakeNode('v20.11.1')
    const { connection, reports } = startAgent({ path: `${folder}:/usr/bin:/bin`, binary: '/no/such/node' })
    await connection.closed
    expect(reports).toEqual([
      {
        type: 'refused',
        why: expect.stringMatching(
          /^no Node 22\.18 or later on .*; tried: node \(v20\.11\.1\), \/no\/such\/node \(missing\)/,
        ),
      },
    ])
  })

  it('runs on the binary of the scheduler where that of the PATH is too old, and ends when it is told to', async () => {
    const { connection, reports, send } = startAgent({ path: `${fakeNode('v22.17.0')}:/usr/bin:/bin` })
    send({ type: 'end' })
    expect(await connection.closed).toBe('exit code 0')
    expect(reports).toEqual([])
  })

  it('refuses a folder of the run that is not there, and a scheduler of another version', async () => {
    const missing = startAgent()
    missing.send(hello({ runDir: '/no/such/run', isKept: true }))
    const other = startAgent()
    other.send(hello({ protocol: AGENT_PROTOCOL + 1 }))
    await Promise.all([missing.connection.closed, other.connection.closed])
    const why = (reports: readonly AgentReport[]) => reports.find(({ type }) => type === 'refused')
    expect(why(missing.reports)).toMatchObject({ why: expect.stringContaining('/no/such/run, is not there') })
    expect(why(other.reports)).toMatchObject({ why: expect.stringContaining('another version') })
  })

  it('ends by itself when its orders end, with nothing left to run', async () => {
    const { child, connection, send, reports } = startAgent()
    send(hello({ runDir: temporaryFolderOfTest(), options: { cudaContextGb: 0 } }))
    while (!reports.some(({ type }) => type === 'here')) await once(child.stdout, 'data')
    connection.end()
    expect(await connection.closed).toBe('exit code 0')
  })
})

describe('an agent whose scheduler is gone, as somebody else has told it', () => {
  it('kills what it runs when it finds that its node was given up', async () => {
    const runDir = temporaryFolderOfTest()
    writeFileSync(join(runDir, 'journal.sqlite'), '')
    const { child, connection, reports, send } = startAgent()
    const told = async (type: AgentReport['type']) => {
      while (!reports.some(report => report.type === type)) await once(child.stdout, 'data')
    }
    send(hello({ runDir, isKept: true, atEnd: 'end', options: { cudaContextGb: 0 } }))
    await told('here')
    send(packStart(workOf({ command: "trap '' TERM; sleep 1000 & wait" }, runDir)))
    await told('started')
    const pid = reports.find(report => report.type === 'started')?.pid ?? 0
    send({ type: 'alone' })
    fence(agentFolder(runDir, 'n1'))
    expect(await connection.closed).toBe('exit code 0')
    expect(isAlive(pid)).toBe(false)
    expect(reports.map(({ type }) => type)).not.toContain('exited')
  })
})

describe('a lease', () => {
  it('is over when nothing was heard for longer than it lasts', () => {
    let now = 0
    const lease = new Lease(10, () => now)
    now = 10_000
    expect(lease.isOver).toBe(false)
    lease.renew()
    now = 20_001
    expect(lease.isOver).toBe(true)
  })
})

describe('what an engine gives of a node', () => {
  const gpu = (id: string) => ({ id, name: 'seen', ramGb: 24 })
  const measured = buildNode({ threads: 8, ramGb: 16 })

  it('bounds what was measured there', () => {
    expect(limited(measured, { threads: 4, ramGb: 64 })).toMatchObject({ threads: 4, ramGb: 16 })
    expect(limited(measured, {})).toEqual(measured)
  })

  it('names the GPUs: those that are seen as they are seen, others at its word', () => {
    const node = { ...measured, gpus: [gpu('GPU-a'), gpu('GPU-b')] }
    const given = (...ids: string[]) => ({ gpus: ids.map(id => ({ id, ramGb: 8 })) })
    expect(limited(node, given('GPU-b')).gpus).toEqual([gpu('GPU-b')])
    expect(limited(node, given('0')).gpus).toEqual([gpu('GPU-a')])
    expect(limited(measured, given('0', '1')).gpus.map(({ id, ramGb }) => [id, ramGb])).toEqual([
      ['0', 8],
      ['1', 8],
    ])
    expect(limited(measured, given('0', '1'), { gpus: 1, gpuRamGb: 6 }).gpus).toMatchObject([
      { id: '0', ramGb: 6 },
    ])
  })
})
