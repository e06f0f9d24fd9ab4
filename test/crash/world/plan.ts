/** How an attempt of a job goes if nobody interferes; `never` for one that a time limit or a cancel has to end. */
export interface AttemptPlan {
  readonly durationS: number
  readonly ends: 'well' | 'badly' | 'outOfMemory' | 'never'
  readonly endsOnTerm: boolean
}

/** A job, and how each of its attempts goes. */
export interface JobPlan {
  readonly id: string
  /** Commands outlive their scheduler; tasks do not. */
  readonly kind: 'command' | 'task'
  readonly threads: number
  readonly retries: number
  /** The last one holds for further attempts. */
  readonly attempts: readonly AttemptPlan[]
  /** When somebody wants it to end, in seconds; `null` for never. */
  readonly cancelAtS: number | null
}

/** What becomes of messages between executors and jobs. */
export interface MessageFaults {
  readonly seed: number
  /** Share that comes twice, 0–1. */
  readonly twice: number
  /** Up to so many seconds late, so that a later one may overtake. */
  readonly lateS: number
}

/** A run, and all that befalls it. */
export interface Scenario {
  readonly jobs: readonly JobPlan[]
  /** The how-manieth thing that a scheduler does is its last: of the first scheduler, of the second … */
  readonly crashes: readonly number[]
  /** Seconds from the end of a scheduler to the next one. */
  readonly outageS: number
  /** `resume` runs what the journal has, `file` is given all jobs again. */
  readonly goesOnBy: 'resume' | 'file'
  /** When all launchers die, in seconds. */
  readonly launcherDeathsS: readonly number[]
  /** When the node is lost with all that runs there, to come back 7 s later. */
  readonly nodeLossesS: readonly number[]
  /** When a job that runs is told to make room, in seconds. */
  readonly evictionsS: readonly number[]
  readonly messages: MessageFaults
}

export const NO_MESSAGE_FAULTS: MessageFaults = { seed: 0, twice: 0, lateS: 0 }

/** Longer than any attempt that ends by itself takes to be heard of, all outages included. */
export const TIME_LIMIT_S = 10_000
/** Far longer than any message is late. */
export const RETRY_DELAY_S = 30

export function attemptOf({ attempts }: JobPlan, attempt: number): AttemptPlan {
  const plan = attempts[attempt - 1] ?? attempts.at(-1)
  if (!plan) throw new Error('A plan has at least one attempt')
  return plan
}

/** How a job that nobody cancels has to end. */
export function expectedEnd(plan: JobPlan): { status: 'succeeded' | 'failed'; attempts: number } {
  for (let attempt = 1, grown = 0; ; attempt++) {
    const { ends } = attemptOf(plan, attempt)
    if (ends === 'well') return { status: 'succeeded', attempts: attempt }
    const grows = ends === 'outOfMemory' && grown < MOST_GROWTHS
    if (grows) grown++
    else if (attempt - grown > plan.retries) return { status: 'failed', attempts: attempt }
  }
}

/** By default a job that runs out of memory is given more so many times. */
const MOST_GROWTHS = 3
