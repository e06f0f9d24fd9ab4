import { parseCpuList } from '../../probe/cpuList.ts'

/** GPUs in a list of generic resources. */
export interface GpuShare {
  readonly count: number
  /** Their positions among the node's GPUs, where SLURM tells them. */
  readonly positions: readonly number[]
}

/** `gpu:4`, `gpu:a100:2(IDX:0,3),nic:1`, `gpu:4(S:0-1)`; none where there is no GPU in the list. */
export function gpusIn(gres: string): GpuShare {
  const found = [...gres.matchAll(/(?:^|,)(?:gres[:/])?gpu(?::[^:(,=]+)??[:=](\d+)(?:\(IDX:([\d,-]+)\))?/g)]
  return {
    count: found.reduce((sum, [, count]) => sum + Number(count), 0),
    positions: found.flatMap(([, , positions = '']) => parseCpuList(positions)),
  }
}
