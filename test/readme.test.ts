/** README says what the code says: the settings to the letter, and only files, links and commands that there are. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { settings, type Setting } from '../src/config.ts'
import { projectRoot } from '../src/platform/database/project-root.ts'

const read = (file: string): string => readFileSync(path.join(projectRoot, file), 'utf8')
const readme = read('README.md')
const isThere = (file: string): boolean => [file, `src/${file}`].some(each => existsSync(path.join(projectRoot, each)))
const found = (pattern: RegExp): string[] => [...new Set([...readme.matchAll(pattern)].map(([, text]) => text as string))]

/** The table as README has it to show; on a failure the right one is in the report, to be copied. */
const settingsTable = (): string => {
  const rows = Object.values<Setting>(settings).map(({ name, description, fallback, otherwise }) => `| \`${name}\` | ${description} | ${fallback ? `\`${fallback}\`` : (otherwise ?? '')} |`)
  return ['| Setting | What it does | When not set |', '|---|---|---|', ...rows].join('\n')
}

describe('README', () => {
  it('has every setting with what it does and the value that it has when not set, and no other', () => {
    expect(readme.split('\n\n').find(block => block.startsWith('| Setting |'))?.trim()).toBe(settingsTable())
  })

  it('links to files that are there', () => {
    const links = found(/\]\((?!https?:|#)([^)#]+)/g)
    expect(links.length).toBeGreaterThan(5)
    expect(links.filter(to => !isThere(to))).toEqual([])
  })

  it('names source files that are there, beside those of its example', () => {
    const named = found(/`((?:(?:platform|tmf|modules)\/[\w-]|(?:src|test|prisma|openapi)\/)[\w./-]*)`/g)
    expect(named.length).toBeGreaterThan(15)
    expect(named.filter(file => !/\bcommunication\b/.test(file) && !isThere(file))).toEqual([])
  })

  it('names npm scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = found(/npm run (?:-s )?([\w:]+)/g)
    expect(named.length).toBeGreaterThan(1)
    expect(named.filter(script => !Object.hasOwn(scripts, script))).toEqual([])
  })
})
