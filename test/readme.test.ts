import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { settings, type Setting } from '../src/config.ts'
import { projectRoot } from '../src/platform/database/project-root.ts'

it("README's table has every setting with the value that it has when not set, and no other", () => {
  const lines = readFileSync(path.join(projectRoot, 'README.md'), 'utf8').split('\n')
  const rows = new Map(lines.flatMap(line => (/^\|\s*`([A-Z][A-Z_]+)`/.test(line) ? [[/`([A-Z_]+)`/.exec(line)?.[1] ?? '', line] as const] : [])))
  expect([...rows.keys()].sort()).toEqual(Object.keys(settings).sort())
  for (const { name, fallback } of Object.values<Setting>(settings)) expect(rows.get(name)).toContain(fallback ? `\`${fallback}\`` : name)
})
