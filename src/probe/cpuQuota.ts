import { type CgroupFolder, cgroupFolders } from './cgroup.ts'
import type { Limit } from './report.ts'
import { readNumber, type SystemFiles } from './systemFiles.ts'

/** The smallest CPU quota of the cgroups above this process, in CPUs; `null` for none. */
export function cpuQuota(files: SystemFiles): Limit | null {
  return cgroupFolders(files, 'cpu')
    .map(folder => quotaOf(files, folder))
    .filter(quota => quota !== null)
    .reduce<Limit | null>((least, quota) => (least && least.value <= quota.value ? least : quota), null)
}

function quotaOf(files: SystemFiles, { version, folder }: CgroupFolder): Limit | null {
  const file = version === 2 ? 'cpu.max' : 'cpu.cfs_quota_us'
  const value = version === 2 ? quotaV2(files, folder) : quotaV1(files, folder)
  return value === null ? null : { value, from: `${folder}/${file}` }
}

function quotaV2(files: SystemFiles, folder: string): number | null {
  return parseCpuMax(files.read(`${folder}/cpu.max`) ?? '')
}

/** CPUs of a line of `cpu.max`: `150000 100000` → 1.5, `max 100000` → `null`. */
export function parseCpuMax(text: string): number | null {
  const match = /^(\d+) (\d+)/.exec(text)
  return match ? ratio(Number(match[1]), Number(match[2])) : null
}

function quotaV1(files: SystemFiles, folder: string): number | null {
  const quota = readNumber(files, `${folder}/cpu.cfs_quota_us`)
  const period = readNumber(files, `${folder}/cpu.cfs_period_us`)
  return ratio(quota ?? -1, period ?? 0)
}

/** Version 1 writes -1 for "no quota". */
function ratio(quota: number, period: number): number | null {
  return quota > 0 && period > 0 ? quota / period : null
}
