import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  commandsOf,
  createDesk,
  type Desk,
  fileOf,
  type ShownCommand,
  sectionsOf,
} from '../support/examples.ts'
import { missingLines } from '../support/skeleton.ts'

const PAGES = [
  'README.md',
  'docs/getting-started.md',
  'docs/plan.md',
  'docs/explain.md',
  'docs/coming-from-pytabkit.md',
]

/** What cannot be shown by a command of a second or two. */
const NOT_RUN = /^(npm|git|cd) /

/** What is shown of a report has figures of its own in every run; `…` stands for lines that are left out. */
const VARIES = /^(──|…)/m

/** What differs from machine to machine is run, and not compared. */
const OF_THIS_MACHINE = /^longshore node/

let desk: Desk
beforeAll(() => {
  desk = createDesk()
})
afterAll(() => desk.clear())

describe.each(PAGES)('%s', page => {
  const blocks = sectionsOf(page).flatMap(section => section.blocks)

  it('shows what a reader who follows it gets', async () => {
    const folder = desk.folder(page.replace(/\W/g, '-'))
    for (const block of blocks) {
      const name = fileOf(block)
      if (name) writeFileSync(join(folder, name), block.text)
      if (block.info !== 'console') continue
      for (const shown of commandsOf(block)) await follow(shown, folder)
    }
  })

  it('has a command for every file that it shows', () => {
    const consoles = blocks.filter(({ info }) => info === 'console').map(({ text }) => text)
    const shown = blocks.flatMap(block => fileOf(block) ?? [])
    const others = blocks.map(({ text }) => text).join('\n')
    expect(consoles.length).toBeGreaterThan(0)
    for (const name of shown) expect(others).toContain(name)
  })

  let status = 0
  async function follow({ command, printed }: ShownCommand, folder: string): Promise<void> {
    if (command === 'echo $?') expect(String(status)).toBe(printed)
    else if (!NOT_RUN.test(command)) await run({ command, printed }, folder)
  }

  async function run({ command, printed }: ShownCommand, folder: string): Promise<void> {
    const { all: printedHere, exitCode } = await desk.run(command, folder)
    status = exitCode
    const all = printedHere.replaceAll(hostname(), 'vm').replaceAll(folder, '…')
    if (printed === '' || OF_THIS_MACHINE.test(command))
      expect({ command, exitCode, all }).toMatchObject({ exitCode: 0 })
    else if (!VARIES.test(printed)) expect(all).toBe(printed)
    else expect({ all, missing: missingLines(printed, all) }, command).toEqual({ all, missing: [] })
  }
})
