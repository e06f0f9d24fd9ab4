import { unsentEnding } from '../../actors/task/executor.ts'
import type { Executor, ExecutorReport, Work } from '../../executor.ts'
import type { JobFailure } from '../../job.ts'
import type { ExecutorsByKind } from '../../system.ts'
import { packStart } from '../agent/packing.ts'
import type { AgentOrder } from '../agent/protocol.ts'

/** A job that holds a place on a node, as the scheduler's side knows it. */
export interface RemoteWork {
  readonly work: Work
  readonly tell: (report: ExecutorReport) => void
  isStarted: boolean
  /** How it was asked to end, last. */
  isAsked: 'terminate' | 'kill' | null
  ramGb: number | null
}

/** Those of a node, by id of placement. */
export type RemoteWorks = Map<string, RemoteWork>

/** The executors of a node that an agent runs on: they only send orders; its reports are told by whoever hears them. */
export function remoteExecutors(works: RemoteWorks, send: (order: AgentOrder) => void): ExecutorsByKind {
  const ask = (type: 'terminate' | 'kill', id: string): void => {
    const work = works.get(id)
    if (!work) return
    work.isAsked = type
    send({ type, id })
  }
  const there: Executor = {
    start(work, tell) {
      try {
        const order = packStart(work)
        works.set(work.placement.id, { work, tell, isStarted: false, isAsked: null, ramGb: null })
        send(order)
      } catch (error) {
        tell({ type: 'job.exited', placementId: work.placement.id, ending: unsentEnding(work, error) })
      }
    },
    terminate: id => ask('terminate', id),
    kill: id => ask('kill', id),
    ramGb: id => works.get(id)?.ramGb ?? null,
    close: async () => {},
  }
  return { command: there, task: there, inline: nowhere }
}

/** They are refused when they are added. */
const nowhere: Executor = {
  start({ placement: { id: placementId } }, tell) {
    tell({ type: 'job.exited', placementId, ending: endedBy({ reason: 'start', message: NOT_HERE }) })
  },
  terminate() {},
  kill() {},
  close: async () => {},
}

const NOT_HERE = 'a function runs in the scheduler’s own process only: make it a task'

/** The ending of a job of which nothing more is known. */
export function endedBy(failure: JobFailure) {
  return {
    ok: false,
    value: undefined,
    exitCode: null,
    signal: null,
    failure,
    durationS: 0,
    peakRamGb: null,
    representative: true,
    results: {},
  } as const
}
