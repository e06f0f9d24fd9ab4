import type { Outcome } from '../job.ts'
import type { RunReport } from '../progress.ts'

/**
 * What jobs have given back, a JSON object a line: the return value of a task, the `key=value` lines of a command. A
 * job that gave nothing back has no line.
 */
export function* resultLines({ outcomes }: Pick<RunReport, 'outcomes'>): Generator<string> {
  for (const outcome of outcomes) if (hasResult(outcome)) yield `${lineOf(outcome)}\n`
}

function hasResult({ value, results }: Outcome): boolean {
  return (value !== undefined && value !== null) || Object.keys(results).length > 0
}

function lineOf({ id, name, value, results }: Outcome): string {
  const given = Object.keys(results).length > 0 ? { results } : {}
  try {
    return JSON.stringify({ id, name, ...(value !== undefined && value !== null && { value }), ...given })
  } catch {
    return JSON.stringify({ id, name, valueLeftOut: 'JSON cannot hold it', ...given })
  }
}
