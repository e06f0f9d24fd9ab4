/**
 * CPUs of a list as the kernel writes it: `0-3,8,10-11` → `[0, 1, 2, 3, 8, 10, 11]`, ascending, each once.
 * What is not a number or a range is left out.
 */
export function parseCpuList(text: string): number[] {
  const cpus = text.trim().split(',').flatMap(parseRange)
  return [...new Set(cpus)].sort((a, b) => a - b)
}

function parseRange(part: string): number[] {
  const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part)
  if (!match) return []
  const first = Number(match[1])
  const last = match[2] === undefined ? first : Number(match[2])
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
}

/** The shortest list of ascending CPUs, as the kernel writes it: `[0, 1, 2, 5]` → `0-2,5`. */
export function formatCpuList(cpus: readonly number[]): string {
  return runsOf(cpus)
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
    .join(',')
}

function runsOf(cpus: readonly number[]): [first: number, last: number][] {
  const runs: [number, number][] = []
  for (const cpu of cpus) {
    const run = runs.at(-1)
    if (run && run[1] + 1 === cpu) run[1] = cpu
    else runs.push([cpu, cpu])
  }
  return runs
}
