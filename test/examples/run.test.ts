import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import fit from '../../examples/tabular/fit.ts'
import type { Outcome } from '../../src/index.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const inRoot = (path: string) => join(root, path)

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longshore-examples-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const runNode = (args: string[], cwd: string) =>
  execa(process.execPath, args, { cwd, reject: false, env: { NO_COLOR: '1' } })

async function runFile(file: string): Promise<{ exitCode: number | undefined; outcomes: Outcome[] }> {
  const runDir = join(folder, 'run')
  const options = ['--run-dir', runDir, '--reports', 'none', '--capacity', 'threads=4']
  const { exitCode } = await runNode([inRoot('bin/longshore.js'), 'run', ...options, file], root)
  const lines = (await readFile(join(runDir, 'results.jsonl'), 'utf8')).trim().split('\n')
  return { exitCode, outcomes: lines.map(line => JSON.parse(line)) }
}

describe('examples, run as a reader runs them', () => {
  it('tabular --quick prints its table and writes every fit into results.csv', {
    timeout: 60_000,
  }, async () => {
    const { exitCode, stdout } = await runNode([inRoot('examples/tabular/main.ts'), '--quick'], folder)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^countries 26\.7 {1,3}\d+\.\d±/m)
    expect(stdout).toMatch(/^penguins {2}44\.2 .*\*/m)
    const lines = (await readFile(join(folder, 'results.csv'), 'utf8')).trim().split('\n')
    expect(lines).toHaveLength(1 + 2 * 18 * 5)
    const which = { dataset: 'penguins', learner: 'decision tree', setting: 'depth 3', fold: 0 }
    const { accuracy } = await fit(which, { log: () => {} })
    expect(lines).toContainEqual(
      expect.stringContaining(`penguins,decision tree,depth 3,0,${accuracy.toFixed(4)},`),
    )
  })

  it('api.ts shows the outcome of each of its jobs', { timeout: 30_000 }, async () => {
    const { exitCode, stdout, stderr } = await runNode([inRoot('examples/api.ts')], root)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(stdout).toMatch(/^list succeeded/m)
    expect(stdout).toMatch(/^sleep succeeded/m)
    expect(stdout).toMatch(/^sum succeeded 499999500000/m)
    expect(stdout).toMatch(/^list ended with exit code 0/m)
  })

  it('commands.jsonl succeeds, the job that fails at first included', { timeout: 60_000 }, async () => {
    const { exitCode, outcomes } = await runFile('examples/commands.jsonl')
    const named = (name: string) => outcomes.find(outcome => outcome.name === name)
    expect(outcomes.map(({ status }) => status)).toEqual(new Array(12).fill('succeeded'))
    expect(named('second try')?.attempts).toBe(2)
    expect(named('result')?.results).toEqual({ answer: '42' })
    expect(exitCode).toBe(0)
  })

  it('sweep.yaml hands back how exact each rule is', { timeout: 60_000 }, async () => {
    const { exitCode, outcomes } = await runFile('examples/sweep.yaml')
    const errorOf = (name: string) =>
      Number(outcomes.find(outcome => outcome.name === name)?.results['error'])
    expect(exitCode).toBe(0)
    expect(outcomes).toHaveLength(12)
    expect(errorOf('midpoint with 100 steps')).toBeCloseTo(8.3e-6, 6)
    expect(errorOf('simpson with 100 steps')).toBeLessThan(errorOf('midpoint with 10000 steps'))
  })
})
