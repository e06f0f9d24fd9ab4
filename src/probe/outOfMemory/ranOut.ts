import type { JobFailure, RanOut } from '../../job.ts'
import { saidOfGpuRam, saidOfRam } from './messages.ts'

/** What is known of an attempt that has failed, as far as it can tell of memory. */
export interface Evidence {
  readonly exitCode: number | null
  /** Name of the signal that ended it, `null` for none. */
  readonly signal: string | null
  /** The ends of what it wrote, and the error that a function threw. */
  readonly said: string
  /** How often the kernel has killed something for want of memory while it ran; `null` where that is not known. */
  readonly oomKills: number | null
}

/** What a detector has found, and the words for people. */
interface Finding {
  readonly ranOut: RanOut
  readonly because: string
}

type Detector = (evidence: Evidence) => Finding | null

/** 128 + 9: what a shell, a container or a job script says of a child that was ended by SIGKILL. */
const KILLED = 137

/** What a program says for itself goes first: the kernel does not know of GPUs. */
const DETECTORS: readonly Detector[] = [
  ({ said }) => told('gpuRam', saidOfGpuRam(said)),
  ({ said }) => told('ram', saidOfRam(said)),
  ({ signal, oomKills }) =>
    signal === 'SIGKILL' && (oomKills ?? 0) > 0
      ? { ranOut: 'ram', because: 'the kernel killed a process for want of memory while it ran' }
      : null,
  ({ exitCode }) =>
    exitCode === KILLED ? { ranOut: 'ram', because: 'exit code 137: what it had started was killed' } : null,
]

function told(ranOut: RanOut, line: string | null): Finding | null {
  return line === null ? null : { ranOut, because: line }
}

/** What a failed attempt ran out of, by what is known of it; `null` where nothing speaks for that. */
export function ranOutOf(evidence: Evidence): Finding | null {
  for (const detect of DETECTORS) {
    const finding = detect(evidence)
    if (finding !== null) return finding
  }
  return null
}

const NAMES = { ram: 'out of memory', gpuRam: 'out of GPU memory' } as const

/** The failure, with what the attempt ran out of where there is evidence, and the evidence in its message. */
export function withEvidence(failure: JobFailure, evidence: Evidence): JobFailure {
  const finding = ranOutOf(evidence)
  if (finding === null) return failure
  const { ranOut, because } = finding
  return { ...failure, ranOut, message: `${failure.message}, ${NAMES[ranOut]} (${because})` }
}
