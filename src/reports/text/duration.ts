const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const LONGEST_DAYS = 9_999

/** A duration for people: `30 ms`, `3.2 s`, `45 s`, `12m 05s`, `1h 02m`, `2d 3h`. `–` for what is no duration. */
export function formatDuration(seconds: number): string {
  if (Number.isNaN(seconds) || seconds < 0) return '–'
  if (seconds < 0.0995) return formatMilliseconds(seconds)
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < MINUTE) return `${whole} s`
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m ${twoDigits(whole % MINUTE)}s`
  return formatHours(seconds)
}

function formatMilliseconds(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000)
  return milliseconds === 0 ? '0 s' : `${milliseconds} ms`
}

function formatHours(seconds: number): string {
  const minutes = Math.round(seconds / MINUTE)
  if (minutes < DAY / MINUTE) return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m`
  const hours = Math.round(seconds / HOUR)
  const days = Math.floor(hours / 24)
  return days > LONGEST_DAYS ? '∞' : `${days}d ${hours % 24}h`
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
