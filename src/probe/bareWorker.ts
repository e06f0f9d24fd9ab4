/** A Node process that does nothing: what a worker costs before its first task. It ends with its standard input. */
process.stdin.resume()
process.stdout.write('ready\n')
