import type { GpuReport } from './report.ts'
import { type Environment, findProgram, runTool } from './tool.ts'

/**
 * Makes a CUDA context with torch or cupy and writes how many MiB of the GPU that took, seen from outside by nvidia-smi,
 * without the block that the library itself reserves for arrays.
 */
const PYTHON = `
import subprocess, sys
smi, uuid = sys.argv[1:3]
def used():
    out = subprocess.run([smi, '--id=' + uuid, '--query-gpu=memory.used', '--format=csv,noheader,nounits'], capture_output=True, text=True)
    return float(out.stdout)
try:
    import torch
    def context():
        array = torch.zeros(1, device='cuda'); torch.cuda.synchronize()
        return torch.cuda.memory_reserved() / 2**20
except ImportError:
    import cupy
    def context():
        array = cupy.zeros(1); cupy.cuda.Device().synchronize()
        return cupy.get_default_memory_pool().total_bytes() / 2**20
before = used()
arrays = context()
print('context', used() - before - arrays)
`

/**
 * RAM of a CUDA context on a GPU, in GiB, measured with Python's torch or cupy; `null` where that cannot be done: no
 * Python, neither library, not an NVIDIA GPU, a MIG slice (nvidia-smi does not tell its use alone), too slow.
 */
export async function measureCudaContext(
  gpu: GpuReport,
  env: Environment,
  timeoutS: number,
): Promise<number | null> {
  const smi = findProgram('nvidia-smi', env)
  const python = findProgram('python3', env) ?? findProgram('python', env)
  if (gpu.vendor !== 'nvidia' || gpu.kind !== 'gpu' || gpu.uuid === null || !smi || !python) return null
  const seeingOne = { ...env, CUDA_VISIBLE_DEVICES: gpu.uuid }
  const result = await runTool(python, ['-c', PYTHON, smi, gpu.uuid], seeingOne, timeoutS)
  return result.ok ? parseContext(result.stdout) : null
}

/**
 * GiB of the line `context 487.0`. A context takes some hundred MiB: other figures mean that somebody else took or freed
 * GPU RAM in the same moment, so they count as not measured.
 */
export function parseContext(output: string): number | null {
  const mib = Number(/^context ([\d.]+)\s*$/m.exec(output)?.[1])
  return mib >= 50 && mib <= 4096 ? mib / 1024 : null
}
