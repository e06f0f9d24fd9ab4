import { type ChildProcess, spawn } from 'node:child_process'
import { SlurmCluster, slurmMissing } from '../../test/clusters/slurm/cluster.ts'
import type { Cluster, Engine, Played } from './engine.ts'
import type { BenchJob } from './jobs.ts'

const NODE = { threads: 8, ramGb: 4000 / 1024, gpus: 4 }

/** More srun that are starting at once only wait for each other. */
const MOST_STARTING = 8

/** SLURM on this machine: four nodes of 8 CPUs and 4 pretended GPUs, in one allocation. */
export const slurm: Engine = {
  name: 'slurm',
  alone: 'srun',
  firstGoalS: 1,
  missing: async () => slurmMissing(),
  async start() {
    const cluster = await SlurmCluster.start()
    const env = await cluster.allocate(cluster.nodes.length)
    return {
      nodes: cluster.nodes.map(name => ({ name, ...NODE })),
      longshore: {
        // Few real cores play many: what is measured on the nodes would be less.
        args: ['--backend', 'slurm', '--capacity', 'threads=8,gpuRamGb=24'],
        env,
      },
      alone: jobs => new BySrun(cluster.nodes, { ...process.env, ...env }).run(jobs),
      stop: () => cluster.stop(),
    } satisfies Cluster
  },
}

interface Free {
  readonly node: string
  threads: number
  ramGb: number
  gpus: number
}

/**
 * What a careful script does: the longest first, each by an srun of its own on the first node where it fits, as many at
 * once as fit. SLURM gives whole GPUs to steps, so a share of one is a whole one.
 */
class BySrun {
  readonly #free: Free[]
  readonly #env: NodeJS.ProcessEnv
  #starting = 0
  #changed = Promise.withResolvers<void>()

  constructor(nodes: readonly string[], env: NodeJS.ProcessEnv) {
    this.#free = nodes.map(node => ({ node, ...NODE }))
    this.#env = env
  }

  async run(jobs: readonly BenchJob[]): Promise<Played> {
    const start = performance.now()
    const waiting = jobs.toSorted((a, b) => b.seconds - a.seconds)
    const running: Promise<unknown>[] = []
    let firstS = Number.NaN
    while (waiting.length > 0) {
      const place = this.#starting < MOST_STARTING ? this.#nextOf(waiting) : null
      if (place) {
        const step = this.#step(place.job, place.free)
        void step.started.then(() => {
          if (Number.isNaN(firstS)) firstS = (performance.now() - start) / 1000
        })
        running.push(step.ended)
      } else await this.#change()
    }
    await Promise.all(running)
    return { firstS, makespanS: (performance.now() - start) / 1000 }
  }

  #nextOf(waiting: BenchJob[]): { job: BenchJob; free: Free } | null {
    for (const [i, job] of waiting.entries()) {
      const free = this.#free.find(one => fits(one, job))
      if (!free) continue
      waiting.splice(i, 1)
      return { job, free }
    }
    return null
  }

  #step(job: BenchJob, free: Free): { started: Promise<void>; ended: Promise<void> } {
    take(free, job, 1)
    this.#starting++
    const child = this.#srun(job, free.node)
    const started = new Promise<void>(resolve => {
      child.stdout?.once('data', () => resolve())
      child.once('exit', () => resolve())
    })
    void started.then(() => {
      this.#starting--
      this.#tell()
    })
    const ended = new Promise<void>(resolve => child.once('exit', () => resolve())).then(() => {
      take(free, job, -1)
      this.#tell()
    })
    return { started, ended }
  }

  #srun({ seconds, threads, ramGb, gpus }: BenchJob, node: string): ChildProcess {
    const args = [
      ...['-w', node, '-N1', '-n1', '--exact', '-c', `${threads}`, `--mem=${Math.ceil(ramGb * 1024)}`],
      ...[gpus > 0 ? `--gres=gpu:${gpus}` : '--gres=none', '--input=none', '--quiet', '-u'],
      ...['sh', '-c', `echo; exec sleep ${seconds}`],
    ]
    return spawn('srun', args, { stdio: ['ignore', 'pipe', 'inherit'], env: this.#env })
  }

  #tell(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  #change(): Promise<void> {
    return this.#changed.promise
  }
}

function fits(free: Free, { threads, ramGb, gpus }: BenchJob): boolean {
  return free.threads >= threads && free.ramGb >= ramGb && free.gpus >= gpus
}

function take(free: Free, { threads, ramGb, gpus }: BenchJob, times: 1 | -1): void {
  free.threads -= times * threads
  free.ramGb -= times * ramGb
  free.gpus -= times * gpus
}
