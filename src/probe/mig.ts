import { fromBytes } from '../units.ts'

/** A MIG slice in the list of `nvidia-smi -L`. */
export interface MigDevice {
  /** Position of the physical GPU, and of the slice on it. */
  readonly gpu: number
  readonly device: number
  /** Profile: `3g.20gb`, `1c.3g.20gb`, `1g.10gb+me`. */
  readonly profile: string
  readonly uuid: string
}

/** RAM of a slice in GiB. */
export interface MigRam {
  readonly totalRamGb: number
  readonly freeRamGb: number
}

/**
 * The MIG slices in the output of `nvidia-smi -L`: below the line of a GPU, `  MIG 3g.20gb  Device 0: (UUID: MIG-…)`.
 * Drivers before 470 write the UUID as `MIG-GPU-…/1/0`.
 */
export function parseMigDevices(list: string): MigDevice[] {
  let gpu = -1
  return list.split('\n').flatMap(line => {
    gpu = Number(/^GPU (\d+):/.exec(line)?.[1] ?? gpu)
    const match = /^\s+MIG (\S+)\s+Device\s+(\d+): \(UUID: (MIG-[^)]+)\)/.exec(line)
    if (!match) return []
    const [, profile = '', device = '0', uuid = ''] = match
    return [{ gpu, device: Number(device), profile, uuid }]
  })
}

/**
 * RAM of the slices by `GPU/DEVICE` (positions), from the blocks `MIG Device` of `nvidia-smi -q`. GPUs stand there in
 * the order of their index.
 */
export function parseMigRam(query: string): Map<string, MigRam> {
  const ram = new Map<string, MigRam>()
  const gpus = query.split(/^GPU [0-9A-Fa-f]+:/m).slice(1)
  gpus.forEach((gpu, index) => {
    for (const block of gpu.split(/^\s+MIG Device\s*$/m).slice(1)) {
      const device = /^\s+Index\s+: (\d+)/m.exec(block)?.[1]
      const memory =
        /^\s+FB Memory Usage\s*$([\s\S]*?)(?=^\s+BAR1 Memory Usage|(?![\s\S]))/m.exec(block)?.[1] ?? ''
      const total = mebibytes(memory, 'Total')
      const free = mebibytes(memory, 'Free')
      if (device !== undefined && total !== null && free !== null)
        ram.set(`${index}/${device}`, { totalRamGb: total, freeRamGb: free })
    }
  })
  return ram
}

function mebibytes(block: string, key: string): number | null {
  const mib = new RegExp(`^\\s+${key}\\s+: (\\d+) MiB`, 'm').exec(block)?.[1]
  return mib === undefined ? null : fromBytes(Number(mib) * 2 ** 20)
}

/**
 * RAM of a slice by its profile, for when the driver tells no other: `3g.20gb` has 20 GB in name and a little less
 * than that in GiB in truth (19968 MiB on an A100), so 95 % of it.
 */
export function nominalRam(profile: string): MigRam | null {
  const gigabytes = /(\d+)gb/.exec(profile)?.[1]
  if (gigabytes === undefined) return null
  const ram = Number(gigabytes) * 0.95
  return { totalRamGb: ram, freeRamGb: ram }
}

/**
 * Share of a slice's RAM that is its own: compute instances of one GPU instance have its RAM in common, so
 * `1c.3g.20gb` counts for a third of it.
 */
export function ramShare(profile: string): number {
  const match = /^(\d+)c\.(\d+)g\./.exec(profile)
  return match ? Number(match[1]) / Number(match[2]) : 1
}
