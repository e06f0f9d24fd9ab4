import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { apiPage, entryPoints } from '../../scripts/docs/api.ts'
import { commentOf, documentDeclaration } from '../../scripts/docs/declaration.ts'
import { exportsOf } from '../../scripts/docs/exports.ts'
import * as longshore from '../../src/index.ts'
import * as testing from '../../src/testing/index.ts'

describe('the API reference', () => {
  const page = apiPage()
  const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, name]) => name)

  it('has each exported name once, those that exist when it runs included', () => {
    const names = entryPoints().flatMap(({ exports }) => exports.map(({ name }) => name))
    expect(names).toEqual(expect.arrayContaining([...Object.keys(longshore), ...Object.keys(testing)]))
    expect(headings.toSorted()).toEqual([...new Set(names)].toSorted())
  })

  it('links to nothing that is not there', () => {
    const anchors = new Set(headings.map(name => name?.toLowerCase()))
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor)
    expect(links.length).toBeGreaterThan(headings.length)
    expect(links.filter(anchor => !anchors.has(anchor))).toEqual([])
  })

  it.each(entryPoints())('says of everything that $name exports what it is', ({ exports }) => {
    const silent = exports.filter(({ declaration }) => commentOf(declaration) === '')
    expect(silent.map(({ name }) => name)).toEqual([])
  })
})

describe('a declaration', () => {
  const documented = (source: string): string[] => {
    const folder = mkdtempSync(join(tmpdir(), 'docs-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'thing.ts'), source)
    writeFileSync(join(folder, 'index.ts'), "export { thing } from './thing.ts'\n")
    const [exported] = exportsOf(pathToFileURL(join(folder, 'index.ts')))
    return exported ? documentDeclaration(exported.declaration, new Set(['Known'])) : []
  }

  it('that is a function is told by its comment and its signature, without its body', () => {
    const source =
      '/**\n * Does it.\n *\n * Twice.\n */\nexport async function thing(a = 1): Promise<Known> {\n  return a\n}'
    expect(documented(source)).toEqual([
      'Does it.\n\nTwice.',
      '```ts\nfunction thing(a = 1): Promise<Known>\n```',
    ])
  })

  it('that is an interface is told by a table of its members, with links to other types', () => {
    const source = `export interface thing extends Other {
  /** How many,
   * or none. */
  readonly count?: number | null
  readonly pair: {
    readonly left: number
    readonly right: number
  }
  find(id: string): Known
}`
    expect(documented(source)).toEqual([
      '`thing extends Other`',
      [
        '| Member | Type | Meaning |',
        '| --- | --- | --- |',
        '| `count?` | `number \\| null` | How many, or none. |',
        '| `pair` | `{ readonly left: number; readonly right: number }` |  |',
        '| `find` | [`(id: string): Known`](#known) |  |',
      ].join('\n'),
    ])
  })

  it('that is a class is told without what is private, and without what its parent says', () => {
    const source = `export class thing extends Error {
  override name = 'thing'
  readonly #secret: Known = 1
  readonly now = (): number => 1
  constructor(faults: readonly string[]) { super() }
  get size(): number { return 1 }
  #hide(): void {}
}`
    expect(documented(source).at(-1)?.split('\n').slice(2)).toEqual([
      '| `now` | `(): number` |  |',
      '| `constructor` | `(faults: readonly string[])` |  |',
      '| `size` | `number` |  |',
    ])
  })

  it('that is a constant is told without its value', () => {
    expect(documented('export const thing: Known = { a: 1 }')).toEqual(['```ts\nconst thing: Known\n```'])
  })
})
