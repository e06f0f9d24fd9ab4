import { spawnSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createScheduler, type Outcome } from '../../src/index.ts'
import { skipUnless } from '../support/skip.ts'
import { makeTemporaryFolder } from '../support/temporaryFolder.ts'

const hasPython = spawnSync('python3', ['--version']).status === 0

/** How jobs of this Python code end. */
async function run(...codes: readonly string[]): Promise<Outcome[]> {
  const folder = await makeTemporaryFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const scheduler = await createScheduler({
    runDir: join(folder, 'run'),
    capacity: { threads: 4, ramGb: 4, gpus: 2, gpuRamGb: 8 },
  })
  onTestFinished(() => scheduler.close())
  const handles = scheduler.add(
    codes.map((code, n) => ({
      id: `job-${n}`,
      name: `job ${n}`,
      command: ['python3', '-c', code],
      threads: 1.5,
      ramGb: 0.25,
      gpus: 1,
      gpuShare: 0.25,
    })),
  )
  await scheduler.run()
  return Promise.all(handles.map(handle => handle.outcome))
}

describe('the Python module of a job', () => {
  beforeEach(context => skipUnless(context, hasPython, 'no python3 here'))

  it('is imported by any command, and tells what the job was told', async () => {
    const [outcome] = await run(`
import longshore, os
job = longshore.job()
longshore.result(id=job.id, name=job.name, attempt=job.attempt, threads=job.threads, workers=job.workers)
longshore.result(ram=job.ram_gb >= 0.25, cores=job.cores, gpus=job.gpus, node=job.node == os.environ["LONGSHORE_NODE"])
longshore.result(dir=job.dir.is_dir(), inside=job.dir.is_relative_to(job.run_dir))`)
    expect(outcome?.results).toEqual({
      id: 'job-0',
      name: 'job 0',
      attempt: '1',
      threads: '1.5',
      workers: '2',
      ram: 'True',
      cores: '()',
      gpus: "('0',)",
      node: 'True',
      dir: 'True',
      inside: 'True',
    })
  })

  it('reports results, of which the last of a name counts, progress, and what teaches nothing', async () => {
    const [outcome] = await run(`
from longshore import not_representative, progress, result
result(loss=0.5, model="a=b")
progress(0.5)
result(loss=0.25)
not_representative()`)
    expect(outcome).toMatchObject({ results: { loss: '0.25', model: 'a=b' }, representative: false })
  })

  it('refuses what could not be read again, and says what it expects', async () => {
    const [outcome] = await run(`
import longshore
said = []
for report in (lambda: longshore.result(text="a\\nb"), lambda: longshore.progress(1.5), lambda: longshore.result(progress=1)):
    try:
        report()
    except ValueError as error:
        said.append(str(error))
longshore.result(said=" | ".join(said))`)
    expect(outcome?.results).toEqual({
      said: [
        "Expected a value of one line, got 'text=a\\nb'",
        'Expected a fraction from 0 to 1, got 1.5',
        'progress is no name of a result: there is a function for it',
      ].join(' | '),
    })
  })

  it('works outside of Longshore, where reports go nowhere', () => {
    const { status, stdout } = spawnSync(
      'python3',
      [
        '-c',
        'import longshore; longshore.result(a=1); longshore.progress(1); print(longshore.job().workers >= 1)',
      ],
      { cwd: 'python', encoding: 'utf8', env: { PATH: process.env['PATH'] } },
    )
    expect([status, stdout]).toEqual([0, 'True\n'])
  })
})
