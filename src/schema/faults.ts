import type * as z from 'zod'
import { EXPECTED, EXPECTED_INSIDE } from './schema.ts'
import { show } from './show.ts'
import { suggest } from './suggest.ts'

/** A way into a job: `['threads']`, `['command', 3]`, `['env', 'SEED']`. */
export type Path = readonly (string | number)[]

/** A fault in one job, before it is known where the job stands. */
export interface SpecFault {
  readonly path: Path
  readonly message: string
}

type Issue = z.core.$ZodIssue

/** The schema's issues in the words of a user. `known` are the keys that this kind of job may have. */
export function faultsOf(issues: readonly Issue[], raw: unknown, known: readonly string[]): SpecFault[] {
  return issues.flatMap(issue => faultsOfIssue(blame(issue, raw), raw, known))
}

function faultsOfIssue(issue: Issue, raw: unknown, known: readonly string[]): SpecFault[] {
  const path = pathOf(issue)
  if (issue.code === 'unrecognized_keys' && path.length === 0)
    return issue.keys.map(key => unknownKey(key, known))
  if (issue.code === 'invalid_key') return [invalidKey(path)]
  if (path.length === 0) return [{ path, message: `expected a job to be an object, got ${show(raw)}` }]
  return [
    { path, message: `expected ${spell(path)} to be ${expected(path)}, got ${show(valueAt(raw, path))}` },
  ]
}

/** What `run` is made of is no business of a user: the constructors make it. */
function pathOf({ path }: Issue): Path {
  if (path[0] === 'run') return ['run']
  return path.map(step => (typeof step === 'symbol' ? String(step) : step))
}

function unknownKey(key: string, known: readonly string[]): SpecFault {
  const near = suggest(key, known)
  const advice = near === null ? `known are ${known.join(', ')}` : `did you mean "${near}"?`
  return { path: [key], message: `unknown key "${key}": ${advice}` }
}

function invalidKey(path: Path): SpecFault {
  const what = path[0] === 'env' ? ', without "=" in it' : ''
  return {
    path,
    message: `expected a name in ${path[0]} to be a text that is not empty${what}, got ${show(path.at(-1))}`,
  }
}

/** Of a key that may be one of two things, the part that is wrong in the one that it tried to be. */
function blame(issue: Issue, raw: unknown): Issue {
  if (issue.code !== 'invalid_union') return issue
  const inner = issue.errors.flat().filter(({ path }) => path.length > 0)
  const deepest = Array.isArray(valueAt(raw, issue.path)) ? inner[0] : undefined
  return deepest === undefined ? issue : { ...deepest, path: [...issue.path, ...deepest.path] }
}

function expected([key, ...inside]: Path): string {
  const whole = EXPECTED[key as keyof typeof EXPECTED] ?? 'left out'
  if (inside.length === 0) return whole
  if (key === 'command' && inside[0] === 0) return 'the name of a program'
  return EXPECTED_INSIDE[String(key)] ?? whole
}

/** `command[3]`, `env.SEED`. */
function spell([key, ...inside]: Path): string {
  return `${key}${inside.map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')}`
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined
  }, raw)
}
