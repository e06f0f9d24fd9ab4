import type { GpuCapacity, NodeCapacity } from '../../node.ts'
import type { CapacityOptions } from '../../options.ts'
import type { NodeLimits } from './protocol.ts'

/** What jobs may use of a node: what was measured there, as far as its engine gives it to us. */
export function limited(
  measured: NodeCapacity,
  limits: NodeLimits,
  { gpus, gpuRamGb }: CapacityOptions = {},
): NodeCapacity {
  return {
    ...measured,
    threads: Math.min(measured.threads, limits.threads ?? measured.threads),
    ramGb: Math.min(measured.ramGb, limits.ramGb ?? measured.ramGb),
    gpus: limits.gpus ? gpusOf(measured.gpus, limits.gpus.slice(0, gpus), gpuRamGb) : measured.gpus,
  }
}

/** Engines number GPUs where the probe may know better names: then they are taken in their order. */
function gpusOf(
  seen: readonly GpuCapacity[],
  given: NonNullable<NodeLimits['gpus']>,
  wantedGb: number | undefined,
): GpuCapacity[] {
  const named = given.every(({ id }) => seen.some(gpu => gpu.id === id))
  return given.map(({ id, ramGb }, position) => {
    const gpu = named ? seen.find(one => one.id === id) : seen[position]
    return gpu ?? { id, name: 'GPU', ramGb: wantedGb ?? ramGb ?? 0 }
  })
}
