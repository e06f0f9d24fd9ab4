/** Text of the last doc comment in a stretch of source, without its frame; empty where there is none. */
export function docComment(source: string): string {
  const comment = [...source.matchAll(/\/\*\*([\s\S]*?)\*\//g)].at(-1)?.[1] ?? ''
  return comment
    .split('\n')
    .map(line => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim()
}

/** The same on one line, for a cell of a table. */
export function onOneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim()
}
