import { apiPage } from './api.ts'
import { machinesPage } from './machines.ts'

/** A page that is made from the code. */
export interface Page {
  /** From the root of the project. */
  readonly path: string
  readonly text: string
}

/** Every page that `npm run docs` writes, as the code has it now. */
export function generatedPages(): Page[] {
  return [
    { path: 'docs/api.md', text: apiPage() },
    { path: 'docs/machines.md', text: machinesPage() },
  ]
}
