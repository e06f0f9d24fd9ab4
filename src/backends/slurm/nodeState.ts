import { fieldOf, parseRecords, type SlurmRecord } from './records.ts'

/**
 * What SLURM knows of a node: `up`: it answers; `silent`: it does not answer, which need not be its end; `down`: SLURM
 * has given it up, and all that ran there.
 */
export type Standing = 'up' | 'silent' | 'down'

/** A node as `scontrol show node` has it. */
export interface SlurmNode {
  readonly name: string
  readonly standing: Standing
  /** In SLURM's words, without marks: `DOWN+NOT_RESPONDING`. */
  readonly state: string
  /** Why it is down or drained, by whoever said so; `null` where nobody did. */
  readonly reason: string | null
}

/** The nodes that `scontrol --oneliner show node` has printed. */
export function parseNodes(text: string): SlurmNode[] {
  return parseRecords(text).flatMap(record => nodeOf(record) ?? [])
}

function nodeOf(record: SlurmRecord): SlurmNode | null {
  const name = fieldOf(record, 'NodeName')
  const state = fieldOf(record, 'State')
  if (name === null) return null
  return { name, ...parseState(state ?? 'UNKNOWN'), reason: fieldOf(record, 'Reason') }
}

/** States are a word, further words behind `+`, and marks: `DOWN*+DRAIN`; `*` is short for NOT_RESPONDING. */
export function parseState(text: string): Pick<SlurmNode, 'state' | 'standing'> {
  const [base = '', ...flags] = text
    .toUpperCase()
    .replace(/[^\w+]/g, '')
    .split('+')
  const isSilent = text.includes('*') || flags.includes('NOT_RESPONDING')
  const isDown = GONE.has(base) || flags.some(flag => GONE.has(flag))
  return { state: [base, ...flags].join('+'), standing: isDown ? 'down' : isSilent ? 'silent' : 'up' }
}

const GONE = new Set(['DOWN', 'ERROR', 'FUTURE', 'POWERED_DOWN', 'POWERING_DOWN', 'POWER_DOWN'])
