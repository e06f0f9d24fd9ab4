/**
 * Amounts that are added and subtracted many times are counted in integers, so that what is taken and given
 * back a million times is still exact: threads, shares and own resources in thousandths, RAM in bytes.
 */

const GIB = 2 ** 30

/** Thousandths of an amount, as an integer: `toMilli(0.25) === 250`. At least 1 for an amount above 0. */
export function toMilli(amount: number): number {
  return amount > 0 ? Math.max(1, Math.round(amount * 1000)) : 0
}

/** The amount of `milli` thousandths: `fromMilli(250) === 0.25`. */
export function fromMilli(milli: number): number {
  return milli / 1000
}

/** Whole bytes of an amount in GiB: `toBytes(1) === 1073741824`. */
export function toBytes(gib: number): number {
  return Math.round(gib * GIB)
}

/** GiB of an amount in bytes. */
export function fromBytes(bytes: number): number {
  return bytes / GIB
}
