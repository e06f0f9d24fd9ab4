/**
 * How runtimes and libraries say that memory has run out: CUDA, PyTorch, JAX and XLA, TensorFlow, CuPy, ROCm. Words
 * that stand for one of them alone, since "out of memory" by itself may be said by anybody of anything.
 */
const GPU_RAM: readonly RegExp[] = [
  /torch\.(?:cuda\.)?OutOfMemoryError/,
  /\b(?:CUDA|HIP) out of memory\b/,
  /\bCUDA error: out of memory\b/,
  /\bcudaErrorMemoryAllocation\b/,
  /\bCUDA_ERROR_OUT_OF_MEMORY\b/,
  /\bhipErrorOutOfMemory\b/,
  /cupy\.cuda\.memory\.OutOfMemoryError/,
  /\bRESOURCE_EXHAUSTED: (?:Out of memory|OOM when allocating)/,
  /\bOOM when allocating tensor .*\bgpu:\d/i,
]

/** Python with NumPy, V8, the JVM, R, Julia, Rust, Go, C++, and what the C library says of ENOMEM. */
const RAM: readonly RegExp[] = [
  /^(?:\w+\.)*_?(?:Array)?MemoryError\b/,
  /\bJavaScript heap out of memory\b/,
  /\bRangeError: Array buffer allocation failed\b/,
  /\bjava\.lang\.OutOfMemoryError\b/,
  /^Error: cannot allocate vector of size /,
  /\bOutOfMemoryError\(\)/,
  /^memory allocation of \d+ bytes failed/,
  /^fatal error: runtime: out of memory/,
  /\bstd::bad_alloc\b/,
  /\bCannot allocate memory\b/,
]

/** The line that says that the memory of a GPU has run out; `null` where none does. */
export function saidOfGpuRam(text: string): string | null {
  return lineWith(text, GPU_RAM)
}

/** The line that says that memory has run out; `null` where none does. */
export function saidOfRam(text: string): string | null {
  return lineWith(text, RAM)
}

const LONGEST_LINE = 160

/** The last one: what was said before may have been overcome. */
function lineWith(text: string, patterns: readonly RegExp[]): string | null {
  const line = text
    .split(/\r?\n/)
    .findLast(line => patterns.some(pattern => pattern.test(line.trimStart())))
    ?.trim()
  if (line === undefined) return null
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line
}
