import { randomOf } from '../../src/simulator/random.ts'
import { FAMILIES, type Family, normal, type Random } from './families.ts'
import type { Instance, InstanceJob } from './instance.ts'

/** A group is off by a factor between this and its inverse. */
const WORST_FACTOR = 5

/**
 * An instance of a family, made by a seed: the same seed gives the same. Each group's estimates are off by a factor of
 * its own from 0.2 to 5, each job's by a log-normal one of 0.15 to 0.45 besides. Throws a RangeError for a family that
 * is not known.
 */
export function generate(family: string, jobs: number, seed: number): Instance {
  const known = FAMILIES[family]
  if (!known) throw new RangeError(`No family ${family}: there are ${Object.keys(FAMILIES).join(', ')}`)
  const name = `${family}-${jobs}-${seed}`
  let drawn = 0
  const random = (): number => randomOf(seed, name, drawn++)
  const nodes = known.nodes(jobs, random)
  return {
    ...{ name, family, nodes },
    jobs: jobsOf(known, jobs, random),
    lowerBoundS: null,
    makespanS: { exactEstimates: {}, givenEstimates: {} },
  }
}

function jobsOf(family: Family, number: number, random: Random): InstanceJob[] {
  const groups = Math.max(2, Math.round((number / family.groupSize) * (0.7 + 0.6 * random())))
  const jobOf = Array.from({ length: groups }, (_, i) => group(family, `g${i}`, random))
  return Array.from({ length: number }, (_, i) => jobOf[i < groups ? i : Math.floor(random() * groups)])
    .flatMap(draw => draw ?? [])
    .map(draw => draw())
}

function group(family: Family, name: string, random: Random): () => InstanceJob {
  const shapeOf = family.group(random)
  const secondsOf = family.seconds(random)
  const factor = WORST_FACTOR ** (2 * random() - 1)
  const sd = 0.15 + 0.3 * random()
  return () => {
    const durationS = secondsOf(random)
    const estimateS = durationS / factor / Math.exp(sd * normal(random))
    return { group: name, ...shapeOf(random), estimateS, durationS }
  }
}
