import { fromBytes } from '../units.ts'
import type { GpuReport } from './report.ts'
import { type Environment, runTool } from './tool.ts'
import { failedTool, type VendorReport } from './vendor.ts'

const QUERY = ['--showproductname', '--showuniqueid', '--showmeminfo', 'vram', '--showuse', '--json']

/** Asks rocm-smi (at `path`) for all GPUs. A failure is one warning, no GPUs. */
export async function probeAmd(path: string, env: Environment, timeoutS: number): Promise<VendorReport> {
  const result = await runTool(path, QUERY, env, timeoutS)
  if (!result.ok) return failedTool(path, result.problem)
  const devices = parseRocmSmi(result.stdout)
  return devices ? { devices, warnings: [] } : failedTool(path, 'it lists no GPU')
}

/** The cards in the JSON of rocm-smi, which can stand behind lines of warnings; `null` where it tells of none. */
export function parseRocmSmi(output: string): GpuReport[] | null {
  const cards = Object.entries(jsonIn(output)).flatMap(([name, fields]) => {
    const index = /^card(\d+)$/.exec(name)?.[1]
    return index === undefined ? [] : [cardOf(Number(index), lowerCase(fields))]
  })
  return cards.length > 0 ? cards.sort((a, b) => a.index - b.index) : null
}

function jsonIn(output: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1))
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

type Fields = ReadonlyMap<string, string>

/** Releases of rocm-smi differ in the case of their keys (`Card series`, `Card Series`). */
function lowerCase(fields: unknown): Fields {
  if (!isRecord(fields)) return new Map()
  return new Map(Object.entries(fields).map(([key, value]) => [key.toLowerCase(), String(value).trim()]))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function cardOf(index: number, fields: Fields): GpuReport {
  const total = amount(fields.get('vram total memory (b)'))
  const used = amount(fields.get('vram total used memory (b)'))
  const use = amount(fields.get('gpu use (%)'))
  return {
    ...({ vendor: 'amd', kind: 'gpu', id: `${index}`, index, parentUuid: null, processes: [] } as const),
    uuid: uuidOf(fields.get('unique id')),
    name: text(fields.get('card series')) ?? text(fields.get('device name')) ?? 'AMD GPU',
    totalRamGb: total === null ? null : fromBytes(total),
    freeRamGb: total === null || used === null ? null : fromBytes(total - used),
    utilization: use === null ? null : use / 100,
  }
}

function text(field: string | undefined): string | null {
  return field === undefined || field === '' || field === 'N/A' ? null : field
}

function amount(field: string | undefined): number | null {
  const known = text(field)
  return known !== null && Number.isFinite(Number(known)) ? Number(known) : null
}

/** `0x18f0a1c2d3e4f506` → `GPU-18f0a1c2d3e4f506`, as `ROCR_VISIBLE_DEVICES` takes it. */
function uuidOf(uniqueId: string | undefined): string | null {
  const hex = /^0x([0-9a-f]+)$/i.exec(uniqueId ?? '')?.[1]
  return hex === undefined ? null : `GPU-${hex.toLowerCase()}`
}
