import { release, type } from 'node:os'
import type { SystemFiles } from './systemFiles.ts'

/** Name and version of the operating system for people: from `/etc/os-release`, else from systeminformation. */
export async function operatingSystem(files: SystemFiles, platform: string): Promise<string> {
  const kernel = `${type()} ${release()}`
  if (platform === 'linux') return withKernel(parseOsRelease(files.read('/etc/os-release') ?? ''), kernel)
  const { osName } = await import('./systemInformation.ts')
  return withKernel(await osName(), kernel)
}

function withKernel(name: string | null, kernel: string): string {
  return name ? `${name}, ${kernel}` : kernel
}

/** The name for people in an os-release file: `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"`. */
export function parseOsRelease(text: string): string | null {
  return /^PRETTY_NAME=["']?(.*?)["']?$/m.exec(text)?.[1] || null
}
