// Writes the pages of docs/ that are made from the code: `npm run docs`.
import { writeFileSync } from 'node:fs'
import { generatedPages } from './docs/pages.ts'

for (const { path, text } of generatedPages()) {
  writeFileSync(new URL(`../${path}`, import.meta.url), text)
  console.log(path)
}
