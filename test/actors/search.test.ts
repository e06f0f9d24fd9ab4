import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { createThreadSearcher } from '../../src/actors/search/searcher.ts'
import { demandOf } from '../../src/machines/placement/demand.ts'
import { BALANCED_RESERVE } from '../../src/machines/placement/rule/rule.ts'
import { searchRule } from '../../src/machines/search/search.ts'
import type { Searcher, SearchResult, SearchTask } from '../../src/machines/search/task.ts'
import { buildNode, buildRequest, NO_FIXED_RAM } from '../../src/testing/builders.ts'
import { restOf } from '../machines/rollout/support/rest.ts'
import { makeTemporaryFolder } from '../support/temporaryFolder.ts'

const demand = demandOf(buildRequest({ threads: 3 }), 'command', NO_FIXED_RAM)
const small = demandOf(buildRequest(), 'command', NO_FIXED_RAM)

function task(placements: number): SearchTask {
  const waiting = Array.from({ length: 200 }, (_, i) => ({
    ...{ demand: i % 3 === 0 ? demand : small, group: 'g', priority: 0 },
    seconds: 1 + ((i * 37) % 101),
  }))
  const rest = restOf([buildNode({ threads: 8 })], waiting)
  return {
    rest,
    futures: [{}],
    inForce: BALANCED_RESERVE,
    known: [],
    groupStarts: 0,
    placements,
    leastGain: 0,
    seed: 1,
  }
}

function search(searcher: Searcher, of: SearchTask): Promise<SearchResult> {
  return new Promise((found, failed) => searcher.search(of, { found, failed: why => failed(new Error(why)) }))
}

const folders: string[] = []
const searchers: Searcher[] = []

function searcherOf(script?: URL): Searcher {
  const searcher = createThreadSearcher(script ? { script } : {})
  searchers.push(searcher)
  return searcher
}

async function scriptOf(code: string): Promise<URL> {
  const folder = await makeTemporaryFolder()
  folders.push(folder)
  await writeFile(join(folder, 'thread.mjs'), code)
  return pathToFileURL(join(folder, 'thread.mjs'))
}

afterEach(async () => {
  for (const searcher of searchers.splice(0)) await searcher.close()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

describe('a search in a thread of its own', () => {
  it('finds what is found without a thread, one search after the other', async () => {
    const searcher = searcherOf()
    for (const placements of [400, 4000])
      expect(await search(searcher, task(placements))).toEqual(searchRule(task(placements)))
  })

  it('says that its thread has died, and the next search has another one', async () => {
    const searcher = searcherOf(await scriptOf('process.exit(3)'))
    await expect(search(searcher, task(400))).rejects.toThrow('its thread has ended with code 3')
    await expect(search(searcher, task(400))).rejects.toThrow('its thread has ended with code 3')
  })

  it('says why its thread has died', async () => {
    const searcher = searcherOf(await scriptOf('throw new Error("no more rules")'))
    await expect(search(searcher, task(400))).rejects.toThrow('no more rules')
  })

  it('ends at once when it is given up or closed, and answers nothing then', async () => {
    const script = await scriptOf(`
      import { parentPort } from 'node:worker_threads'
      parentPort.on('message', () => { for (;;) ; })`)
    const searcher = searcherOf(script)
    const heard: unknown[] = []
    const answer = { found: () => heard.push('found'), failed: () => heard.push('failed') }
    const giveUp = searcher.search(task(400), answer)
    giveUp()
    searcher.search(task(400), answer)
    await searcher.close()
    expect(heard).toEqual(['failed'])
  })

  it('keeps no process alive', async () => {
    const script = await scriptOf(`
      const { createThreadSearcher } = await import(${JSON.stringify(new URL('../../src/actors/search/searcher.ts', import.meta.url).href)})
      createThreadSearcher().search(${JSON.stringify({ ...task(400), rest: { nodes: [], running: [], buckets: [] } })}, { found() {}, failed() {} })
    `)
    const child = fork(script)
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
