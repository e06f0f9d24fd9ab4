import { existsSync } from 'node:fs'
import { it } from 'vitest'
import { RAY_PYTHON, skipWithoutRay } from '../../clusters/ray/cluster.ts'
import { conformance } from '../conformance.ts'
import { bridgeAndErrors } from './bridge.ts'
import { startRayCluster } from './set-up.ts'

// One cluster serves them all: to start it takes longer than most of them.
if (existsSync(RAY_PYTHON)) {
  const cluster = startRayCluster()
  bridgeAndErrors(() => cluster)
  conformance('ray', { start: () => cluster, faults: ['joins', 'frozen', 'lost'] })
} else it('keeps what every backend has to keep', skipWithoutRay)
