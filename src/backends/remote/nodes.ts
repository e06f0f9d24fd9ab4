import type { NodeLimits } from '../agent/protocol.ts'
import type { LineConnection } from './connection.ts'

/** An agent that was started on a node. */
export interface StartedAgent {
  /** Name of the node. */
  readonly node: string
  readonly connection: LineConnection
  readonly limits: NodeLimits
  /** As `AgentHello` has it: `end` where somebody outlives the scheduler, and keeps the orders open for it. */
  readonly atEnd?: 'end'
}

/** Nodes on which an agent runs: what a backend of several machines needs beside its engine. */
export interface RemoteNodes {
  /**
   * Speaks to an agent. Resolves when its node has joined; or, where the connection to an earlier agent of a node that
   * was not lost is gone, when it is known what still runs there. Rejects with a `LongshoreError` where the agent cannot
   * work, or ends before it could say so. When the connection closes the node is silent: the backend then starts another
   * agent there, or has proof that the node is lost.
   */
  connect(agent: StartedAgent): Promise<void>
  /** Takes nothing new; what runs there goes on. */
  leave(node: string, why: string): void
  /** PROOF that nothing of ours runs there any more. */
  lost(node: string, why: string): void
  acknowledge(placementIds: readonly string[]): void
  /** Jobs of silent nodes are told as ended: their agents end them by themselves. */
  giveUp(): Promise<void>
  /** Ends all agents, and what they run; resolves when their connections have closed. */
  close(): Promise<void>
}
