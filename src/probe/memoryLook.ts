import { memoryReport } from './memory.ts'
import { type SystemFiles, systemFiles } from './systemFiles.ts'

/** How much RAM there is now, and how much the want of it holds up. */
export interface MemoryLook {
  /** GiB that are there without swapping, by the machine and by the limits of the cgroup. */
  readonly availableGb: number
  /** Share of the last 10 s in which all that could run stood still for want of RAM, in percent; `null` where the kernel does not say. */
  readonly stalledPercent: number | null
}

/** Looks at this machine's RAM, in well under a millisecond; `null` where there is no /proc/meminfo. */
export function lookAtMemory(files: SystemFiles = systemFiles): MemoryLook | null {
  const { machineGb, availableGb } = memoryReport(files)
  if (machineGb === 0) return null
  return { availableGb, stalledPercent: parseStalled(files.read('/proc/pressure/memory') ?? '') }
}

/** `avg10` of the line `full` of `/proc/pressure/memory`: pressure stall information of the kernel. */
export function parseStalled(pressure: string): number | null {
  const percent = /^full avg10=([\d.]+)/m.exec(pressure)?.[1]
  return percent === undefined ? null : Number(percent)
}
