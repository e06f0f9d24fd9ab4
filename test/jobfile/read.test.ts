import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Job } from '../../src/job.ts'
import { readAllJobs } from '../../src/jobfile/index.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-read-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function read(file: string, content: string | Uint8Array): Promise<Job[]> {
  writeFileSync(join(folder, file), content)
  return readAllJobs([file], { folder })
}

/** Two jobs, the same in every format. */
const FORMATS = {
  'same.jsonl': `
    {"name": "a", "command": "echo 1", "threads": 0.5, "env": {"SEED": "1"}, "resources": {"license": 2}}
    {"name": "b", "task": "./fit.ts", "args": {"seed": 1}, "ramGb": 1.5, "cwd": "data"}
  `,
  'same.csv': `name,command,threads,env.SEED,resources.license,task,args.seed,ramGb,cwd
a,echo 1,0.5,1,2,,,,
b,,,,,./fit.ts,1,1.5,data
`,
  'same.yaml': `
- { name: a, command: echo 1, threads: 0.5, env: { SEED: 1 }, resources: { license: 2 } }
- { name: b, task: ./fit.ts, args: { seed: 1 }, ramGb: 1.5, cwd: data }
`,
  'same.json': `{
  "defaults": { "name": "a" },
  "jobs": [
    { "command": "echo 1", "threads": 0.5, "env": { "SEED": "1" }, "resources": { "license": 2 } },
    { "name": "b", "task": "./fit.ts", "args": { "seed": 1 }, "ramGb": 1.5, "cwd": "data" }
  ]
}`,
  'same.mjs': `
async function* jobs() {
  yield { name: 'a', command: 'echo 1', threads: 0.5, env: { SEED: 1 }, resources: { license: 2 } }
  yield { name: 'b', task: new URL('./fit.ts', import.meta.url), args: { seed: 1 }, ramGb: 1.5, cwd: 'data' }
}
export default jobs()`,
}

describe('job files', () => {
  test('say the same in every format, with the same ids', async () => {
    const jobs = await Promise.all(Object.entries(FORMATS).map(([file, content]) => read(file, content)))
    const [first] = jobs
    expect(first?.map(({ name, group, run, cwd }) => ({ name, group, run, cwd }))).toEqual([
      { name: 'a', group: 'echo', run: { kind: 'command', command: 'echo 1' }, cwd: null },
      {
        name: 'b',
        group: 'fit',
        run: { kind: 'task', module: pathToFileURL(join(folder, 'fit.ts')).href, args: { seed: 1 } },
        cwd: join(folder, 'data'),
      },
    ])
    for (const others of jobs) expect(others).toEqual(first)
  })

  test('may begin with a byte order mark and end their lines as Windows does', async () => {
    expect(await read('mark.jsonl', '\ufeff{"command": "a"}\r\n\r\n{"command": "b"}\r\n')).toHaveLength(2)
    const [job] = await read('mark.csv', '\ufeffcommand,threads\r\necho a,2\r\n')
    expect(job).toMatchObject({ run: { command: 'echo a' }, request: { threads: 2 } })
  })

  test('in CSV leave a key out by an empty cell, and quote what holds commas and quotes', async () => {
    const jobs = await read('cells.csv', 'command,threads,args\n"echo ""a, b""",,\necho c, 4 ,\n')
    expect(jobs.map(({ run, request }) => [run.kind === 'command' && run.command, request.threads])).toEqual([
      ['echo "a, b"', 1],
      ['echo c', 4],
    ])
  })

  test('in CSV hold arguments as JSON, as a bare value, or in columns', async () => {
    const jobs = await read('args.csv', 'task,args\nf.ts,"{""seed"": 1}"\nf.ts,5\nf.ts,abc\nf.ts,true\n')
    expect(jobs.map(({ run }) => run.kind === 'task' && run.args)).toEqual([{ seed: 1 }, 5, 'abc', true])
  })

  test('lay each job over the defaults: names are put together, what to run is replaced', async () => {
    const [plain, other] = await read(
      'defaults.yaml',
      `
defaults: { task: fit.ts, args: { seed: 1 }, threads: 4, timeoutS: 9, env: { A: 1, B: 1 } }
jobs:
  - { env: { B: 2 } }
  - { command: echo, threads: 1, timeoutS: null }
`,
    )
    expect(plain).toMatchObject({
      run: { kind: 'task', args: { seed: 1 } },
      timeoutS: 9,
      env: { A: '1', B: '2' },
    })
    expect(other).toMatchObject({
      run: { kind: 'command', command: 'echo' },
      timeoutS: null,
      request: { threads: 1 },
    })
  })

  test('sweep over every combination', async () => {
    const jobs = await read(
      'sweep.yaml',
      `
defaults: { group: "{model}" }
sweep: { model: [xgb, lgbm], seed: 1..3 }
jobs:
  - { name: "{model}-{seed}", command: [fit, --model, "{model}", --seed, "{seed}"] }
`,
    )
    expect(jobs.map(({ name, group }) => `${group} ${name}`)).toEqual([
      'xgb xgb-1',
      'xgb xgb-2',
      'xgb xgb-3',
      'lgbm lgbm-1',
      'lgbm lgbm-2',
      'lgbm lgbm-3',
    ])
    expect(jobs[3]?.run).toEqual({ kind: 'command', command: ['fit', '--model', 'lgbm', '--seed', '1'] })
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(6)
  })

  test('give jobs that do not say so the retries of the caller', async () => {
    writeFileSync(join(folder, 'retries.jsonl'), '{"command": "a"}\n{"command": "b", "retries": 0}\n')
    const jobs = await readAllJobs(['retries.jsonl'], { folder, retries: 3 })
    expect(jobs.map(({ retries }) => retries)).toEqual([3, 0])
  })
})

describe('a file of many jobs', () => {
  async function writeMany(file: string, count: number, header: string, line: (i: number) => string) {
    const path = join(folder, file)
    const stream = createWriteStream(path)
    stream.write(header)
    for (let start = 0; start < count; start += 1000) {
      const lines = Array.from({ length: 1000 }, (_, i) => line(start + i)).join('')
      if (!stream.write(lines)) await once(stream, 'drain')
    }
    await new Promise<void>(resolve => stream.end(resolve))
    return path
  }

  /** Reads a file in a process of its own, whose heap is smaller than the file. */
  async function count(path: string, heapMb: number) {
    expect(statSync(path).size).toBeGreaterThan(heapMb * 2 ** 20)
    const program = new URL('./countJobs.ts', import.meta.url).pathname
    const { stdout } = await execa(process.execPath, [`--max-old-space-size=${heapMb}`, program, path])
    return JSON.parse(stdout)
  }

  test('is read as a stream, in a process that could not hold its text (JSONL)', async () => {
    const padding = 'x'.repeat(6000)
    const line = (i: number) => `{"command": ["echo", "${i}", "${padding}"]}\n`
    const path = await writeMany('many.jsonl', 10_000, '', line)
    expect(await count(path, 48)).toEqual({ jobs: 10_000, last: `echo 9999 ${padding.slice(0, 89)}…` })
  })

  test('is read as a stream, in a process that could not hold its text (CSV)', async () => {
    const padding = 'x'.repeat(6000)
    const line = (i: number) => `echo ${i} ${padding},2\n`
    const path = await writeMany('many.csv', 10_000, 'command,threads\n', line)
    expect(await count(path, 48)).toEqual({ jobs: 10_000, last: `echo 9999 ${padding.slice(0, 89)}…` })
  })
})
