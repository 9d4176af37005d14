/** Where the installed project is, for the files that it reads at run time: found from src/ and from dist/ alike. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const findRoot = (from: string): string => {
  if (existsSync(path.join(from, 'package.json')) && existsSync(path.join(from, 'prisma'))) return from
  const parent = path.dirname(from)
  if (parent === from) throw new Error('The folder with package.json and prisma/ was not found above this file')
  return findRoot(parent)
}

/** Absolute path of the project's folder. */
export const projectRoot = findRoot(path.dirname(fileURLToPath(import.meta.url)))
