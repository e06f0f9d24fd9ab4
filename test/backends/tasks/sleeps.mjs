import { setTimeout } from 'node:timers/promises'

export default (_, { signal }) => setTimeout(60_000, undefined, { signal })
