import type { JobEvent } from '../../../../src/events.ts'
import { toBytes } from '../../../../src/units.ts'
import { portraitOf, type Real } from '../real.ts'
import { commandOf, type SystemCommand } from './jobs.ts'

/** A message that has come already comes again, however late. */
export function repeat(nth: number): SystemCommand {
  return rogue(`repeat(${nth})`, ({ delivered }) => {
    const one = delivered.at(-1 - (nth % Math.max(1, delivered.length)))
    one?.to.send(one.event)
  })
}

/** What an executor told of one job comes to another. */
export function misdirect(nth: number, to: number): SystemCommand {
  return rogue(`misdirect(${nth} to ${to})`, ({ delivered, system }) => {
    const live = [...system.state().live.values()]
    const other = live[to % Math.max(1, live.length)]
    const reports = delivered.filter(
      ({ to, event }) => to !== other?.ref && (event.type === 'job.exited' || event.type === 'job.started'),
    )
    const one = reports.at(-1 - (nth % Math.max(1, reports.length)))
    if (one) other?.ref.send(one.event as JobEvent)
  })
}

/** Somebody asks a ledger for more than the whole node, and gives back what was never given. */
export function overcommit(name: string): SystemCommand {
  return rogue(`overcommit(${name})`, ({ system }) => {
    const ledger = system.state().nodes.get(name)?.ledger
    const nothing = { threads: 0, ram: 0, cores: [], gpus: [], gpuShare: 0, gpuRam: 0, resources: [] }
    const grants = [
      { ...nothing, threads: 4001 },
      { ...nothing, ram: toBytes(8) + 1 },
      { ...nothing, cores: [4] },
      { ...nothing, gpus: [1], gpuShare: 1001 },
      { ...nothing, resources: [['licence', 2001]] as const },
    ]
    for (const [i, grant] of grants.entries())
      ledger?.send({ type: 'ledger.reserve', placementId: `rogue#${i}`, grant })
    ledger?.send({ type: 'ledger.release', placementId: 'rogue#9' })
  })
}

/** Somebody asks again for what a live placement has. */
export function reserveAgain(nth: number): SystemCommand {
  return rogue(`reserveAgain(${nth})`, ({ system }) => {
    const live = [...system.state().live.values()]
    const one = live[nth % Math.max(1, live.length)]
    if (!one) return
    const { placementId, grant, node } = one
    system.state().nodes.get(node)?.ledger.send({ type: 'ledger.reserve', placementId, grant })
  })
}

/** Whatever is sent here must change nothing. */
function rogue(title: string, send: (real: Real) => void): SystemCommand {
  return commandOf(title, (_, real) => {
    const { actor } = real.system
    actor.send({ type: 'jobs.reported' })
    const heard = real.delivered.length
    const before = JSON.stringify(portraitOf(real))
    send(real)
    actor.send({ type: 'jobs.reported' })
    const after = JSON.stringify(portraitOf(real))
    real.delivered.length = heard
    if (after !== before) throw new Error(`${title} changed\n${before}\nto\n${after}`)
  })
}
