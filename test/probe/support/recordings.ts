import { readFileSync } from 'node:fs'
import type { SystemFiles } from '../../../src/probe/systemFiles.ts'

/** Text of a recording: `recording('nvidia/eight.gpus.csv')`. */
export function recording(name: string): string {
  return readFileSync(new URL(`../recordings/${name}`, import.meta.url), 'utf8')
}

/** The files of a recorded machine. */
export function machine(name: string): SystemFiles {
  return filesOf(recording(`${name}.txt`))
}

/** Files out of lines `PATH:LINE`. */
export function filesOf(text: string): SystemFiles {
  const files = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, path, content] = /^(\/[^:]+):(.*)$/.exec(line) ?? []
    if (path !== undefined) files.set(path, `${files.get(path) ?? ''}${content}\n`)
  }
  return {
    read: (path, maxBytes) => files.get(path)?.slice(0, maxBytes) ?? null,
    list: folder => [...new Set([...files.keys()].flatMap(path => childOf(folder, path)))],
    exists: path => files.has(path),
  }
}

function childOf(folder: string, path: string): string[] {
  const name = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split('/')[0] : undefined
  return name === undefined ? [] : [name]
}
