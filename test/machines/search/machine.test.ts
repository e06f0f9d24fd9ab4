import { describe, expect, it } from 'vitest'
import { createLearningEstimator } from '../../../src/machines/estimate/learning.ts'
import { createTrustingEstimator } from '../../../src/machines/estimate/trusting.ts'
import { LONGEST_FIRST } from '../../../src/machines/placement/rule/rule.ts'
import { rulePolicy } from '../../../src/machines/placement/rulePolicy.ts'
import { portfolio } from '../../../src/machines/search/portfolio.ts'
import type { SearchAnswer, Searcher, SearchTask } from '../../../src/machines/search/task.ts'
import {
  buildJob,
  buildNode,
  type Play,
  type SimulatedSystem,
  type SimulatedSystemOptions,
  simulateSystem,
} from '../../../src/testing/index.ts'
import { hushXState } from '../../support/hushXState.ts'

const NODES = [buildNode({ threads: 16, ramGb: 64, gpus: 2 })]

/** Jobs of several shapes and lengths that do not pack well: another rule than the first is better. */
function jobs(count: number) {
  return Array.from({ length: count }, (_, i) =>
    buildJob({
      id: `j${i}`,
      group: `g${i % 4}`,
      threads: [1, 2, 5, 9][i % 4] ?? 1,
      ramGb: [4, 1, 20, 9][(i >> 1) % 4] ?? 0,
      gpus: i % 7 === 0 ? 1 : 0,
      gpuShare: 0.6,
      timeS: 20 * 30 ** ((i * 0.618034) % 1),
    }),
  )
}

function simulated(options: Partial<SimulatedSystemOptions> = {}): SimulatedSystem {
  const system = simulateSystem({
    nodes: NODES,
    policy: portfolio(),
    estimator: createTrustingEstimator(),
    ...options,
  })
  system.add(jobs(60))
  return system
}

/** Keeps what it is asked, and answers nothing by itself. */
function silentSearcher() {
  const asked: { task: SearchTask; answer: SearchAnswer; isGivenUp: boolean }[] = []
  const searcher: Searcher = {
    search(task, answer) {
      const one = { task, answer, isGivenUp: false }
      asked.push(one)
      return () => {
        one.isGivenUp = true
      }
    },
    close: () => Promise.resolve(),
  }
  return { searcher, asked }
}

function warnings({ events }: SimulatedSystem): string[] {
  return events.flatMap(event => (event.type === 'warning' ? [event.message] : []))
}

describe('the search for a better rule', () => {
  hushXState()

  it('shortens a run of known durations', () => {
    const alone = simulated({ policy: rulePolicy(portfolio().rule) }).runAll()
    expect(simulated().runAll()).toBeLessThan(alone)
  })

  it('gives the same run each time, also while durations are learned', () => {
    const runs = [1, 2].map(() => {
      const play: Play = ({ job }) => ({ durationS: (job.timeS ?? 0) * 3 ** (Number(job.group[1]) - 1.5) })
      const system = simulated({ estimator: createLearningEstimator(), play })
      system.runAll()
      return system.events
    })
    expect(runs[0]).toEqual(runs[1])
  })

  it('makes no placement wait: while nobody answers, all goes as without a search', () => {
    const { searcher, asked } = silentSearcher()
    const searched = simulated({ searcher })
    const alone = simulated({ policy: rulePolicy(portfolio().rule) })
    expect(searched.runAll()).toBe(alone.runAll())
    expect(searched.events).toEqual(alone.events)
    expect(asked).toHaveLength(1)
  })

  it('places by what was found from the next pass on', () => {
    const policy = portfolio()
    const { searcher, asked } = silentSearcher()
    const system = simulated({ searcher, policy })
    system.start()
    system.clock.advance(1)
    expect(policy.rule.name).toBe('balanced-reserve')
    asked[0]?.answer.found({ rule: LONGEST_FIRST, gain: 0.5, known: [], placements: 1 }, 0.1)
    expect(policy.rule).toEqual(LONGEST_FIRST)
  })

  it('keeps its rule where nothing better was found', () => {
    const policy = portfolio()
    const { searcher, asked } = silentSearcher()
    const system = simulated({ searcher, policy })
    system.start()
    system.clock.advance(1)
    asked[0]?.answer.found({ rule: LONGEST_FIRST, gain: 0, known: [], placements: 1 }, 0.1)
    expect(policy.rule.name).toBe('balanced-reserve')
  })

  it('is given up when the run is over', () => {
    const { searcher, asked } = silentSearcher()
    const system = simulated({ searcher })
    system.runAll()
    expect(asked.map(({ isGivenUp }) => isGivenUp)).toEqual([true])
    expect(system.clock.step()).toBe(false)
  })

  it('harms nothing when it dies, and is told once it has died three times in a row', () => {
    let searches = 0
    const searcher: Searcher = {
      search(_task, answer) {
        searches++
        answer.failed('out of memory')
        return () => {}
      },
      close: () => Promise.resolve(),
    }
    const system = simulated({ searcher })
    expect(system.runAll()).toBe(simulated({ policy: rulePolicy(portfolio().rule) }).runAll())
    expect(searches).toBe(3)
    expect(warnings(system)).toEqual([
      'the search for a better rule has died (out of memory): jobs are placed as before',
    ])
  })

  it('asks for nothing while nobody knows how long jobs take', () => {
    const { searcher, asked } = silentSearcher()
    const system = simulateSystem({ nodes: NODES, policy: portfolio(), searcher })
    system.add(Array.from({ length: 50 }, (_, i) => buildJob({ id: `${i}`, timeS: null })))
    system.start()
    system.clock.advance(1)
    expect(asked).toHaveLength(0)
  })
})
