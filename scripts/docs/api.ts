import ts from 'typescript'
import { documentDeclaration } from './declaration.ts'
import { type Export, exportsOf, typesIn } from './exports.ts'

/** An entry point of the package. */
interface EntryPoint {
  readonly name: string
  readonly index: string
  readonly about: string
}

const ENTRY_POINTS: readonly EntryPoint[] = [
  { name: 'longshore', index: 'src/index.ts', about: 'Runs jobs.' },
  {
    name: 'longshore/testing',
    index: 'src/testing/index.ts',
    about: 'Runs the same system under a simulated clock, to test jobs and policies of your own.',
  },
]

const ROOT = new URL('../../', import.meta.url)

const INTRODUCTION = `# API reference

This page is made from the code by \`npm run docs\`: do not edit it. Times are in seconds where a name ends in \`S\`,
amounts of memory in GiB where it ends in \`Gb\`, moments in milliseconds since the epoch.`

/** The page on what the package exports, docs/api.md. */
export function apiPage(): string {
  const chapters = entryPoints()
  const names = new Set(chapters.flatMap(({ exports }) => exports.map(({ name }) => name)))
  const told = new Set<Export['declaration']>()
  const text = chapters.flatMap(({ name, about, exports }) => {
    const all = inReadingOrder(exports, names)
    const fresh = all.filter(({ declaration }) => !told.has(declaration))
    for (const { declaration } of fresh) told.add(declaration)
    return [`## ${name}`, about, contents(all), ...fresh.flatMap(exported => section(exported, names))]
  })
  return `${[INTRODUCTION, ...text].join('\n\n')}\n`
}

/** The entry points of the package that are documented, with what they export. */
export function entryPoints(): (EntryPoint & { readonly exports: readonly Export[] })[] {
  return ENTRY_POINTS.map(entry => ({ ...entry, exports: exportsOf(new URL(entry.index, ROOT)) }))
}

function contents(all: readonly Export[]): string {
  return all.map(({ name }) => `[\`${name}\`](#${name.toLowerCase()})`).join(' · ')
}

/** Functions first, then each type where it is first spoken of, then what nothing speaks of: errors above all. */
function inReadingOrder(all: readonly Export[], names: ReadonlySet<string>): Export[] {
  const byName = new Map(all.map(exported => [exported.name, exported]))
  const order = new Set(all.filter(({ declaration }) => ts.isFunctionDeclaration(declaration)))
  for (const exported of order)
    for (const name of spokenOf(exported, names)) {
      const next = byName.get(name)
      if (next) order.add(next)
    }
  return [...order, ...all.filter(exported => !order.has(exported))]
}

/** Types of the same file that the package does not export are told where they are spoken of. */
function section(exported: Export, names: ReadonlySet<string>): string[] {
  const { name, declaration, neighbours } = exported
  return [
    `### ${name}`,
    ...documentDeclaration(declaration, names),
    ...[...spokenOf(exported, names)].flatMap(part => {
      const neighbour = names.has(part) ? undefined : neighbours.get(part)
      return neighbour ? [`**${part}**`, ...documentDeclaration(neighbour, names)] : []
    }),
  ]
}

/** Names of the types in a declaration, those in such types of the same file included. */
function spokenOf({ declaration, neighbours }: Export, names: ReadonlySet<string>): ReadonlySet<string> {
  const spoken = new Set(typesIn(declaration))
  for (const name of spoken) {
    const neighbour = names.has(name) ? undefined : neighbours.get(name)
    if (neighbour) for (const inner of typesIn(neighbour)) spoken.add(inner)
  }
  return spoken
}
