import { extname, resolve } from 'node:path'
import { suggestSlip } from '../schema/suggest.ts'
import { BrokenFile, type Entry, type Source } from './entry.ts'

/** A format of job files, loaded when the first file of it is read. */
export interface Format {
  /** `code` may hold functions, `data` may not. */
  readonly from: 'data' | 'code'
  read(source: Source): AsyncGenerator<Entry[]>
}

const jsonl = async (): Promise<Format> => ({ from: 'data', read: (await import('./jsonl.ts')).readJsonl })
const csv = async (): Promise<Format> => ({ from: 'data', read: (await import('./csv.ts')).readCsv })
const yaml = async (): Promise<Format> => ({ from: 'data', read: (await import('./yaml.ts')).readYaml })
const json = async (): Promise<Format> => ({ from: 'data', read: (await import('./json.ts')).readJson })
const code = async (): Promise<Format> => ({
  from: 'code',
  read: (await import('./moduleFile.ts')).readModule,
})

const FORMATS: Readonly<Record<string, () => Promise<Format>>> = {
  '.jsonl': jsonl,
  '.ndjson': jsonl,
  '.csv': csv,
  '.yaml': yaml,
  '.yml': yaml,
  '.json': json,
  '.ts': code,
  '.mts': code,
  '.js': code,
  '.mjs': code,
}

/** The file that a user names; `-` is standard input. */
export function sourceOf(file: string, folder: string): Source {
  return file === '-' ? { shown: 'stdin', path: null } : { shown: file, path: resolve(folder, file) }
}

/** The format of a file, by the end of its name. Throws `BrokenFile` where it is none that is known. */
export function formatOf({ shown, path }: Source): Promise<Format> {
  if (path === null) return jsonl()
  const extension = extname(path).toLowerCase()
  const load = FORMATS[extension]
  if (load) return load()
  const near = extension === '' ? null : suggestSlip(extension, Object.keys(FORMATS))
  const advice = near
    ? `did you mean "${near}"?`
    : `known are ${Object.keys(FORMATS).join(' ')}, and - for JSONL from standard input`
  const what = extension === '' ? 'a file name without an ending' : `unknown ending "${extension}"`
  throw new BrokenFile(shown, `${what}: ${advice}`)
}
