import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FixedRam } from '../node.ts'
import { measureCudaContext } from './cudaContext.ts'
import type { GpuReport } from './report.ts'
import { ramOfBareProcess } from './residentRam.ts'
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
  const [gpu] = gpus
  const [command, task, cuda] = await Promise.all([
    set.command === undefined ? bareCommand(timeoutS) : null,
    set.task === undefined ? bareTask(timeoutS) : null,
    set.cuda === undefined && gpu ? measureCudaContext(gpu, env, cudaTimeoutS) : null,
  ])
  // A function runs in the scheduler's own process: it needs none of its own.
  return combine({ command, task, cuda, inline: 0 }, set)
}

function bareCommand(timeoutS: number): Promise<number | null> {
  return ramOfBareProcess('/bin/sh', ['-c', 'echo ready; read line'], timeoutS)
}

function bareTask(timeoutS: number): Promise<number | null> {
  const module = fileURLToPath(new URL(`./bareWorker${extname(import.meta.url)}`, import.meta.url))
  return ramOfBareProcess(process.execPath, [module], timeoutS)
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
