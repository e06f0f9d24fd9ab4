import type { Standing } from './nodeState.ts'

/** What is known of a node. */
export interface Knowledge {
  /** What SLURM says of it; `null` where SLURM does not answer, or does not know the node. */
  readonly standing: Standing | null
  /** Whether it is in our allocation, and that has not ended; `null` where SLURM does not answer. */
  readonly isOurs: boolean | null
  /** The connection to its agent: it speaks, nothing comes over it, or it has ended. */
  readonly agent: 'heard' | 'silent' | 'closed'
  /** Whether nothing was heard for so long that an agent which hears nothing either has ended itself. */
  readonly isSilentForLong: boolean
  /** Whether so much time has passed since a word, and a fence, that an agent which lives has ended itself, with all that it ran. */
  readonly isLeaseOver: boolean
}

/**
 * What to do about it. `wait`: nothing, or nothing is proven; `again`: start another agent; `leave`: place nothing new
 * there; `cut`: end the connection, nothing will ever come over it; `fence`: it will be lost, and what may still run there
 * has to end first; `lost`: nothing of ours runs there.
 */
export type Verdict = 'wait' | 'again' | 'leave' | 'cut' | 'fence' | 'lost'

/**
 * That a connection has ended proves nothing: a step can be cancelled, or a client killed, while what the agent has
 * started goes on. That SLURM has given a node up proves it only together with the lease: what SLURM cannot reach ends by
 * itself. And a node that SLURM has given up may work all the same, where its daemon has died alone. A client goes on for
 * ever when what carries the step on the node has died: so it is not waited for longer than an agent waits for its scheduler.
 */
export function verdictOn({ standing, isOurs, agent, isSilentForLong, isLeaseOver }: Knowledge): Verdict {
  if (standing === null || isOurs === null) return 'wait'
  const isGivenUp = standing === 'down' || !isOurs
  if (!isGivenUp && standing !== 'up') return 'wait'
  if (!isGivenUp && agent === 'silent') return isSilentForLong ? 'cut' : 'wait'
  if (!isGivenUp) return agent === 'closed' ? 'again' : 'wait'
  if (agent === 'heard') return 'leave'
  if (agent === 'silent') return 'cut'
  return isLeaseOver ? 'lost' : 'fence'
}
