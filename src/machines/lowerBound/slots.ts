/** More jobs one after the other come to hardly more than the area does. */
export const LONGEST_ROW = 50

/**
 * Seconds that jobs need of which at most k run at once. Of the i·k + 1 longest, i + 1 have to run one after the other,
 * and those are at best the shortest of them: the pigeonhole bound of parallel machines (M. Dell'Amico, S. Martello,
 * "Optimal scheduling of tasks on identical parallel processors", ORSA Journal on Computing 7, 1995). `longestFirst`:
 * their seconds in falling order.
 */
export function slotsBound(longestFirst: ArrayLike<number>, k: number): number {
  if (k < 1) return longestFirst.length > 0 ? Number.POSITIVE_INFINITY : 0
  let most = 0
  for (let i = 1; i <= LONGEST_ROW && i * k < longestFirst.length; i++) {
    let sum = 0
    for (let job = i * k - i; job <= i * k; job++) sum += longestFirst[job] ?? 0
    most = Math.max(most, sum)
  }
  return most
}
