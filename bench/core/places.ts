import { fileURLToPath } from 'node:url'

/** Folder of the checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The command line of the checkout. */
export const LONGSHORE = fileURLToPath(new URL('../../bin/longshore.js', import.meta.url))

/** A task that returns at once. */
export const NOOP = fileURLToPath(new URL('../jobs/noop.mjs', import.meta.url))

/** What `--peers` sets up; git ignores it. */
export const PEERS = fileURLToPath(new URL('../../.peers', import.meta.url))
