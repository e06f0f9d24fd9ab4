import type { GpuReport } from './report.ts'

/** What a vendor's tool tells of all GPUs of the machine, whatever the caller has made visible. */
export interface VendorReport {
  /** By position, with the position (for a MIG slice its UUID) as id. */
  readonly devices: readonly GpuReport[]
  readonly warnings: readonly string[]
}

export const NOTHING: VendorReport = { devices: [], warnings: [] }

/** The report of a vendor whose tool is there but fails: no GPUs, and one warning that says so. */
export function failedTool(path: string, problem: string): VendorReport {
  const warning = `${path} fails, so its GPUs are not used: ${problem}. Run it by hand to see what is wrong with the driver.`
  return { devices: [], warnings: [warning] }
}

/** The report where there are a vendor's devices but not the tool that tells of them. */
export function missingTool(tool: string, deviceFile: string): VendorReport {
  const warning = `There is ${deviceFile}, but no ${tool} in PATH to tell what GPUs are behind it: none is used. Install it or add it to PATH.`
  return { devices: [], warnings: [warning] }
}
