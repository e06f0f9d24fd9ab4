/** A process of the bench: judges what it is told, one after the other. */
import { serve } from '../instances/pool.ts'
import { judge } from './judge.ts'

serve(judge)
