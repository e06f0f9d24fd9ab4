/** A size in GiB, without the unit, about three digits: `0.002`, `3.1`, `62`, `1,500`. */
export function formatGib(gib: number): string {
  if (!Number.isFinite(gib)) return '–'
  if (gib > 0 && gib < 0.001) return '0.001'
  return trimmed(gib, digitsOf(gib))
}

function digitsOf(gib: number): number {
  if (gib < 0.1) return 3
  if (gib < 1) return 2
  return gib < 100 ? 1 : 0
}

/** An amount of threads, shares or own resources: `16`, `0.25`, `1,500`. */
export function formatAmount(amount: number): string {
  return Number.isFinite(amount) ? trimmed(amount, amount < 10 ? 2 : 1) : '–'
}

/** A whole number with its thousands apart: `1,000,000`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A number of things, with the noun: `1 job`, `2 jobs`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A share of 1 in percent, rounded down so that only the whole is 100%. */
export function formatPercent(share: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, share || 0)) * 100 + 1e-9)}%`
}

function trimmed(number: number, digits: number): string {
  const [whole = '0', rest = ''] = number.toFixed(digits).split('.')
  const decimals = rest.replace(/0+$/, '')
  return formatCount(Number(whole)) + (decimals && `.${decimals}`)
}
