/** What the bridge is told, a JSON line each. An end of the orders without `end` means that the scheduler is gone. */
export type BridgeOrder =
  /** Comes first: connect to the cluster at this address, or to one that runs here, else start one. */
  | {
      readonly type: 'open'
      readonly address: string | null
      /** Names of what is held in the cluster begin with it. */
      readonly run: string
      /** Ray's ids of the nodes that an earlier bridge has told, by their names. */
      readonly known: Readonly<Record<string, string>>
    }
  /** Start an agent on a node; without a program: go on with the one that runs. So many lines of it were taken. */
  | {
      readonly type: 'start'
      readonly node: string
      readonly link: string
      readonly taken: number
      readonly program?: readonly string[]
    }
  /** Lines to an agent, counted from its start; `ends`: no more will come. */
  | {
      readonly type: 'send'
      readonly node: string
      readonly link: string
      readonly first: number
      readonly lines: readonly string[]
      readonly ends: boolean
    }
  /** Hand all nodes back, and end. */
  | { readonly type: 'end' }

/** What the bridge tells, a JSON line each. */
export type BridgeReport =
  /** To a cluster of this version of Ray; `started`: by the bridge itself. */
  | { readonly type: 'connected'; readonly ray: string; readonly started: boolean }
  /** A node is held, with these CPUs and these ids of GPUs; once more where whatever held it was replaced. */
  | {
      readonly type: 'node'
      readonly node: string
      readonly id: string
      readonly cpus: number
      readonly gpus: readonly string[]
    }
  /** The nodes that were there at first have been told, but for `busy` ones, of which nothing is free, and `pending` ones, which do not answer. */
  | { readonly type: 'ready'; readonly busy: readonly string[]; readonly pending: readonly string[] }
  /** Ray says that a node is dead: nothing runs there any more. */
  | { readonly type: 'dead'; readonly node: string; readonly why: string }
  /** Lines of an agent. */
  | { readonly type: 'said'; readonly link: string; readonly lines: readonly string[] }
  /** An agent has been given so many lines. */
  | { readonly type: 'received'; readonly link: string; readonly count: number }
  /** An agent has ended; where its node is not held any more, it is told anew when it is. */
  | { readonly type: 'closed'; readonly link: string; readonly why: string; readonly isHeld: boolean }
  /** It cannot work, and ends; one line for people. */
  | { readonly type: 'fault'; readonly message: string }
