import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Work } from '../executor.ts'

/** Where `import longshore` of Python is found: a folder of the package, beside its sources and its build. */
const PYTHON_FOLDER = fileURLToPath(new URL('../../python', import.meta.url))

/** Variables of another process; `undefined` counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>

const THREAD_VARIABLES = [
  'OMP_NUM_THREADS',
  'MKL_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'NUMEXPR_MAX_THREADS',
  'RAYON_NUM_THREADS',
] as const

/**
 * What a job is told: the variables that are laid over those of the caller.
 *
 * `caller` is only asked which thread variables the user has set, which are left alone, and where the user's Python
 * looks for modules, which stays first. The job's own variables win over everything.
 */
export function jobEnvironment(work: Work, caller: Environment = {}): Record<string, string> {
  return {
    ...threadVariables(work, caller),
    ...gpuVariables(work, caller),
    ...longshoreVariables(work),
    PYTHONPATH: [caller['PYTHONPATH'], PYTHON_FOLDER].filter(Boolean).join(delimiter),
    ...work.job.env,
  }
}

function longshoreVariables({ job, placement, paths }: Work): Record<string, string> {
  return {
    LONGSHORE_JOB_ID: job.id,
    LONGSHORE_NAME: job.name,
    LONGSHORE_ATTEMPT: String(placement.attempt),
    LONGSHORE_NODE: placement.node,
    LONGSHORE_THREADS: String(placement.threads),
    LONGSHORE_RAM_GB: String(placement.ramGb),
    LONGSHORE_CORES: placement.cores.join(','),
    LONGSHORE_JOB_DIR: paths.jobDir,
    LONGSHORE_RUN_DIR: paths.runDir,
    LONGSHORE_OUTPUT: paths.output,
  }
}

/** Threads rounded up: these libraries take whole numbers only. */
function threadVariables({ placement }: Work, caller: Environment): Record<string, string> {
  const threads = String(Math.max(1, Math.ceil(placement.threads)))
  const unset = THREAD_VARIABLES.filter(name => caller[name] === undefined)
  return Object.fromEntries(unset.map(name => [name, threads]))
}

/**
 * ROCm filters twice: HIP counts among what ROCR has left. So ROCR gets the ids and HIP the positions among them;
 * the same ids in both would hide every GPU but those at the front. Only an empty ROCR list hides all GPUs from
 * HIP, which takes an empty list of its own for none given.
 */
function gpuVariables({ placement }: Work, caller: Environment): Record<string, string> {
  const ids = placement.gpus.map(gpu => gpu.id).join(',')
  // CUDA's own order puts the fastest first: an index would then mean another GPU than it does to nvidia-smi.
  const order = placement.gpus.length > 0 && caller['CUDA_DEVICE_ORDER'] === undefined
  return {
    ...(order && { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' }),
    CUDA_VISIBLE_DEVICES: ids,
    ROCR_VISIBLE_DEVICES: ids,
    HIP_VISIBLE_DEVICES: placement.gpus.map((_, position) => position).join(','),
  }
}
