/**
 * `npm run build`, and the first step of `npm start`: what the sources need before they can run, made again only when it is stale.
 * The Prisma client from prisma/schema, and dist/ from src/. Plain JavaScript, because it is what makes TypeScript run.
 * `-- --client` stops after the client.
 */
// @ts-check
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const require = createRequire(import.meta.url)

/** @param {string} folder @returns {string[]} */
const filesBelow = folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(file => path.join(folder, file)).filter(file => statSync(file).isFile()).sort()

/** What a set of files looks like, by their contents: copied and checked-out trees have any modification time. @param {string[]} files @param {string} seed */
const signature = (files, seed) => {
  const hash = createHash('sha256').update(seed)
  for (const file of files) hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

/** @param {string} stamp @param {string} wanted @param {() => void} make */
const unlessCurrent = (stamp, wanted, make) => {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  make()
  mkdirSync(path.dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
}

const JOINED = ['typebox']
const { dependencies } = require(path.join(root, 'package.json'))

const generated = path.join(root, 'src/platform/database/generated')
const schemas = filesBelow(path.join(root, 'prisma/schema')).filter(file => file.endsWith('.prisma'))
const { version } = require('@prisma/client/package.json')

unlessCurrent(path.join(generated, '.stamp'), signature(schemas, version), () => {
  const cli = path.join(path.dirname(require.resolve('prisma/package.json')), 'build/index.js')
  try {
    execFileSync(process.execPath, [cli, 'generate'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' } })
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout?: Buffer, stderr?: Buffer }} */ (error)
    console.error(`The Prisma client could not be generated:\n${stdout ?? ''}${stderr ?? ''}`)
    process.exit(1)
  }
})

if (!process.argv.includes('--client')) {
  const dist = path.join(root, 'dist')
  const sources = filesBelow(path.join(root, 'src')).filter(file => !path.basename(file).startsWith('.'))
  const esbuildVersion = require('esbuild/package.json').version
  unlessCurrent(path.join(dist, '.stamp'), signature(sources, esbuildVersion), () => {
    // Written beside it and moved into place: somebody may start the built server at this moment.
    const fresh = `${dist}.${process.pid}`
    const esbuild = /** @type {typeof import('esbuild')} */ (require('esbuild'))
    const entries = { main: 'src/main.ts', 'back-ends': 'src/demo/back-ends/main.ts' }
    esbuild.buildSync({
      absWorkingDir: root,
      entryPoints: entries,
      outdir: fresh,
      bundle: true,
      splitting: true,
      // Tandem's own files are joined, which makes the start faster, and with them a package that is hundreds of small files.
      // All others stay where npm put them: some look for files beside themselves.
      external: Object.keys(dependencies).filter(name => !JOINED.includes(name)).flatMap(name => [name, `${name}/*`]),
      platform: 'node',
      target: 'node20.19',
      format: 'esm',
      sourcemap: true,
      logLevel: 'error',
    })
    // Node keeps a source in one byte a character where all are ASCII. esbuild escapes them in strings, not in regular expressions.
    for (const file of filesBelow(fresh).filter(name => name.endsWith('.js'))) {
      writeFileSync(file, readFileSync(file, 'utf8').replace(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`))
    }
    rmSync(dist, { recursive: true, force: true })
    renameSync(fresh, dist)
  })
}
