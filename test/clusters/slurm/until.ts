import { setTimeout as wait } from 'node:timers/promises'

/**
 * Resolves when something outside of this process has become true; asks again every 20 ms, since SLURM tells nobody of
 * it. Rejects after `limitS` seconds: by default only when nothing will come of it, however busy the machine is.
 */
export async function until(isSo: () => boolean | Promise<boolean>, limitS = 90): Promise<void> {
  const end = performance.now() + limitS * 1000
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`Not so after ${limitS} s: ${isSo}`)
    await wait(20)
  }
}
