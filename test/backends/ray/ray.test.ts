import { existsSync } from 'node:fs'
import { beforeEach } from 'vitest'
import { RAY_PYTHON, skipWithoutRay } from '../../clusters/ray/cluster.ts'
import { conformance } from '../conformance.ts'
import { startRayCluster } from './set-up.ts'

beforeEach(skipWithoutRay)

if (existsSync(RAY_PYTHON))
  conformance('ray', { start: startRayCluster, faults: ['joins', 'frozen', 'lost'] })
