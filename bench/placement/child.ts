/** A process of the bench: plays what it is told, one after the other. */
import { serve } from '../instances/pool.ts'
import { play } from './play.ts'

serve(play)
