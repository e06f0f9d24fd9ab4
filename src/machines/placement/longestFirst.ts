import { pendingAreaS } from './area.ts'
import { type Free, take } from './free.ts'
import { firstOf, type Head, headOf, moveTo, skipToShorter } from './heads.ts'
import { type Candidate, fittingNodes } from './nodeChoice.ts'
import type { Decision, Held, Policy, Situation, Trace } from './policy.ts'
import type { PendingJob } from './queue.ts'
import { beside, type Reservation, reserve } from './reservation.ts'
import { LONGEST_FIRST } from './rule/rule.ts'

/** What the policy can be told. */
export interface LongestFirstOptions {
  /**
   * So many jobs of each group (its longest) go first, where that costs nothing: to learn early how long the group's
   * jobs really take. Default 3; 0 for none.
   */
  readonly groupStarts?: number
}

/** What a pass has decided so far. */
interface Pass {
  readonly situation: Situation
  /** What each bucket would place next. */
  readonly heads: readonly Head[]
  readonly free: Map<string, Free>
  readonly decisions: Decision[]
  readonly placedOf: Map<string, number>
  /** What was decided so far, by node: it comes back too. */
  readonly held: Map<string, Held[]>
  /** Jobs that fitted nowhere: nothing shorter may delay the first of them that can have a place. */
  readonly waiting: Head[]
  /** For whom, and where. */
  reservedFor: PendingJob | null
  reservation: Reservation | null
  areaS: number | null
}

/**
 * The longest job that fits goes first. The longest that fits nowhere gets a reservation at its earliest place and
 * time, and a shorter job is placed only where it does not delay that one: no large job starves behind small ones.
 */
export function longestFirst({ groupStarts = 3 }: LongestFirstOptions = {}): Policy {
  return {
    name: 'longest-first',
    rule: { ...LONGEST_FIRST, blocked: { kind: 'reserve' }, groupStarts },
    decide(situation, trace) {
      const pass = begin(situation)
      for (let head = next(pass, groupStarts); head; head = next(pass, groupStarts)) place(pass, head)
      if (trace) tellReservation(pass, trace)
      return pass.decisions
    },
  }
}

function begin(situation: Situation): Pass {
  return {
    situation,
    heads: situation.buckets.flatMap(bucket => headOf(situation, bucket)),
    free: new Map(situation.nodes.map(node => [node.name, node.free])),
    decisions: [],
    placedOf: new Map(),
    held: new Map(),
    waiting: [],
    reservedFor: null,
    reservation: null,
    areaS: null,
  }
}

/**
 * The head that goes next: the longest of the highest priority, unless a shorter one whose group has to be learned can
 * go before it at no cost.
 */
function next(pass: Pass, groupStarts: number): Head | null {
  const { heads } = pass
  const longest = firstOf(heads, () => true)
  if (!longest || groupStarts === 0 || isToLearn(pass, longest, groupStarts)) return longest
  const mayGoBefore = (head: Head) =>
    head.bucket.priority === longest.bucket.priority &&
    isToLearn(pass, head, groupStarts) &&
    costsNothing(pass, head, longest)
  return firstOf(heads, mayGoBefore) ?? longest
}

function isToLearn(pass: Pass, { bucket }: Head, groupStarts: number): boolean {
  return pass.situation.placedOf(bucket.group) + (pass.placedOf.get(bucket.group) ?? 0) < groupStarts
}

/** A longer job may wait for a shorter one without setting the end of the run where all the work lasts longer than both. */
function costsNothing(pass: Pass, shorter: Head, longer: Head): boolean {
  pass.areaS ??= pendingAreaS(pass.situation)
  return shorter.predictedS + longer.predictedS <= pass.areaS
}

function place(pass: Pass, head: Head): void {
  const candidates = fittingNodes(head.bucket.demand, pass.situation.nodes, pass.free)
  const candidate = candidates.find(({ node, grant }) => mayTake(pass, head, { node, grant }))
  if (candidate) decide(pass, head, candidate)
  else block(pass, head, candidates.length === 0)
}

/** Whether a placement leaves the waiting job's reservation whole; if so the reservation is brought up to date. */
function mayTake(pass: Pass, head: Head, { node, grant }: Candidate): boolean {
  pass.reservation ??= reserveForFirst(pass)
  if (!pass.reservation) return true
  const kept = beside(pass.reservation, node.name, grant, pass.situation.now + head.predictedS * 1000)
  if (kept) pass.reservation = kept
  return kept !== null
}

/** One that waits for a node which is away gets no place, and must not keep the next one from its own. */
function reserveForFirst(pass: Pass): Reservation | null {
  if (pass.waiting.length === 0) return null
  const nodes = pass.situation.nodes.map(node => ({
    ...node,
    held: () => [...node.held(), ...(pass.held.get(node.name) ?? [])],
  }))
  for (let head = pass.waiting.shift(); head; head = pass.waiting.shift()) {
    const reservation = reserve(head.bucket.demand, nodes, pass.free)
    if (!reservation) continue
    pass.reservedFor = head.pending
    return reservation
  }
  return null
}

function tellReservation(pass: Pass, trace: Trace): void {
  pass.reservation ??= reserveForFirst(pass)
  const { reservation, reservedFor } = pass
  if (reservation && reservedFor) trace.reserved(reservedFor, reservation.node, reservation.at)
}

function decide(pass: Pass, head: Head, { node, grant }: Candidate): void {
  pass.decisions.push({ pending: head.pending, node: node.name, grant })
  hold(pass, node.name, { grant, until: pass.situation.now + head.predictedS * 1000 })
  pass.free.set(node.name, take(pass.free.get(node.name) ?? node.free, grant))
  pass.placedOf.set(head.bucket.group, (pass.placedOf.get(head.bucket.group) ?? 0) + 1)
  if (!moveTo(head, head.position + 1, pass.situation.predict)) head.blocked = true
}

function hold({ held }: Pass, node: string, one: Held): void {
  const there = held.get(node)
  if (there) there.push(one)
  else held.set(node, [one])
}

/**
 * A bucket whose head fits nowhere is done for this pass, and so is every other of equal demand: nothing gets free in a
 * pass, and one reservation speaks for all of them. One that only a reservation holds back may have shorter
 * jobs that end in time; it goes on with the longest of them.
 */
function block(pass: Pass, head: Head, fitsNowhere: boolean): void {
  if (fitsNowhere) {
    const { key } = head.bucket.demand
    for (const other of pass.heads) if (other.bucket.demand.key === key) other.blocked = true
    pass.waiting.push(head)
  } else if (
    !pass.reservation ||
    !skipToShorter(head, timeLeftS(pass, pass.reservation), pass.situation.predict)
  )
    head.blocked = true
}

function timeLeftS({ situation }: Pass, { at }: Reservation): number {
  return (at - situation.now) / 1000
}
