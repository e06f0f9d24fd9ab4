import type { Stop } from '../../progress.ts'
import { formatDuration } from './duration.ts'
import { sanitize } from './sanitize.ts'

/** ` (Ctrl-C)`: what stopped a run; nothing where that was not told. */
export function byWhom({ by }: Pick<Stop, 'by'>): string {
  return by === null ? '' : ` (${sanitize(by)})`
}

/** Who has typed Ctrl-C once may do so again. */
export function mayInterrupt(stop: Stop | null): boolean {
  return stop?.by === INTERRUPT && stop.killsAt === null
}

const INTERRUPT = 'Ctrl-C'

/** What is done about running jobs of a run that is ended: `TERM sent, KILL in 8 s`. */
export function graceText({ killsAt }: Stop, now: number): string {
  if (killsAt === null) return ''
  return killsAt > now
    ? `TERM sent, KILL in ${formatDuration(Math.ceil((killsAt - now) / 1000))}`
    : 'KILL sent'
}
