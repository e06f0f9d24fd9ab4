import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FixedRam } from '../node.ts'
import { measureCudaContext } from './cudaContext.ts'
import type { GpuReport } from './report.ts'
import { type BareProcess, ramOfBareProcess } from './residentRam.ts'
import type { Environment } from './tool.ts'

/** Where a figure comes from: looked at, taken from the options, or assumed since it could not be measured. */
export type FigureSource = 'measured' | 'set' | 'assumed'

/** Fixed RAM, and where each figure comes from. */
export interface FixedRamReport extends FixedRam {
  readonly sources: Readonly<Record<keyof FixedRam, FigureSource>>
}

/** What is measured, and how. */
export interface FixedRamOptions {
  /** Default: this process's. */
  readonly env?: Environment
  /** The visible GPUs: a CUDA context is measured on the first. Default none, so none is measured. */
  readonly gpus?: readonly GpuReport[]
  /** Figures in GiB that are taken as they are; nothing is started for them. */
  readonly set?: Partial<FixedRam>
  /**
   * What starts a worker process of tasks, which sends a message as soon as it stands. Default: a Node process that
   * does nothing, which costs less than a worker with the code that runs tasks.
   */
  readonly worker?: Omit<BareProcess, 'says'>
  /** How long a bare process may take to stand, in seconds. Default 5. */
  readonly timeoutS?: number
  /** How long the CUDA context may take, in seconds: loading torch from a slow disk takes long. Default 20. */
  readonly cudaTimeoutS?: number
}

/** What is taken where nothing could be measured, in GiB. */
export const ASSUMED_FIXED_RAM: FixedRam = { command: 0.005, task: 0.1, inline: 0, cuda: 0.5 }

/**
 * Measures what a process costs before it does anything, by starting one of each kind: a shell that waits (command), a
 * Node process that waits (task), a CUDA context. All at once; never rejects.
 */
export async function measureFixedRam(options: FixedRamOptions = {}): Promise<FixedRamReport> {
  const { env = process.env, gpus = [], set = {}, timeoutS = 5, cudaTimeoutS = 20 } = options
  const { worker = bareWorker() } = options
  const [gpu] = gpus
  const [command, task, cuda] = await Promise.all([
    set.command === undefined ? ramOfBareProcess(BARE_COMMAND, timeoutS) : null,
    set.task === undefined ? ramOfBareProcess({ ...worker, says: 'message' }, timeoutS) : null,
    set.cuda === undefined && gpu ? measureCudaContext(gpu, env, cudaTimeoutS) : null,
  ])
  // A function runs in the scheduler's own process: it needs none of its own.
  return combine({ command, task, cuda, inline: 0 }, set)
}

const BARE_COMMAND: BareProcess = { file: '/bin/sh', args: ['-c', 'echo ready; read line'], says: 'line' }

function bareWorker(): Omit<BareProcess, 'says'> {
  const module = new URL(`./bareWorker${extname(import.meta.url)}`, import.meta.url)
  return { file: process.execPath, args: [fileURLToPath(module)] }
}

function combine(
  measured: Readonly<Record<keyof FixedRam, number | null>>,
  set: Partial<FixedRam>,
): FixedRamReport {
  const figure = (kind: keyof FixedRam) => set[kind] ?? measured[kind] ?? ASSUMED_FIXED_RAM[kind]
  const source = (kind: keyof FixedRam): FigureSource =>
    set[kind] !== undefined ? 'set' : measured[kind] !== null ? 'measured' : 'assumed'
  return {
    ...{ command: figure('command'), task: figure('task'), inline: figure('inline'), cuda: figure('cuda') },
    sources: {
      ...{ command: source('command'), task: source('task') },
      ...{ inline: source('inline'), cuda: source('cuda') },
    },
  }
}
