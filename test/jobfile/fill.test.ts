// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of the shell
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fillJob, misspeltPlaceholders } from '../../src/jobfile/fill.ts'
import { fillShell } from '../../src/jobfile/shell.ts'

const values = new Map<string, string | number | boolean>([
  ['seed', 7],
  ['model', 'xgb'],
  ['name', "O'Neill & co"],
])

describe('a placeholder', () => {
  test('is filled in everywhere', () => {
    const job = {
      name: '{model}-{seed}',
      group: '{model}',
      command: ['fit', '--seed={seed}', '{model}'],
      env: { SEED: '{seed}', MODEL: 'a {model} b' },
      cwd: 'runs/{model}',
      resources: { license: '{seed}' },
    }
    expect(fillJob(job, values)).toEqual({
      name: 'xgb-7',
      group: 'xgb',
      command: ['fit', '--seed=7', 'xgb'],
      env: { SEED: '7', MODEL: 'a xgb b' },
      cwd: 'runs/xgb',
      resources: { license: 7 },
    })
  })

  test('keeps its type where it stands alone, in args and in amounts', () => {
    expect(
      fillJob(
        { task: 'fit.ts', threads: '{seed}', args: { seed: '{seed}', deep: ['{seed}', 'x{seed}'] } },
        values,
      ),
    ).toEqual({
      task: 'fit.ts',
      threads: 7,
      args: { seed: 7, deep: [7, 'x7'] },
    })
  })

  test('that the sweep does not know is left alone', () => {
    expect(fillJob({ command: ['awk', '{print $1}', '{other}', '{}', '{1}'] }, values)).toEqual({
      command: ['awk', '{print $1}', '{other}', '{}', '{1}'],
    })
  })

  test('in double braces stands for itself, and behind a dollar it is a variable of the shell', () => {
    expect(fillJob({ command: ['{{seed}}', '${seed}', '{{other}}', '{{{seed}}}'] }, values)).toEqual({
      command: ['{seed}', '${seed}', '{{other}}', '{{seed}}'],
    })
  })

  test.for([
    ['{sede}', 'unknown "{sede}": did you mean "{seed}"?'],
    ['{Seed}', 'unknown "{Seed}": did you mean "{seed}"?'],
    ['{seeds}', 'unknown "{seeds}": did you mean "{seed}"?'],
    ['{modell} {seed}', 'unknown "{modell}": did you mean "{model}"?'],
  ] as const)('that is nearly known is a slip: %s', ([text, message]) => {
    expect(misspeltPlaceholders({ command: ['echo', text] }, [...values.keys()])).toEqual([
      { path: ['command', 1], message },
    ])
  })

  test.for(['{print}', '{x}', '{{sede}}', '${sede}', '{a,b}', '{}'])(
    'that is far from all is none: %s',
    text => {
      expect(misspeltPlaceholders({ command: text }, [...values.keys()])).toEqual([])
    },
  )
})

describe('a command for the shell', () => {
  /** Templates that print the value as one word of their output, whatever it is. */
  const TEMPLATES = [
    `printf %s {x}`,
    `printf %s "{x}"`,
    `printf %s '{x}'`,
    `printf %s pre{x}post`,
    `printf %s "pre"'{x}'"post"`,
    `printf %s "$(printf %s {x})"`,
    `printf %s "$(printf %s "{x}")"`,
    `(printf %s '{x}') # it's {x}`,
    `printf %s "\\"{x}\\""`,
    `case a in a) printf %s {x};; esac`,
    'printf %s "`printf %s {x}`"',
  ]

  /** `$( )` takes line breaks from the end of an output, so no value ends with one; NUL cannot be in a command. */
  const text = fc
    .array(
      fc.constantFrom(
        "'",
        '"',
        '\\',
        '$',
        '`',
        ' ',
        ';',
        '(',
        ')',
        '{',
        '}',
        '#',
        '*',
        '~',
        '!',
        '&',
        '|',
        'a',
        'é',
        '-',
        '\n',
        '\t',
      ),
    )
    .map(chars => chars.join(''))
    .filter(value => !value.endsWith('\n'))

  test('has every value as it is, however the shell would read it', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 12, maxLength: 12 }), texts => {
        const script = texts
          .flatMap(value => TEMPLATES.map(template => fillShell(template, new Map([['x', value]]))))
          .join(`\nprintf '\\001'\n`)
        const printed = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\u0001')
        const expected = texts.flatMap(value => TEMPLATES.map(template => around(template, value)))
        expect(printed).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  function around(template: string, value: string): string {
    if (template.includes('pre')) return `pre${value}post`
    return template.includes('\\"') ? `"${value}"` : value
  }

  test('is readable where a value needs no quotes', () => {
    expect(fillShell('fit --seed {seed} "{model}" \'{model}\' ${seed} \\{seed}', values)).toBe(
      'fit --seed 7 "xgb" \'xgb\' ${seed} \\{seed}',
    )
    expect(fillShell('echo {name}', values)).toBe(`echo 'O'\\''Neill & co'`)
  })
})
