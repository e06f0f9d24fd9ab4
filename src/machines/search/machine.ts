import { assign, fromCallback, setup } from 'xstate'
import { type SchedulerState, unfinished } from '../scheduler/state.ts'
import type { Portfolio } from './portfolio.ts'
import { type Experience, searchTaskOf } from './read.ts'
import type { Searcher, SearchResult } from './task.ts'

/** What moves a search. */
export type SearchEvent =
  /** The rest of the run has changed so much that another rule may be better. */
  | { readonly type: 'search.due' }
  /** There is nothing to search for now. */
  | { readonly type: 'search.skipped' }
  /** A search has ended, after so many seconds of CPU time. */
  | { readonly type: 'search.found'; readonly result: SearchResult; readonly costS: number }
  /** A search has died. */
  | { readonly type: 'search.failed'; readonly why: string }
  /** The run is over: what is searched for is given up. */
  | { readonly type: 'search.stop' }
  /** The scheduler is closed: nothing is searched for any more. */
  | { readonly type: 'search.close' }

/** Whose rule is replaced, who simulates, and what is looked at. */
export interface SearchPorts {
  readonly portfolio: Portfolio
  readonly searcher: Searcher
  state(): SchedulerState
}

interface SearchContext extends Experience {
  readonly ports: SearchPorts
  /** Whether the run has changed while a search was on its way. */
  readonly again: boolean
  /** Searches that have died one after the other. */
  readonly deaths: number
}

/** What a simulated placement is taken to cost before one was measured, in seconds of CPU time. */
const PLACEMENT_S = 1e-5

/** After so many deaths in a row none is tried again. */
const MOST_DEATHS = 3

/** Looks at the run and has the search made. Leaving the state ends it. */
const searching = fromCallback<SearchEvent, SearchContext>(({ input, sendBack }) => {
  const { ports, ...experience } = input
  const task = searchTaskOf(ports.state(), ports.portfolio, experience)
  if (!task) return sendBack({ type: 'search.skipped' })
  return ports.searcher.search(task, {
    found: (result, costS) => sendBack({ type: 'search.found', result, costS }),
    failed: why => sendBack({ type: 'search.failed', why }),
  })
})

/**
 * The search for a better rule, beside the run: one at a time, each when the run has changed. Placements never wait for
 * it; what it finds holds from the next pass on. One that dies changes nothing but that it is told.
 */
export const searchMachine = setup({
  types: { input: {} as SearchPorts, context: {} as SearchContext, events: {} as SearchEvent },
  actors: { searching },
  guards: {
    isDueAgain: ({ context }) => context.again && unfinished(context.ports.state()) > 0,
    hasDiedTooOften: ({ context }) => context.deaths + 1 >= MOST_DEATHS,
  },
  actions: {
    useRule: ({ context }, { result }: { result: SearchResult }) => {
      if (result.gain > 0) context.ports.portfolio.use(result.rule)
    },
    remember: assign(({ context }, params: { result: SearchResult; costS: number }) => ({
      known: params.result.known,
      searches: context.searches + 1,
      placementS: costOf(context, params),
      deaths: 0,
    })),
    noteDeath: assign(({ context }) => ({ deaths: context.deaths + 1, searches: context.searches + 1 })),
    tellDeath: ({ context }, { why }: { why: string }) => {
      const { tell, now } = context.ports.state().ports
      const message = `the search for a better rule has died (${why}): jobs are placed as before`
      tell({ type: 'warning', at: now(), message })
    },
    noteDue: assign({ again: true }),
    begin: assign({ again: false }),
  },
}).createMachine({
  id: 'search',
  context: ({ input }) => ({
    ports: input,
    ...{ known: [], searches: 0, placementS: PLACEMENT_S, again: false, deaths: 0 },
  }),
  initial: 'resting',
  on: { 'search.close': '.closed' },
  states: {
    resting: {
      description: 'Waits until the run has changed',
      on: { 'search.due': 'searching' },
    },
    searching: {
      description: 'A search is on its way, while jobs are placed by the rule in force',
      entry: 'begin',
      invoke: { src: 'searching', input: ({ context }) => context },
      on: {
        'search.due': { actions: 'noteDue' },
        'search.skipped': 'resting',
        'search.found': {
          target: 'found',
          actions: [
            { type: 'useRule', params: ({ event }) => event },
            { type: 'remember', params: ({ event }) => event },
          ],
        },
        'search.failed': [
          {
            guard: 'hasDiedTooOften',
            target: 'resigned',
            actions: { type: 'tellDeath', params: ({ event }) => event },
          },
          { target: 'resting', actions: 'noteDeath' },
        ],
        'search.stop': 'resting',
      },
    },
    found: {
      description: 'Goes on at once where the run has changed meanwhile',
      always: [{ guard: 'isDueAgain', target: 'searching' }, 'resting'],
    },
    closed: { description: 'Searches for nothing any more' },
    resigned: {
      description: 'Searches have died too often: jobs are placed by the rule in force',
    },
  },
})

/** What a placement has cost, brought up to date with the last search. */
function costOf(
  { placementS }: SearchContext,
  { result, costS }: { result: SearchResult; costS: number },
): number {
  const measured = costS / result.placements
  return measured > 0 && Number.isFinite(measured) ? (placementS + measured) / 2 : placementS
}
