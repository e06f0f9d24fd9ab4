/** Date and time of day in local time: `2031-02-03 14:05:06`. */
export function formatDate(at: number): string {
  return `${day(at)} ${timeOfDay(at)}`
}

/** When something will be, seen from `now`: `14:05` today, `02-03 14:05` on another day of this year. */
export function formatSoon(at: number, now: number): string {
  const time = timeOfDay(at).slice(0, 5)
  if (day(at) === day(now)) return time
  const sameYear = day(at).slice(0, 4) === day(now).slice(0, 4)
  return `${sameYear ? day(at).slice(5) : day(at)} ${time}`
}

/** Time of day in local time: `14:05:06`. */
export function timeOfDay(at: number): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return '–'
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':')
}

function day(at: number): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return '–'
  return [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())].join('-')
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
