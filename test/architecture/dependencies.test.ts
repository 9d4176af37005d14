import { readdirSync } from 'node:fs'
import path from 'node:path'
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import { describe, expect, it } from 'vitest'
import { modules } from '../../src/modules/index.ts'
import { projectRoot } from '../../src/platform/database/project-root.ts'
import configuration from './rules.mjs'

const fixtures = path.join(projectRoot, 'test/architecture/fixtures')
const rules = configuration.forbidden ?? []
const tsConfig = extractTSConfig(path.join(projectRoot, 'tsconfig.json'))

const cruised = async (folders: string[], options: ICruiseOptions): Promise<ICruiseResult> => {
  const { enhancedResolveOptions, ...rest } = configuration.options ?? {}
  const settings = { ...rest, ...options, ruleSet: { forbidden: rules }, validate: true } as ICruiseOptions
  const { output } = await cruise(folders, settings, enhancedResolveOptions ?? {}, { tsConfig })
  return output as ICruiseResult
}

describe('the rules of the rooms', () => {
  it.each(rules.map(rule => rule.name ?? ''))('%s: notice what breaks them', async name => {
    const baseDir = path.join(fixtures, name)
    const { summary } = await cruised(['src'], { baseDir })
    expect(summary.violations.map(violation => violation.rule.name)).toContain(name)
  })

  it('each have a fixture, and no fixture is without a rule', () => {
    expect(readdirSync(fixtures).sort()).toEqual(rules.map(rule => rule.name).sort())
  })
})

describe('modules', () => {
  it('import only modules that they list in dependsOn', async () => {
    const { modules: files } = await cruised(['src/modules'], { baseDir: projectRoot })
    const nameOf = (file: string): string | undefined => /^src\/modules\/([^/]+)\//.exec(file)?.[1]
    const undeclared = files.flatMap(file => {
      const from = nameOf(file.source)
      const declared = modules.find(module => module.name === from)
      if (!from || !declared) return []
      return file.dependencies
        .map(({ resolved }) => nameOf(resolved))
        .filter(to => to !== undefined && to !== from && !declared.dependsOn.includes(to))
        .map(to => `${file.source} imports ${to}`)
    })
    expect(files.length).toBeGreaterThan(50)
    expect(undeclared).toEqual([])
  })
})
