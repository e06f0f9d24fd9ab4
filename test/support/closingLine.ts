import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'

/** Ends the test run with what was skipped and why, and the line `N passed, N failed, N skipped`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const tests = modules.flatMap(module => [...module.children.allTests()])
    const brokenFiles = modules.filter(module => module.state() === 'failed' && module.children.size === 0)
    const of = (state: string) => tests.filter(test => test.result().state === state)
    for (const test of of('skipped')) process.stdout.write(`skipped: ${test.fullName}: ${reasonOf(test)}\n`)
    const failed = of('failed').length + brokenFiles.length + errors.length
    process.stdout.write(
      `\n${of('passed').length} passed, ${failed} failed, ${of('skipped').length} skipped\n`,
    )
  }
}

function reasonOf(test: TestCase): string {
  const result = test.result()
  return (result.state === 'skipped' && result.note) || 'no reason was given'
}
