import type { Backend } from './backend.ts'

/** Each is loaded only when it is asked for. */
const BACKENDS = {
  local: async () => (await import('./local/backend.ts')).createLocalBackend(),
  ray: async () => (await import('./ray/backend.ts')).createRayBackend(),
  slurm: async () => (await import('./slurm/backend.ts')).createSlurmBackend(),
} as const satisfies Record<string, () => Promise<Backend>>

/** Name of a backend: `local` for the machine that the scheduler runs on, `slurm` for an allocation of SLURM, `ray` for a Ray cluster. */
export type BackendName = keyof typeof BACKENDS

export const BACKEND_NAMES = Object.keys(BACKENDS) as readonly BackendName[] as readonly [
  BackendName,
  ...BackendName[],
]

/** The backend that the options ask for: one of the user's own, or a built-in one. */
export async function backendFor(given: BackendName | Backend = 'local'): Promise<Backend> {
  return typeof given === 'string' ? BACKENDS[given]() : given
}
