import type { MakeBackend } from './conformance.ts'

const local: MakeBackend = () => 'local'
export default local
