/** A device as a list of visible devices can name it. */
export interface Nameable {
  readonly index: number
  readonly uuid: string | null
  /** For a MIG slice the UUID of its physical GPU. */
  readonly parentUuid: string | null
}

/** The devices that a list leaves visible, in its order, each with the name that the list uses for it. */
export interface Selection<Device> {
  readonly visible: readonly { readonly device: Device; readonly by: 'index' | 'uuid' }[]
  readonly warnings: readonly string[]
}

/**
 * The devices that a value of `CUDA_VISIBLE_DEVICES` leaves visible, by CUDA's own rules: indices or UUIDs (or their
 * unambiguous beginnings) separated by commas; everything from the first entry on that names no device is hidden, so
 * `-1` and the empty text hide all. `undefined` (not set) hides none. A GPU that is split by MIG stands for all its
 * slices. `ROCR_VISIBLE_DEVICES` and `HIP_VISIBLE_DEVICES` follow the same rules.
 */
export function selectVisible<Device extends Nameable>(
  devices: readonly Device[],
  value: string | undefined,
  variable: string,
): Selection<Device> {
  if (value === undefined) return { visible: devices.map(device => ({ device, by: 'index' })), warnings: [] }
  const visible: Selection<Device>['visible'][number][] = []
  for (const entry of value.split(',').map(text => text.trim())) {
    const found = named(devices, entry)
    if (found.length === 0) return { visible, warnings: unknownEntry(variable, value, entry) }
    const by = /^\d+$/.test(entry) ? 'index' : 'uuid'
    for (const device of found)
      if (!visible.some(other => other.device === device)) visible.push({ device, by })
  }
  return { visible, warnings: [] }
}

function named<Device extends Nameable>(devices: readonly Device[], entry: string): Device[] {
  if (/^\d+$/.test(entry)) return devices.filter(({ index }) => index === Number(entry))
  if (!/^(GPU|MIG)-/.test(entry)) return []
  const uuid = uuidThatBegins(devices, entry)
  return uuid === null ? [] : devices.filter(device => device.uuid === uuid || device.parentUuid === uuid)
}

/** The one UUID of a GPU or slice that an entry abbreviates, `null` where there is none or more than one. */
function uuidThatBegins(devices: readonly Nameable[], entry: string): string | null {
  const uuids = new Set(
    devices.flatMap(({ uuid, parentUuid }) => [uuid, parentUuid]).filter(uuid => uuid !== null),
  )
  const beginning = [...uuids].filter(uuid => uuid.toLowerCase().startsWith(entry.toLowerCase()))
  const exact = beginning.find(uuid => uuid === entry)
  return exact ?? (beginning.length === 1 ? (beginning[0] ?? null) : null)
}

/** Hiding all on purpose (`-1`, nothing) is no fault. */
function unknownEntry(variable: string, value: string, entry: string): string[] {
  if (entry === '' || entry === '-1' || /^(none|void|nodevfiles)$/i.test(entry)) return []
  return [
    `${variable}=${value}: "${entry}" names no GPU of this machine, or more than one; CUDA and ROCm ignore it and all that follows it, and so does Longshore.`,
  ]
}
