import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/examples.ts'

const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const [, runTime = '', development = ''] = readFileSync(join(ROOT, 'docs/dependencies.md'), 'utf8').split(
  /^## /m,
)

/** Names in the first column of a table, without their links. */
function namesIn(section: string): string[] {
  const rows = [...section.matchAll(/^\| (?!package|---)([^|]+) \|/gm)]
  return rows.flatMap(([, cell = '']) => cell.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').split(', ')).sort()
}

describe('docs/dependencies.md', () => {
  it('tells of every dependency at run time, and of no other', () => {
    expect(namesIn(runTime)).toEqual(Object.keys(dependencies).sort())
  })

  it('tells of every dependency for development, and of no other', () => {
    expect(namesIn(development)).toEqual(Object.keys(devDependencies).sort())
  })

  it('names the version of each dependency for development that package.json asks for', () => {
    const rows = [...development.matchAll(/^\| (?!package|---)([^|]+) \| ([^|]+) \|/gm)]
    const told = rows.flatMap(([, names = '', versions = '']) => {
      const each = versions.split(/[,;] */)
      return names.split(', ').map((name, index) => [name, each[index]])
    })
    const asked = Object.entries<string>(devDependencies).map(([name, range]) => [
      name,
      range.replace('^', ''),
    ])
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(asked))
  })

  it('names the version of each dependency at run time that package.json asks for', () => {
    for (const [name, range] of Object.entries<string>(dependencies))
      expect(runTime).toContain(`/package/${name}) | ${range.slice(1)}, `)
  })
})
