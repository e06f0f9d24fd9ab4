import { describe, expect, it } from 'vitest'
import { parseOutput } from '../../src/actors/output.ts'

describe('the output file of a job', () => {
  it('gives a result a line, the last of a key, without the reserved keys', () => {
    expect(parseOutput('loss=0.5\nmodel = a=b\nprogress=0.25\nrepresentative=false\r\nloss=0.25\n')).toEqual({
      results: { loss: '0.25', model: 'a=b' },
      representative: false,
      progress: 0.25,
    })
  })

  it('passes over whatever is no line of the form key=value', () => {
    expect(parseOutput('\nhello\n=3\n  =\nprogress=much\nprogress=\nprogress=1.5\n')).toEqual({
      results: {},
      representative: true,
      progress: null,
    })
  })

  it('keeps a key that is special to JavaScript as a result like any other', () => {
    expect(Object.entries(parseOutput('__proto__=1').results)).toEqual([['__proto__', '1']])
  })
})
