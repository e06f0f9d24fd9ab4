import type { GpuReport, GpusReport } from './report.ts'
import type { Environment } from './tool.ts'
import type { VendorReport } from './vendor.ts'
import { type Selection, selectVisible } from './visibleDevices.ts'

/** The NVIDIA GPUs that `CUDA_VISIBLE_DEVICES` shows, named as it names them: by index, or by UUID. */
export function visibleNvidia({ devices, warnings }: VendorReport, env: Environment): GpusReport {
  const value = env['CUDA_VISIBLE_DEVICES']
  if (devices.length === 0) return { gpus: [], hidden: [], visibleBy: null, warnings }
  const selection = selectVisible(devices, value, 'CUDA_VISIBLE_DEVICES')
  return {
    gpus: selection.visible.map(({ device, by }) => (by === 'uuid' ? byUuid(device) : device)),
    hidden: hiddenOf(devices, selection),
    visibleBy: value === undefined ? null : `CUDA_VISIBLE_DEVICES=${value}`,
    warnings: [...warnings, ...selection.warnings, ...ambiguousOrder(devices, selection, env)],
  }
}

function byUuid(device: GpuReport): GpuReport {
  return device.uuid === null ? device : { ...device, id: device.uuid }
}

function hiddenOf(devices: readonly GpuReport[], { visible }: Selection<GpuReport>): GpuReport[] {
  return devices.filter(device => !visible.some(other => other.device === device))
}

/** Unless told otherwise CUDA numbers the fastest GPU 0, and nvidia-smi the first on the bus. */
function ambiguousOrder(
  devices: readonly GpuReport[],
  { visible }: Selection<GpuReport>,
  env: Environment,
): string[] {
  const models = new Set(devices.map(({ name }) => name))
  const indices = env['CUDA_VISIBLE_DEVICES'] !== undefined && visible.some(({ by }) => by === 'index')
  if (!indices || models.size === 1 || env['CUDA_DEVICE_ORDER'] === 'PCI_BUS_ID') return []
  return [
    'CUDA_VISIBLE_DEVICES holds indices and the GPUs are of different models: CUDA may number them in another order than nvidia-smi, whose order is used here. Set CUDA_DEVICE_ORDER=PCI_BUS_ID, or use UUIDs.',
  ]
}

/**
 * The AMD GPUs that ROCm shows: `ROCR_VISIBLE_DEVICES` chooses first, then `HIP_VISIBLE_DEVICES` (or else
 * `CUDA_VISIBLE_DEVICES`) among those by their new positions. A GPU's id is what `ROCR_VISIBLE_DEVICES` of a job must
 * contain: its position in the machine, or its UUID where the caller's list has UUIDs.
 */
export function visibleAmd({ devices, warnings }: VendorReport, env: Environment): GpusReport {
  if (devices.length === 0) return { gpus: [], hidden: [], visibleBy: null, warnings }
  const hip = env['HIP_VISIBLE_DEVICES'] === undefined ? 'CUDA_VISIBLE_DEVICES' : 'HIP_VISIBLE_DEVICES'
  const first = selectVisible(devices, env['ROCR_VISIBLE_DEVICES'], 'ROCR_VISIBLE_DEVICES')
  const left = first.visible.map(({ device, by }) => (by === 'uuid' ? byUuid(device) : device))
  const renumbered = left.map((device, position) => ({ ...device, index: position, device }))
  const second = selectVisible(renumbered, env[hip], hip)
  const gpus = second.visible.map(({ device }) => device.device)
  return {
    gpus,
    hidden: devices.filter(({ index }) => !gpus.some(gpu => gpu.index === index)),
    visibleBy: setVariables(env, ['ROCR_VISIBLE_DEVICES', hip]),
    warnings: [...warnings, ...first.warnings, ...second.warnings],
  }
}

function setVariables(env: Environment, names: readonly string[]): string | null {
  const set = names.filter(name => env[name] !== undefined).map(name => `${name}=${env[name]}`)
  return set.length > 0 ? set.join(' ') : null
}
