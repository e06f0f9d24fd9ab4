import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTemporaryFolder } from './support/temporaryFolder.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
let folder = ''

describe('the package, installed into an empty folder', () => {
  beforeAll(async () => {
    folder = await makeTemporaryFolder()
    // The build has been made for all tests.
    const packed = await execa({ cwd: ROOT })`npm pack --ignore-scripts --json --pack-destination ${folder}`
    const [{ filename }] = JSON.parse(packed.stdout)
    await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }')
    await execa({ cwd: folder })`npm install --no-audit --no-fund --loglevel=error ./${filename}`
  }, 180_000)

  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('is imported by an ES module, with its machines and its means of testing', async () => {
    const script = `
      import { createScheduler, inline } from 'longshore'
      import { jobMachine } from 'longshore/machines'
      import { buildJob, buildNode, checkInvariants, simulateSystem } from 'longshore/testing'
      const scheduler = await createScheduler({ capacity: { threads: 2 } })
      const [handle] = scheduler.add({ inline: () => 6 * 7 })
      const report = await scheduler.run()
      await scheduler.close()
      const system = simulateSystem({ nodes: [buildNode()] })
      system.add(buildJob({ id: 'a', timeS: 5 }))
      const makespanS = system.runAll()
      checkInvariants(system)
      console.log(JSON.stringify([jobMachine.id, (await handle.outcome).value, report.counts.succeeded, makespanS]))`
    await writeFile(join(folder, 'use.mjs'), script)
    const { stdout } = await execa({ cwd: folder })`${process.execPath} use.mjs`
    expect(JSON.parse(stdout)).toEqual(['job', 42, 1, 5])
  })

  it('brings the longshore command, which runs a job file', async () => {
    await writeFile(join(folder, 'jobs.jsonl'), '{"id": "hello", "command": "echo hello"}\n')
    const env = { PATH: `${join(process.execPath, '..')}:${process.env['PATH']}` }
    const longshore = execa({
      cwd: folder,
      env,
    })`node_modules/.bin/longshore run --reports none --run-dir run jobs.jsonl`
    expect((await longshore).exitCode).toBe(0)
    expect(await readFile(join(folder, 'run/logs/hello.out'), 'utf8')).toBe('hello\n')
  })

  it('brings the bridge to Ray, which starts where it lies', async () => {
    const sources = (await readdir(join(ROOT, 'python/bridge'))).filter(name => name.endsWith('.py'))
    const bridge = join(folder, 'node_modules/longshore/python/bridge')
    expect((await readdir(bridge)).sort()).toEqual(sources.sort())
    await writeFile(join(folder, 'jobs.jsonl'), '{"id": "hello", "command": "echo hello"}\n')
    const words = ['--backend', 'ray', '--address', '127.0.0.1:9', '--run-dir', 'on-ray', 'jobs.jsonl']
    const { stderr, exitCode } = await execa({
      cwd: folder,
      env: { PATH: `${join(process.execPath, '..')}:${process.env['PATH']}` },
      reject: false,
    })`node_modules/.bin/longshore run ${words}`
    expect(exitCode).not.toBe(0)
    // As far as it comes without a cluster, and perhaps without Ray.
    expect(stderr).toMatch(/--backend ray: (Ray cannot be imported by|no connection to the Ray cluster at)/)
  })

  it('has declarations for all that it exports', async () => {
    await writeFile(
      join(folder, 'use.ts'),
      `import { createScheduler, type RunReport } from 'longshore'
       import { simulateSystem } from 'longshore/testing'
       import type { jobMachine } from 'longshore/machines'
       export const run = async (): Promise<RunReport> => (await createScheduler({ maxThreads: 2 })).run()
       export const system = simulateSystem({ nodes: [] })
       export type Job = typeof jobMachine`,
    )
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    const types = join(ROOT, 'node_modules/@types')
    await execa({
      cwd: folder,
    })`${process.execPath} ${tsc} --noEmit --strict --skipLibCheck --module nodenext --target es2024 --lib es2024,esnext.disposable --typeRoots ${types} --types node use.ts`
  })
})
