import type { Finding, Setting } from '../bench.ts'
import { finding } from '../core/finding.ts'
import type { Contestant } from '../core/interleave.ts'
import { PEERS } from './all.ts'
import type { Peer, Trial } from './peer.ts'

/** What peers are compared in. */
export type Kind = 'commands' | 'tasks'

/** Peers that are installed, as contestants by name: each resolves with jobs a second, its own start left out. */
export function peersFor(kind: Kind, count: number, { folder, note }: Setting): Record<string, Contestant> {
  const contestants = PEERS.flatMap(peer => {
    const contest = peer[kind]
    if (contest === undefined || peer.version() === null) return []
    return [
      [peer.name, orNaN(peer, note, () => contest(count, folder).then(trial => rate(peer, count, trial)))],
    ]
  })
  return Object.fromEntries(contestants)
}

/** A peer that fails does not end the bench. */
function orNaN({ name }: Peer, note: Setting['note'], contestant: Contestant): Contestant {
  return () =>
    contestant().catch((error: unknown) => {
      note(`${name} failed: ${error instanceof Error ? error.message : error}`)
      return Number.NaN
    })
}

function rate({ name }: Peer, count: number, trial: Trial): number {
  noteStart(name, trial)
  return count / trial.workS
}

const starts = new Map<string, number[]>()

function noteStart(name: string, { startS }: Trial): void {
  if (startS !== null) starts.set(name, [...(starts.get(name) ?? []), startS])
}

/** How long peers took to start, as far as they ran: each a line of the table. */
export function startsOfPeers(): Finding[] {
  return [...starts].map(([name, figures]) =>
    finding({ what: `${name}: until it takes jobs`, unit: 's', figures }),
  )
}

/** A line of the table for each peer. */
export function findingsOfPeers(
  what: string,
  figures: Readonly<Record<string, readonly number[]>>,
  against: { readonly name: string; readonly figures: readonly number[] },
): Finding[] {
  return Object.entries(figures)
    .filter(([name]) => name !== against.name)
    .map(([name, own]) => finding({ what: `${what}: ${name}`, unit: '/s', figures: own, against }))
}
