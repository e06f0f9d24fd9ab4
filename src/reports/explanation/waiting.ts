import type { ExpectedStart, KeptPlace, WaitingExplanation, WaitReason } from '../../explanation.ts'
import { countOf } from '../text/amount.ts'
import { formatSoon } from '../text/date.ts'
import { sanitize } from '../text/sanitize.ts'
import { askedText } from './amounts.ts'
import type { Line } from './lines.ts'
import { nodeLines } from './nodes.ts'
import { between, nameOf } from './words.ts'

/** Since when a job waits, and why. */
export function waitingSentence(explanation: WaitingExplanation): string {
  const { since, at, reason } = explanation
  return `${nameOf(explanation)} waits since ${formatSoon(since, at)} (for ${between(since, at)}): ${reasonText(reason, at)}.`
}

/** What it asks for, what each node has for it, and when it is expected to start. */
export function waitingLines({ asks, nodes, kept, starts, at }: WaitingExplanation): Line[] {
  return [
    ['asks for', askedText(asks)],
    ...nodeLines(nodes),
    ...(kept ? [keptLine(kept, at)] : []),
    ...(starts ? [startsLine(starts, at)] : []),
  ]
}

function reasonText(reason: WaitReason, now: number): string {
  switch (reason.kind) {
    case 'notStarted':
      return 'the run has not been started'
    case 'paused':
      return 'placing is paused'
    case 'stopped':
      return 'the run was stopped, no more jobs are started'
    case 'late':
      return `it would not end before ${sanitize(reason.by)} at ${formatSoon(reason.deadline, now)}`
    case 'noNode':
      return 'there is no node that takes jobs'
    case 'next':
      return `it is about to be placed on ${sanitize(reason.node)}`
    case 'full':
      return 'it fits nowhere now'
    case 'kept':
      return `it fits, but would delay ${nameOf(reason.place.for)}, ${keptText(reason.place, now)}`
    case 'starving':
      return `it fits, but ${nameOf(reason.for)} has been passed over so often that it goes first`
    case 'behind':
      return `it fits, but the policy ${sanitize(reason.policy)} leaves the room to jobs that wait for more of it`
  }
}

function keptText({ node, at }: KeptPlace, now: number): string {
  return `for which room is kept on ${sanitize(node)} from ${formatSoon(at, now)} on (in ${between(now, at)})`
}

function keptLine({ node, at }: KeptPlace, now: number): Line {
  const where = `on ${sanitize(node)} from ${formatSoon(at, now)} on (in ${between(now, at)})`
  return ['kept', `room for it ${where}: nothing is placed there that would delay it`]
}

function startsLine({ at, after }: ExpectedStart, now: number): Line {
  const others = after === 0 ? 'as the next' : `after ${countOf(after, 'other job')}`
  return ['starts', `at about ${formatSoon(at, now)} (in ${between(now, at)}), ${others}`]
}
