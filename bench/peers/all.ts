import { bullMq } from './bullMq.ts'
import { dask } from './dask.ts'
import { hyperQueue } from './hyperQueue.ts'
import { parallel } from './parallel.ts'
import type { Peer } from './peer.ts'
import { piscina } from './piscina.ts'
import { pQueue } from './pQueue.ts'
import { ray } from './ray.ts'
import { xargs } from './xargs.ts'

/** All that Longshore is compared with, where it is installed. */
export const PEERS: readonly Peer[] = [xargs, parallel, hyperQueue, pQueue, ray, dask, piscina, bullMq]
