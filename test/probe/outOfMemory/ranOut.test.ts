import { expect, it } from 'vitest'
import { createOomKills, parseOomKills } from '../../../src/probe/outOfMemory/oomKills.ts'
import { type Evidence, ranOutOf, withEvidence } from '../../../src/probe/outOfMemory/ranOut.ts'

const FAILED: Evidence = { exitCode: 1, signal: null, said: '', oomKills: null }

/** Last words as these programs print them. */
const OF_RAM = {
  Python: 'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\nMemoryError\n',
  NumPy:
    'numpy._core._exceptions._ArrayMemoryError: Unable to allocate 7.28 TiB for an array with shape (1000000, 1000000) and data type float64\n',
  V8: '<--- Last few GCs --->\n\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----\n',
  'an array buffer': 'RangeError: Array buffer allocation failed',
  Java: 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n\tat Main.main(Main.java:5)\n',
  R: 'Error: cannot allocate vector of size 74.5 Gb\nExecution halted\n',
  Julia: 'ERROR: LoadError: OutOfMemoryError()\nStacktrace:\n',
  Rust: 'memory allocation of 8589934592 bytes failed\n',
  Go: 'fatal error: runtime: out of memory\n\nruntime stack:\n',
  'C++': "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n",
  'the C library': 'sh: 1: Cannot fork\nbash: fork: Cannot allocate memory\n',
}

const OF_GPU_RAM = {
  PyTorch:
    'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 23.64 GiB\n',
  'an older PyTorch':
    'RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 7.80 GiB total capacity)\n',
  CUDA: 'RuntimeError: CUDA error: out of memory\n',
  ROCm: 'torch.cuda.OutOfMemoryError: HIP out of memory. Tried to allocate 64.00 GiB\n',
  JAX: 'jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 68719476736 bytes.\n',
  TensorFlow:
    'tensorflow.python.framework.errors_impl.ResourceExhaustedError: OOM when allocating tensor with shape[9999,9999] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc\n',
  CuPy: 'cupy.cuda.memory.OutOfMemoryError: Out of memory allocating 8,000,000,000 bytes\n',
}

it.each(Object.entries(OF_RAM))('knows by its last words that %s has run out of RAM', (_, said) => {
  expect(ranOutOf({ ...FAILED, said })?.ranOut).toBe('ram')
})

it.each(Object.entries(OF_GPU_RAM))('knows by its last words that %s has run out of GPU RAM', (_, said) => {
  expect(ranOutOf({ ...FAILED, said })?.ranOut).toBe('gpuRam')
})

it.each([
  'AssertionError: expected no MemoryError here to be raised',
  'warning: the machine may run out of memory',
  'ValueError: memory must be a number',
  'torch.cuda.is_available() is False',
  '',
])('is not misled by %j', said => {
  expect(ranOutOf({ ...FAILED, said })).toBeNull()
})

it('takes a SIGKILL for want of memory only where the kernel has killed something meanwhile', () => {
  const killed = { ...FAILED, exitCode: null, signal: 'SIGKILL' }
  expect(ranOutOf({ ...killed, oomKills: 1 })?.ranOut).toBe('ram')
  expect(ranOutOf({ ...killed, oomKills: 0 })).toBeNull()
  expect(ranOutOf({ ...killed, oomKills: null })).toBeNull()
  expect(ranOutOf({ ...killed, signal: 'SIGTERM', oomKills: 1 })).toBeNull()
})

it('takes exit code 137 for it: a shell or a container says so of what was killed in it', () => {
  expect(ranOutOf({ ...FAILED, exitCode: 137 })?.ranOut).toBe('ram')
  expect(ranOutOf({ ...FAILED, exitCode: 139 })).toBeNull()
})

it('says in the failure what it went by, and leaves any other failure as it is', () => {
  const failure = { reason: 'exit', message: 'exit code 1' } as const
  expect(withEvidence(failure, { ...FAILED, said: OF_RAM.Python })).toEqual({
    reason: 'exit',
    ranOut: 'ram',
    message: 'exit code 1, out of memory (MemoryError)',
  })
  expect(withEvidence(failure, FAILED)).toBe(failure)
})

it('reads how often the kernel has killed from /proc/vmstat', () => {
  expect(parseOomKills('pgfault 12\noom_kill 3\ndrop_pagecache 0\n')).toBe(3)
  expect(parseOomKills('pgfault 12\n')).toBeNull()
})

it('counts kills since a mark, and looks at most once a second for marks', () => {
  const kernel = { kills: 5, now: 0, looks: 0 }
  const kills = createOomKills(
    () => {
      kernel.looks += 1
      return kernel.kills
    },
    () => kernel.now,
  )
  const mark = kills.mark()
  kernel.now = 999
  kills.mark()
  expect(kernel.looks).toBe(1)
  kernel.now = 1000
  kills.mark()
  expect(kernel.looks).toBe(2)
  kernel.kills = 7
  expect(kills.since(mark)).toBe(2)
  expect(kills.since(null)).toBeNull()
})
