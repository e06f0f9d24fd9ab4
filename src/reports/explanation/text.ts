import type { Explanation, RecordedExplanation } from '../../explanation.ts'
import { foldWords } from '../text/width.ts'
import { endedSentence, retryingSentence } from './ended.ts'
import { leftLines, leftSentence } from './left.ts'
import { type Line, labelled } from './lines.ts'
import { placedLines, placedSentence } from './placed.ts'
import { waitingLines, waitingSentence } from './waiting.ts'

/**
 * An explanation for people: a sentence and what it rests on, a line a node; harmless on a terminal. `width`: columns
 * after which lines are folded. Default: never.
 */
export function explanationText(
  explanation: Explanation | RecordedExplanation,
  width = Number.POSITIVE_INFINITY,
): string {
  const [sentence, lines] = partsOf(explanation)
  return [...foldWords(sentence, width), ...labelled(lines, width)].join('\n')
}

function partsOf(explanation: Explanation | RecordedExplanation): [sentence: string, lines: Line[]] {
  switch (explanation.state) {
    case 'waiting':
      return [waitingSentence(explanation), waitingLines(explanation)]
    case 'retrying':
      return [retryingSentence(explanation), []]
    case 'unfinished':
      return [leftSentence(explanation), leftLines(explanation)]
    case 'ended':
      return [endedSentence(explanation), []]
    default:
      return [placedSentence(explanation), placedLines(explanation)]
  }
}
