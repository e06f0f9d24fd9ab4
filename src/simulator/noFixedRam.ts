import type { FixedRam } from '../node.ts'

/** No fixed RAM: what is asked for is what is taken. */
export const NO_FIXED_RAM: FixedRam = { command: 0, task: 0, inline: 0, cuda: 0 }
