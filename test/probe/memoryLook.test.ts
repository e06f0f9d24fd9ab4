import { expect, it } from 'vitest'
import { lookAtMemory, parseStalled } from '../../src/probe/memoryLook.ts'
import { skipUnless } from '../support/skip.ts'

const PRESSURE = `some avg10=12.50 avg60=3.00 avg300=1.00 total=176994
full avg10=8.25 avg60=2.00 avg300=0.50 total=3542
`

it('reads how much of the last 10 s was lost for want of RAM', () => {
  expect(parseStalled(PRESSURE)).toBe(8.25)
  expect(parseStalled('')).toBeNull()
})

it('sees the RAM of this machine', context => {
  skipUnless(context, process.platform === 'linux', '/proc is there on Linux only')
  const look = lookAtMemory()
  expect(look?.availableGb).toBeGreaterThan(0)
  expect(look?.stalledPercent === null || (look?.stalledPercent ?? -1) >= 0).toBe(true)
})

it('says that it sees nothing where there is no /proc', () => {
  expect(lookAtMemory({ read: () => null, list: () => [], exists: () => false })).toBeNull()
})
