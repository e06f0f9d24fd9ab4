import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidJobsError } from '../../src/errors.ts'
import { readAllJobs } from '../../src/jobfile/index.ts'
import { Desk } from '../resume/support.ts'
import { runsOr, seed } from '../support/runs.ts'
import { BAD_FILES } from './corpus.ts'

const STACK = /^ +at .*:\d+/m
/** What would drive a terminal. */
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/

async function complaint(folder: string, name: string): Promise<string> {
  try {
    const jobs = await readAllJobs([name], { folder })
    return `read as ${jobs.length} jobs`
  } catch (error) {
    return error instanceof InvalidJobsError ? error.message : `threw ${error}`
  }
}

describe('a malformed job file', () => {
  it(`is refused with what is wrong and where: ${BAD_FILES.length} of them`, async () => {
    expect(BAD_FILES.length).toBeGreaterThan(300)
    const { folder } = new Desk()
    const wrong: string[] = []
    for (const { name, content } of BAD_FILES) {
      writeFileSync(`${folder}/${name}`, content)
      const said = await complaint(folder, name)
      const isRight = said.startsWith(name) && !STACK.test(said)
      if (!isRight) wrong.push(`${content.slice(0, 80)} -> ${said.slice(0, 300)}`)
    }
    expect(wrong).toEqual([])
  })

  it('ends the command line with status 2, and nothing is started', async () => {
    const desk = new Desk()
    for (const { name, content } of BAD_FILES) writeFileSync(desk.path(name), content)
    const started = { id: 'good', command: 'touch started' }
    const good = desk.jobs([started])
    const names = BAD_FILES.map(({ name }) => name)
    for (const files of [names, ['deepClosed.json'], ['laughs.yaml'], ['file0.csv']]) {
      const { status, stdout, stderr } = await desk.call('run', '--run-dir', 'run', good, ...files)
      expect({ status, stdout, isEmpty: stderr === '' }).toEqual({ status: 2, stdout: '', isEmpty: false })
      expect(stderr).not.toMatch(STACK)
      expect(stderr).not.toMatch(CONTROL)
    }
    expect(existsSync(desk.path('started'))).toBe(false)
    expect(readdirSync(desk.folder).filter(name => name.startsWith('run'))).toEqual([])
  })

  const runs = runsOr(100)
  it(`is read or refused, whatever it holds (LONGSHORE_SEED=${seed})`, async () => {
    const { folder } = new Desk()
    const formats = fc.constantFrom('jobs.jsonl', 'jobs.json', 'jobs.yaml', 'jobs.csv')
    const spoilt = fc
      .tuple(
        fc.constantFrom(...BAD_FILES.slice(0, -6)),
        fc.nat(),
        fc.string({ unit: 'binary', maxLength: 4 }),
      )
      .map(([{ content }, at, with_]) => {
        const i = at % (content.length + 1)
        return content.slice(0, i) + with_ + content.slice(i + with_.length)
      })
    const contents = fc.oneof(spoilt, fc.string({ unit: 'binary' }), fc.json())
    await fc.assert(
      fc.asyncProperty(formats, contents, async (name, content) => {
        writeFileSync(`${folder}/${name}`, content)
        expect(await complaint(folder, name)).toMatch(/^(jobs\.|read as)/)
      }),
      { seed, numRuns: runs },
    )
  })
})
