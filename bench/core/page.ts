import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../bench.ts'
import type { Surroundings } from '../surroundings.ts'
import { ROOT } from './places.ts'
import { markdownTable, rowsOf } from './table.ts'

const PAGE = join(ROOT, 'docs', 'benchmarks.md')
const BEGIN = '<!-- measured: written by npm run bench -- --write -->'
const END = '<!-- end of measured -->'

/** Writes what was measured into its place in docs/benchmarks.md. Throws when the place is not marked there. */
export function writePage(findings: readonly Finding[], around: Surroundings): string {
  const page = readFileSync(PAGE, 'utf8')
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`${PAGE} lacks the marks ${BEGIN} and ${END}`)
  const measured = `${BEGIN}\n${describe(around)}\n\n${markdownTable(rowsOf(findings))}\n`
  writeFileSync(PAGE, page.slice(0, begin) + measured + page.slice(end))
  return PAGE
}

/** A few lines on where and when it was measured. */
export function describe(around: Surroundings): string {
  const { date, cpu, threads, ramGb, system, node, longshore, load, peers } = around
  const versions = Object.entries(peers)
  const present = versions.flatMap(([name, version]) => (version === null ? [] : [`${name} (${version})`]))
  const absent = versions.flatMap(([name, version]) => (version === null ? [name] : []))
  return [
    `${date}, Longshore ${longshore}, Node ${node}, ${system}, ${cpu}, ${threads} threads, ${ramGb} GiB of RAM, load before: ${load.toFixed(2)}.`,
    `Compared with: ${present.join('; ')}.`,
    ...(absent.length > 0 ? [`Not installed: ${absent.join('; ')}.`] : []),
  ].join('\n')
}
