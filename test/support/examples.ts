import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A fenced block of a page. `info` is what stands behind the fence: `yaml name=jobs.yaml`, `console`. */
export interface Block {
  readonly info: string
  readonly text: string
}

/** A part of a page under a heading of the second order; what stands before the first has the page's title. */
export interface Section {
  readonly title: string
  readonly blocks: readonly Block[]
}

/** The sections of a page; `page` is its path from the root of the project. */
export function sectionsOf(page: string): Section[] {
  return readFileSync(join(ROOT, page), 'utf8')
    .split(/^(?=## )/m)
    .map(section => ({
      title: section.split('\n', 1)[0]?.replace(/^#+ /, '') ?? '',
      blocks: blocksOf(section),
    }))
}

function blocksOf(section: string): Block[] {
  return [...section.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, info = '', text = '']) => ({
    info,
    text,
  }))
}

/** Name of the file that a block shows, `undefined` for any other block. */
export function fileOf({ info }: Block): string | undefined {
  return /name=(\S+)/.exec(info)?.[1]
}

/** A line behind a `$` in a console block, and what it prints. */
export interface ShownCommand {
  readonly command: string
  readonly printed: string
}

/** The commands of a console block. */
export function commandsOf({ text }: Block): ShownCommand[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map(part => {
      const [command = '', ...printed] = part.split('\n')
      return { command, printed: printed.join('\n').trim() }
    })
}

/** A folder in which a reader would try examples: `longshore` is a command, and a package. */
export interface Desk {
  /** Makes a folder for a section. */
  folder(title: string): string
  /** Runs a command by `sh`; `all` is what it printed, both streams together. */
  run(command: string, folder: string): Promise<{ readonly all: string; readonly exitCode: number }>
  clear(): void
}

/** Clear it when the tests are done. */
export function createDesk(): Desk {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'longshore-docs-')))
  mkdirSync(join(root, 'bin'))
  symlinkSync(join(ROOT, 'bin/longshore.js'), join(root, 'bin/longshore'))
  symlinkSync(process.execPath, join(root, 'bin/node'))
  writePackage(join(root, 'node_modules/longshore'))
  const path = [join(root, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter)
  return {
    folder(title) {
      const folder = join(root, title.replaceAll(' ', '-').toLowerCase())
      mkdirSync(folder)
      return folder
    },
    async run(command, folder) {
      const { all, exitCode = -1 } = await execa('sh', ['-c', command], {
        cwd: folder,
        env: { PATH: path, NO_COLOR: '1', LC_ALL: 'C' },
        all: true,
        reject: false,
      })
      return { all, exitCode }
    },
    clear: () => rmSync(root, { recursive: true, force: true }),
  }
}

function writePackage(folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "exports": "./index.js" }')
  writeFileSync(join(folder, 'index.js'), `export * from ${JSON.stringify(join(ROOT, 'src/index.ts'))}`)
}
