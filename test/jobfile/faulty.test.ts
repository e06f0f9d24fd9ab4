import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InvalidJobsError } from '../../src/errors.ts'
import { readAllJobs } from '../../src/jobfile/index.ts'
import type { FaultyFile } from './faulty/case.ts'
import { FAULTY_CSV } from './faulty/csv.ts'
import { FAULTY_JSONL } from './faulty/jsonl.ts'
import { FAULTY_FILES, FAULTY_JSON, FAULTY_MODULES } from './faulty/others.ts'
import { FAULTY_YAML } from './faulty/yaml.ts'

let root = ''
let count = 0
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'longshore-faulty-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function faultsIn(files: readonly string[], folder: string): Promise<string[]> {
  const error = await readAllJobs(files, { folder }).then(
    jobs => new Error(`no fault was found: ${JSON.stringify(jobs)}`),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof InvalidJobsError)) throw error
  return error.faults.map(({ where, message }) => `${where}: ${message}`)
}

function newFolder(): string {
  const folder = join(root, String(count++))
  mkdirSync(folder)
  return folder
}

const CORPUS: Readonly<Record<string, readonly FaultyFile[]>> = {
  JSONL: FAULTY_JSONL,
  CSV: FAULTY_CSV,
  YAML: FAULTY_YAML,
  JSON: FAULTY_JSON,
  'a module': FAULTY_MODULES,
  'a file': FAULTY_FILES,
}

for (const [format, cases] of Object.entries(CORPUS)) {
  describe(`everything is told that is wrong in ${format}`, () => {
    for (const { title, file, content, expected } of cases) {
      test(`${title} (${file})`, async () => {
        const folder = newFolder()
        writeFileSync(join(folder, file), content)
        expect(await faultsIn([file], folder)).toEqual(expected)
      })
    }
  })
}

describe('several files', () => {
  test('are read to the end, and the faults of all are told', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'folder.jsonl'))
    writeFileSync(join(folder, 'a.jsonl'), '{"command": 1}\n{"id": "x", "command": "true"}\n')
    writeFileSync(join(folder, 'b.csv'), 'id,command\nx,true\n')
    expect(await faultsIn(['a.jsonl', 'b.csv', 'no.jsonl', 'folder.jsonl'], folder)).toEqual([
      'a.jsonl:1: expected command to be a text, or a list of texts that starts with a program, got 1 (number)',
      'b.csv:2: expected id to be unique in a run, but "x" is the id of another job',
      `no.jsonl: no such file (looked for ${join(folder, 'no.jsonl')})`,
      'folder.jsonl: expected a file, got a folder',
    ])
  })

  test('show 20 faults and the count of all others', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'a.jsonl'), '{"command": 1}\n'.repeat(1234))
    const error = await readAllJobs(['a.jsonl'], { folder }).catch((thrown: unknown) => thrown)
    const lines = String(error instanceof Error ? error.message : '').split('\n')
    expect(lines).toHaveLength(21)
    expect(lines[19]).toMatch(/^a\.jsonl:20: expected command/)
    expect(lines[20]).toBe('… and 1214 more faults')
  })
})
