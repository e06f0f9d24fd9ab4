import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/examples.ts'

const PAGES = [
  'README.md',
  'examples/README.md',
  'examples/tabular/README.md',
  'examples/gpu/README.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap(name => (name.endsWith('.md') ? [`docs/${name}`] : [])),
]

function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

/** Prose of a page: what stands in fenced blocks or in backticks is no link. */
function proseOf(page: string): string {
  return textOf(page)
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/`[^`\n]*`/g, 'code')
}

/** Targets of links and pictures that are files of the project. */
function linksOf(page: string): string[] {
  const targets = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return targets.filter(target => !/^[a-z]+:/.test(target))
}

/** Anchors of the headings of a page, as they are made by GitHub. */
function anchorsOf(page: string): string[] {
  const headings = [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading)
  return headings.map(heading =>
    heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

describe.each(PAGES)('%s', page => {
  it('links to files and headings that are there', () => {
    const dead = linksOf(page).filter(link => {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : join(dirname(page), path)
      if (!existsSync(join(ROOT, target))) return true
      return anchor !== undefined && !anchorsOf(target).includes(anchor)
    })
    expect(dead).toEqual([])
  })

  it('explains each of its footnotes, and refers to each', () => {
    const text = proseOf(page)
    const explained = [...text.matchAll(/^\[\^(\w+)\]:/gm)].map(([, name]) => name)
    const used = [...text.matchAll(/\[\^(\w+)\](?!:)/g)].map(([, name]) => name)
    expect([...new Set(used)].sort()).toEqual(explained.sort())
  })
})
