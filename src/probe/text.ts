/** A title and the lines that stand beside it. */
export type Entry = readonly [title: string, lines: readonly string[]]

const WIDTH = 80

/** Titles in one column, their lines in another, at most 80 columns wide where words allow it. */
export function layOut(entries: readonly Entry[], indent = ''): string {
  const width = Math.max(0, ...entries.map(([title]) => title.length)) + 2
  const blank = indent + ' '.repeat(width)
  return entries
    .flatMap(([title, lines]) =>
      lines.map((line, i) => paragraph(line, i === 0 ? indent + title.padEnd(width) : blank, `${blank}  `)),
    )
    .join('\n')
}

/** A text broken between words into lines of at most 80 columns: the first begins with `first`, all others with `rest`. */
export function paragraph(text: string, first: string, rest: string): string {
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = rest
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...lines, line].join('\n')
}

/** An amount of RAM for people: `22.6 GiB`, below 1 GiB in MiB. */
export function gib(ramGb: number): string {
  return ramGb < 1 && ramGb > 0 ? `${amount(ramGb * 1024, 1)} MiB` : `${ramGb.toFixed(1)} GiB`
}

/** A number with at most `digits` decimals (default 3), without closing zeros: `1.5`, `16`. */
export function amount(value: number, digits = 3): string {
  return `${Number(value.toFixed(digits))}`
}

/** `1 GPU`, `2 GPUs`, `1.5 CPUs`. */
export function plural(count: number, noun: string): string {
  return `${amount(count)} ${noun}${count === 1 ? '' : 's'}`
}
