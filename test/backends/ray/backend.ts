import { createRayBackend } from '../../../src/backends/ray/backend.ts'
import type { MakeBackend } from '../conformance.ts'

/** Silence is told sooner than by default. */
const ray: MakeBackend = () => createRayBackend({ silenceS: 4 })
export default ray
