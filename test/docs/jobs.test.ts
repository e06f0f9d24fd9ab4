import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataSchema } from '../../src/schema/schema.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TEXT = readFileSync(join(ROOT, 'docs/jobs.md'), 'utf8')

interface Block {
  readonly info: string
  readonly text: string
}

function blocksOf(section: string): Block[] {
  return [...section.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, info = '', text = '']) => ({
    info,
    text,
  }))
}

/** Commands of a console block, each with the lines that it prints. */
function commandsOf({ text }: Block): { command: string; printed: string }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map(part => {
      const [command = '', ...printed] = part.split('\n')
      return { command, printed: printed.join('\n').trim() }
    })
}

const SECTIONS = TEXT.split(/^(?=## )/m).map(section => ({
  title: section.split('\n', 1)[0]?.replace(/^#+ /, '') ?? '',
  blocks: blocksOf(section),
}))

/** A folder in which a user would try the examples: `longshore` is a command, and a package. */
let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'longshore-docs-'))
  mkdirSync(join(root, 'bin'))
  mkdirSync(join(root, 'node_modules/longshore'), { recursive: true })
  symlinkSync(join(ROOT, 'bin/longshore.js'), join(root, 'bin/longshore'))
  symlinkSync(process.execPath, join(root, 'bin/node'))
  const index = JSON.stringify(join(ROOT, 'src/index.ts'))
  writeFileSync(
    join(root, 'node_modules/longshore/package.json'),
    '{ "type": "module", "exports": "./index.js" }',
  )
  writeFileSync(join(root, 'node_modules/longshore/index.js'), `export * from ${index}`)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function folderOf(title: string): string {
  const folder = join(root, title.replaceAll(' ', '-').toLowerCase())
  mkdirSync(folder)
  return folder
}

describe('docs/jobs.md', () => {
  for (const { title, blocks } of SECTIONS.filter(section => section.blocks.length > 0)) {
    test(`"${title}": every example does what is written`, async () => {
      const folder = folderOf(title)
      for (const { info, text } of blocks) {
        const name = /name=(\S+)/.exec(info)?.[1]
        if (name) writeFileSync(join(folder, name), text)
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
    const PATH = `${join(root, 'bin')}${delimiter}${dirname(process.execPath)}${delimiter}${process.env['PATH']}`
    const { all, exitCode } = await execa('sh', ['-c', command], {
      cwd: folder,
      env: { PATH, NO_COLOR: '1', LC_ALL: 'C' },
      all: true,
      reject: false,
    })
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
      const shown = blocks.flatMap(({ info }) => /name=(\S+)/.exec(info)?.[1] ?? [])
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
