import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ask } from '../../src/control/client.ts'
import { createScheduler } from '../../src/index.ts'
import { Desk } from '../resume/support.ts'

const LINES: readonly string[] = [
  '{',
  '}',
  '[]',
  '7',
  'null',
  '"status"',
  'status',
  '\u0000',
  '\u001b[2J',
  '{"op":"status"}',
  '{"v":"1","op":"status"}',
  '{"v":1}',
  '{"v":1,"op":"halt"}',
  '{"v":1,"op":"status","more":1}',
  '{"v":0,"op":"status"}',
  '{"v":1e999,"op":"status"}',
  '{"v":1,"op":"cancel"}',
  '{"v":1,"op":"cancel","ids":"a"}',
  '{"v":1,"op":"cancel","ids":[7]}',
  '{"v":1,"op":"cancel","ids":["nobody"]}',
  '{"v":1,"op":"cancel","ids":["\\u001b[2J"]}',
  '{"v":1,"op":"cancel","all":false}',
  '{"v":1,"op":"cancel","group":""}',
  '{"v":1,"op":"add"}',
  '{"v":1,"op":"add","jobs":{}}',
  '{"v":1,"op":"add","jobs":[7]}',
  '{"v":1,"op":"add","jobs":[{}]}',
  '{"v":1,"op":"add","jobs":[{"command":"true"},{"command":"true","threads":-1}]}',
  '{"v":1,"op":"add","jobs":[{"id":"../x","command":"true"}]}',
  '{"v":1,"op":"add","jobs":[{"id":"a/b","command":"true"}]}',
  '{"v":1,"op":"add","jobs":[{"id":"\\u001b[2J","command":"true"}]}',
  '{"v":1,"op":"add","jobs":[{"inline":"x"}]}',
  '{"v":1,"op":"explain"}',
  '{"v":1,"op":"explain","id":"nobody"}',
  '{"v":1,"op":"explain","id":""}',
  `{"v":1,"op":"explain","id":"${'x'.repeat(100_000)}"}`,
  `{"v":1,"op":"add","jobs":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  `{"v":1,"op":"add","jobs":[{"command":["true"],"args":${'['.repeat(50_000)}${']'.repeat(50_000)}}]}`,
  `${'['.repeat(200_000)}`,
]

describe('the control socket of a run', () => {
  it(`refuses what makes no sense, in a line of text each, and changes nothing: ${LINES.length} lines`, async () => {
    const { runDir } = new Desk()
    const scheduler = await createScheduler({ runDir, history: false, capacity: { threads: 1, ramGb: 1 } })
    onTestFinished(() => scheduler.close())
    const socket = connect(join(runDir, 'control.sock'))
    const answers = createInterface({ input: socket })[Symbol.asyncIterator]()
    for (const line of LINES) {
      socket.write(`${line}\n`)
      const { v, ok, error } = JSON.parse(String((await answers.next()).value))
      expect({ line: line.slice(0, 99), v, ok }).toEqual({ line: line.slice(0, 99), v: 1, ok: false })
      expect(error).not.toMatch(/\n +at |defect|call stack/)
    }
    socket.destroy()
    expect(scheduler.progress().counts.total).toBe(0)
    expect(await ask(runDir, { op: 'status' })).toMatchObject({ state: 'ready' })
  })

  it('goes on where somebody leaves in the middle of a line, or sends what is no text', async () => {
    const { runDir } = new Desk()
    const scheduler = await createScheduler({ runDir, history: false, capacity: { threads: 1, ramGb: 1 } })
    onTestFinished(() => scheduler.close())
    for (const bytes of [
      Buffer.from('{"v":1,"op":"sta'),
      Buffer.from([0xff, 0xfe, 0, 0x80, 10]),
      Buffer.alloc(0),
    ]) {
      const socket = connect(join(runDir, 'control.sock'))
      socket.end(bytes)
      socket.resume()
      await once(socket, 'close')
    }
    expect(await ask(runDir, { op: 'status' })).toMatchObject({ state: 'ready', counts: { total: 0 } })
  })
})
