import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, it } from 'vitest'
import { createScheduler, type SchedulerOptions } from '../../../src/index.ts'
import { type Cluster, logged, openInTest, temporaryFolderOfTest } from '../conformance.ts'
import { events, linesOf } from '../support.ts'

const WAIT = (folder: string) => `while [ ! -e ${folder}/go ]; do sleep 0.1; done`

/** What is special to Ray: the bridge, what stays in the cluster, what can be wrong. */
export function bridgeAndErrors(given: () => Promise<Cluster>): void {
  describe('the bridge to Ray', () => {
    let cluster: Cluster
    beforeAll(async () => {
      cluster = await given()
      Object.assign(process.env, cluster.env)
    })

    it('may be killed, and take its time to come again: nothing is lost or run twice, and nothing stays in the cluster at the end', async () => {
      const folder = temporaryFolderOfTest()
      const python = pythonThatFails(folder, cluster.options.python ?? '', [2, 3])
      const options = { ...cluster.options, python }
      const { scheduler } = await openInTest({ ...cluster, options }, join(folder, 'run'))
      const seen = events(scheduler)
      const ids = Array.from({ length: 60 }, (_, i) => `j${i}`)
      const task = new URL('../tasks/waits.mjs', import.meta.url).href
      scheduler.add([
        { id: 'task', threads: 0.1, task, args: join(folder, 'go') },
        ...ids.map(id => ({ id, threads: 1, command: logged(id, WAIT(folder), folder) })),
      ])
      const run = scheduler.run()
      await seen.started(10)
      process.kill(bridgeOf(process.pid), 'SIGKILL')
      writeFileSync(join(folder, 'go'), '')
      await seen.warned('the bridge to Ray has ended (SIGKILL')
      await seen.warned('no other bridge to Ray can be had (exit code 1, not now)')
      const { counts, outcomes } = await run
      expect(counts).toMatchObject({ succeeded: ids.length + 1 })
      expect(outcomes.map(({ attempts }) => attempts)).toEqual(outcomes.map(() => 1))
      const log = ids.flatMap(id => [`start ${id}`, `end ${id}`])
      expect(linesOf(folder, 'log').sort()).toEqual(log.sort())
      await scheduler.close()
      expect(await actorsOf(cluster)).toEqual([])
      expect(agentsOf(cluster)).toEqual([])
    })

    it('heeds that calls of an actor may overtake each other: lines their start, an earlier scheduler’s end a later one', async () => {
      const program = join(import.meta.dirname, 'late_start.py')
      const { python, address } = cluster.options
      const { stdout } = await execa`${python ?? ''} ${program} ${address ?? ''}`
      const lines: string[] = stdout.split('\n').flatMap(line => JSON.parse(line))
      expect(lines.filter(line => !line.includes('"beat"'))).toEqual(['hello', 'again'])
    })

    it('says what is wrong where there is no Python, no Ray, or no cluster', async () => {
      const folder = temporaryFolderOfTest()
      const withoutRay = join(folder, 'python')
      writeFileSync(withoutRay, '#!/bin/sh\nexec python3 -S -E "$@"\n', { mode: 0o755 })
      const fault = (options: SchedulerOptions) =>
        createScheduler({
          ...cluster.options,
          history: false,
          backend: 'ray',
          runDir: join(folder, 'run'),
          ...options,
        })
      await expect(fault({ python: '/no/python' })).rejects.toThrow(
        /cannot start \/no\/python \(there is no such program\); --python names/,
      )
      await expect(fault({ python: withoutRay })).rejects.toThrow(/Ray cannot be imported by .*--python/)
      await expect(fault({ address: '127.0.0.1:9' })).rejects.toThrow(
        /no connection to the Ray cluster at 127\.0\.0\.1:9: .*refused/,
      )
    })
  })
}

/** A Python that cannot be started at these of its calls. */
function pythonThatFails(folder: string, python: string, calls: readonly number[]): string {
  const path = join(folder, 'python')
  const count = `echo >> ${folder}/calls; n=$(wc -l < ${folder}/calls)`
  const fails = `for call in ${calls.join(' ')}; do [ $n = $call ] && { echo not now >&2; exit 1; }; done`
  writeFileSync(path, `#!/bin/sh\n${count}\n${fails}\nexec ${python} "$@"\n`, { mode: 0o755 })
  return path
}

/** The bridge of this process. */
function bridgeOf(parent: number): number {
  const found = processesWith('/bridge/main.py').find(pid => parentOf(pid) === parent)
  if (found === undefined) throw new Error('there is no bridge')
  return found
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1])
}

/** Agents and launchers that Ray's runners have started, of which Ray itself knows nothing. */
function agentsOf({ env }: Cluster): number[] {
  const inCluster = new Set(processesWith(`RAY_TMPDIR=${env?.['RAY_TMPDIR']}`))
  const ours = [...processesWith('/backends/agent/main'), ...processesWith('/command/launcher')]
  return ours.filter(pid => inCluster.has(pid))
}

/** Processes whose command line or environment has a text in it. */
function processesWith(text: string): number[] {
  const pids = readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 0 && pid !== process.pid)
  return pids.filter(pid => ['cmdline', 'environ'].some(file => read(`/proc/${pid}/${file}`).includes(text)))
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

async function actorsOf({ options: { python, address } }: Cluster): Promise<unknown> {
  const code = `import ray, json; ray.init(address="${address}", log_to_driver=False)
print(json.dumps(ray.util.list_named_actors(all_namespaces=True)))`
  const { stdout } = await execa`${python ?? ''} -c ${code}`
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}
