import type { RanOut } from '../../job.ts'
import type { NodeCapacity } from '../../node.ts'
import { toBytes } from '../../units.ts'
import { type Demand, withMemory } from './demand.ts'
import { allFree, fit } from './free.ts'

/** What an attempt that ran out of memory is given the next time, by what it had asked for and by what was measured. */
const MORE_THAN_ASKED = 1.5
const MORE_THAN_MEASURED = 1.2
/** Of a job that had asked for next to nothing, half as much again is nothing: then so many bytes, 1 GiB. */
const LEAST = 2 ** 30

/** The most memory that an empty node could give to a job, in bytes; that on a GPU holds for each that it uses. */
export type Room = Readonly<Record<RanOut, number>>

/** The most that any of these nodes could give to a job whose other demands stay as they are. */
export function roomFor(demand: Demand, nodes: readonly NodeCapacity[]): Room {
  const room = { ram: demand.ram, gpuRam: demand.gpuRam }
  for (const node of nodes) {
    const free = allFree(node)
    if (fit(free, demand)) room.ram = Math.max(room.ram, free.ram)
    const gpus = free.gpus.map(({ ram }) => ram).sort((a, b) => b - a)
    const gpuRam = demand.gpus > 0 ? (gpus[demand.gpus - 1] ?? 0) : 0
    if (gpuRam > room.gpuRam && fit(free, withMemory(demand, { gpuRam }))) room.gpuRam = gpuRam
  }
  return room
}

/** Whether there is more of each memory than a job has asked for. */
export function mayGrow(demand: Demand, room: Room): Readonly<Record<RanOut, boolean>> {
  return { ram: room.ram > demand.ram, gpuRam: room.gpuRam > demand.gpuRam }
}

/**
 * The demand of the next attempt of a job that ran out of memory: 1.5 times what it had asked for, or 1.2 times the
 * peak (GiB) that was measured where that is more, at least 1 GiB, at most what there is room for; all else as before.
 */
export function grown(demand: Demand, ranOut: RanOut, peakRamGb: number | null, room: Room): Demand {
  const measured = ranOut === 'ram' ? toBytes(peakRamGb ?? 0) : 0
  const wanted = Math.max(demand[ranOut] * MORE_THAN_ASKED, measured * MORE_THAN_MEASURED, LEAST)
  return withMemory(demand, { [ranOut]: Math.min(Math.ceil(wanted), Math.max(demand[ranOut], room[ranOut])) })
}
