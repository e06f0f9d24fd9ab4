/** What is told of a file that nests deeper than its reader can follow. */
export const TOO_DEEP = 'expected at most some hundred brackets within each other'

/** Whoever reads brackets within brackets goes as deep as they do: the engine, or its regular expressions, run out of stack. */
export function saysTooDeep({ message }: Error): boolean {
  return /call stack|stack overflow/i.test(message)
}
