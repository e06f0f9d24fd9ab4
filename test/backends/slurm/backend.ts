import { createSlurmBackend, type SlurmOptions } from '../../../src/backends/slurm/backend.ts'
import type { MakeBackend } from '../conformance.ts'

/** The backend of the tests: it notices within seconds what takes half a minute in everyday use. */
const make: MakeBackend = data =>
  createSlurmBackend({ silenceS: 2, leaseS: 3, lookEveryS: 1, ...(data as Partial<SlurmOptions>) })

export default make
