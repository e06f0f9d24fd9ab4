import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataSchema } from '../../src/schema/schema.ts'
import { commandsOf, createDesk, type Desk, fileOf, ROOT, sectionsOf } from '../support/examples.ts'

const PAGE = 'docs/jobs.md'
const TEXT = readFileSync(join(ROOT, PAGE), 'utf8')
const SECTIONS = sectionsOf(PAGE)

let desk: Desk
beforeAll(() => {
  desk = createDesk()
})
afterAll(() => desk.clear())

describe('docs/jobs.md', () => {
  for (const { title, blocks } of SECTIONS.filter(section => section.blocks.length > 0)) {
    test(`"${title}": every example does what is written`, async () => {
      const folder = desk.folder(title)
      for (const block of blocks) {
        const name = fileOf(block)
        if (name) writeFileSync(join(folder, name), block.text)
      }
      const commands = blocks.filter(({ info }) => info === 'console').flatMap(commandsOf)
      for (const [index, { command, printed }] of commands.entries()) {
        await expectOutput(previousStatus(commands, index) + command, printed, folder)
      }
    })
  }

  /** `echo $?` tells of the command before it. */
  function previousStatus(commands: readonly { command: string }[], index: number): string {
    const previous = commands[index - 1]?.command
    return commands[index]?.command === 'echo $?' && previous ? `${previous} 2> /dev/null; ` : ''
  }

  async function expectOutput(command: string, printed: string, folder: string): Promise<void> {
    const { all, exitCode } = await desk.run(command, folder)
    if (printed === '') expect({ command, exitCode, all }).toMatchObject({ exitCode: 0 })
    else expect(all).toBe(printed)
  }

  test('has no block that is neither a file nor a console', () => {
    const infos = SECTIONS.flatMap(({ blocks }) => blocks.map(({ info }) => info))
    expect(infos.length).toBeGreaterThan(10)
    expect(infos.filter(info => info !== 'console' && !info.includes('name='))).toEqual([])
  })

  test('runs every file that it shows', () => {
    for (const { blocks } of SECTIONS) {
      const consoles = blocks.filter(({ info }) => info === 'console').map(({ text }) => text)
      const shown = blocks.flatMap(block => fileOf(block) ?? [])
      const used = [
        ...consoles,
        ...blocks.filter(({ info }) => info !== 'console').map(({ text }) => text),
      ].join('\n')
      for (const name of shown) expect(used).toContain(name)
    }
  })

  test('has every key of a job in its table', () => {
    const rows = [...TEXT.matchAll(/^\| `([a-z]\w*)` \|/gm)].map(([, key]) => key)
    expect(rows).toEqual(dataSchema.keyof().options)
  })
})
