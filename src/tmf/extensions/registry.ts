/**
 * The registered extensions of every brand, kept in memory: compiled once, refreshed by the positions of their events in every process. Finds the objects of a
 * document that name one. A schema that is named and not remembered is looked for in the database; nothing is ever fetched from elsewhere.
 */
import type { Sql } from '../../platform/database/sql.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { attributeAt, type Attribute } from '../attributes.ts'
import type { Positions } from '../events/positions.ts'
import type { AttributeLookup } from '../filter/values.ts'
import type { Edge } from '../references.ts'
import type { Resource } from '../resource.ts'
import { quoted } from '../storage/ddl.ts'
import { EXTENSION_SCHEMA, extensionOf, type Extension, type ExtensionDocument, type Located } from './extension.ts'
import { tagExtensions } from './tagged.ts'

export interface Extensions {
  /** Reads them all, and follows what is registered and removed from then on. */
  start(positions: Pick<Positions, 'follow'>): Promise<void>
  stop(): void
  /** Reads them all again. */
  reload(): Promise<void>
  /**
   * The objects of a document that a registered schema extends: by @schemaLocation, or by an @type that is registered under this name.
   * Throws a Refusal (400) when a @schemaLocation is ours and names none, or one of another class.
   */
  locate(sql: Sql, brand: string, resource: Resource<any>, doc: unknown): Promise<Located[]>
  /** The same from memory, for a document that was stored before. */
  known(brand: string, resource: Resource<any>, doc: unknown): Located[]
  /** The attributes of a resource and of the extensions that are registered for it. */
  lookup(brand: string, resource: Resource<any>): AttributeLookup
}

export interface ExtensionsOptions {
  database: Sql
  /** The resource that extensions are registered as, where a module serves it. */
  served: Resource<any> | undefined
  isOwnOrigin: (origin: string) => boolean
}

type Node = Record<string, unknown>

interface Row {
  id: string
  brand: string
  doc: string
}

const MOST_LOOKED_FOR = 20
const MOST_FAULTS = 50
const OWN_PATH = /^\/tandem\/v1\/schema\/([^/?#]+)(?:\/([^/?#]+))?$/

/** The reference that keeps a schema from being deleted while documents name it. */
export const extensionEdges = (located: readonly Located[]): Edge[] =>
  [...new Map(located.map(({ path, extension }) => [extension.id, { path: '@schemaLocation', toResource: EXTENSION_SCHEMA, toId: extension.id, weak: false, require: true, at: path === '' ? '@schemaLocation' : `${path}.@schemaLocation` }])).values()]

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

export function createExtensions({ database, served, isOwnOrigin }: ExtensionsOptions): Extensions {
  /** By brand, then by name, the newest version last. */
  let byBrand = new Map<string, Map<string, Extension[]>>()
  let unfollow: (() => void) | undefined

  const remember = (into: typeof byBrand, { id, brand, doc }: Row): void => {
    const document = JSON.parse(doc) as ExtensionDocument
    const names = into.get(brand) ?? new Map<string, Extension[]>()
    into.set(brand, names)
    const versions = (names.get(document.name) ?? []).filter(one => one.id !== id)
    // Ids are in the order of creation.
    names.set(document.name, [...versions, extensionOf(id, document)].sort((a, b) => (a.id < b.id ? -1 : 1)))
  }

  const read = async (): Promise<void> => {
    if (served === undefined) return
    const rows = await database.query<Row>({ name: 'extensions_all', text: `SELECT id, brand, doc::text AS doc FROM ${quoted(served.table)}` })
    const next: typeof byBrand = new Map()
    for (const row of rows) remember(next, row)
    byBrand = next
    tagExtensions([...next.values()].flatMap(names => [...names.values()].flat()))
  }

  // One after the other: an earlier look at the database must not come in last.
  let reading: Promise<void> = Promise.resolve()
  const reload = (): Promise<void> => (reading = reading.then(read, read))

  const ofName = (brand: string, name: string, version: string | undefined): Extension | undefined => {
    const versions = byBrand.get(brand)?.get(name)
    return version === undefined ? versions?.at(-1) : versions?.find(one => one.version === version)
  }

  /** Registered a moment ago by another process, or in the transaction that writes this. */
  const fromDatabase = async (sql: Sql, brand: string, name: string): Promise<void> => {
    if (served === undefined) return
    const rows = await sql.query<Row>({ name: 'extensions_named', text: `SELECT id, brand, doc::text AS doc FROM ${quoted(served.table)} WHERE brand = $1 AND f_name = $2` }, [brand, name])
    for (const row of rows) remember(byBrand, row)
    if (rows.length > 0) tagExtensions(byBrand.get(brand)?.get(name) ?? [])
  }

  /** Name and version that a location of ours names; null when it is ours and names nothing, undefined when it is another's. */
  const ownLocation = (location: string): { name: string; version: string | undefined } | null | undefined => {
    let path = location
    if (!location.startsWith('/') || location.startsWith('//')) {
      if (!URL.canParse(location)) return undefined
      const url = new URL(location)
      if (!isOwnOrigin(url.origin)) return undefined
      path = url.pathname
    }
    const [, name, version] = OWN_PATH.exec(path) ?? []
    const read = name === undefined ? undefined : decoded(name)
    return read === undefined ? null : { name: read, version: version === undefined ? undefined : decoded(version) }
  }

  const pointerOf = (way: readonly (string | number)[]): string => way.map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  const pathOf = (way: readonly (string | number)[]): string => way.reduce<string>((path, step) => (typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`), '')

  /** Every object that names a schema of ours. `missing` gets what is named and not remembered. */
  const walk = (brand: string, resource: Resource<any>, doc: unknown, missing: (name: string | undefined, path: string, location: string) => void, wrongClass: (path: string, extension: Extension, type: string) => void): Located[] => {
    const found: Located[] = []
    const names = byBrand.get(brand)
    // The way to where the walk is: written out only where something is found, for nearly all documents name no schema of ours.
    const way: (string | number)[] = []
    const visit = (node: object): void => {
      if (Array.isArray(node)) {
        for (let i = 0; i < node.length; i++) goInto(node[i], i)
        return
      }
      const value = node as Node
      const { '@schemaLocation': location, '@type': type, '@baseType': base } = value
      const own = typeof location === 'string' ? ownLocation(location) : undefined
      let extension: Extension | undefined
      if (own !== undefined) {
        extension = own === null ? undefined : ofName(brand, own.name, own.version)
        if (extension === undefined) missing(own?.name, pathOf(way), location as string)
      } else if (typeof type === 'string' && names?.has(type)) {
        const candidate = ofName(brand, type, undefined)
        // An @type alone may mean something else at another class.
        if (candidate !== undefined && candidate.extends === (base ?? (way.length === 0 ? resource.type : candidate.extends))) extension = candidate
      }
      if (extension !== undefined) {
        const expected = way.length === 0 ? resource.type : base
        if (typeof expected === 'string' && expected !== extension.extends) wrongClass(pathOf(way), extension, expected)
        else found.push({ pointer: pointerOf(way), path: pathOf(way), value, extension })
      }
      for (const name in value) goInto(value[name], name)
    }
    const goInto = (child: unknown, step: string | number): void => {
      if (child === null || typeof child !== 'object') return
      way.push(step)
      visit(child)
      way.pop()
    }
    // What is registered speaks of such objects and is none.
    if (resource.name !== EXTENSION_SCHEMA && doc !== null && typeof doc === 'object') visit(doc)
    return found
  }

  const at = (path: string): string => (path === '' ? '@schemaLocation' : `${path}.@schemaLocation`)

  return {
    async start(positions) {
      if (served === undefined) return
      await reload()
      unfollow = positions.follow({ resources: [EXTENSION_SCHEMA], handle: reload })
    },
    stop: () => unfollow?.(),
    reload,
    async locate(sql, brand, resource, doc) {
      const faults: Fault[] = []
      const wrongClass = (path: string, extension: Extension, type: string): void => void faults.push(fault(at(path), `names a schema that extends ${extension.extends}, not ${type}`))
      const absent: { name: string | undefined; path: string; location: string }[] = []
      let located = walk(brand, resource, doc, (name, path, location) => void absent.push({ name, path, location }), wrongClass)
      if (absent.length > 0) {
        const names = new Set(absent.flatMap(one => one.name ?? []))
        for (const name of [...names].slice(0, MOST_LOOKED_FOR)) await fromDatabase(sql, brand, name)
        faults.length = 0
        located = walk(brand, resource, doc, (_name, path, location) => void faults.push(fault(at(path), 'names a schema that is not registered here', location)), wrongClass)
      }
      if (faults.length > 0) throw refuse.invalid(faults.slice(0, MOST_FAULTS))
      return located
    },
    known: (brand, resource, doc) => walk(brand, resource, doc, () => undefined, () => undefined),
    lookup: (brand, resource) => path => {
      const own = attributeAt(resource.schema, path)
      const names = byBrand.get(brand)
      if (own !== undefined || names === undefined) return own
      const segments = path.split('.')
      for (let n = segments.length - 1; n >= 0; n--) {
        const holder = n === 0 ? undefined : attributeAt(resource.schema, segments.slice(0, n).join('.'))
        if (n > 0 && holder?.kind !== 'object') continue
        const rest = segments.slice(n).join('.')
        const found = [...names.values()].flat().flatMap((one): Attribute[] => {
          const attribute = n === 0 && one.extends !== resource.type ? undefined : attributeAt(one.schema as never, rest)
          return attribute === undefined ? [] : [attribute]
        })
        const [first] = found
        if (first === undefined) continue
        // Two extensions may use one name for two things: then a value is what it is written as.
        const agree = found.every(one => one.kind === first.kind && one.lists.join() === first.lists.join())
        return { schema: agree ? first.schema : {}, kind: agree ? first.kind : 'any', lists: [...(holder?.lists ?? []), ...first.lists], ...(found.some(one => one.secret === true) && { secret: true }) }
      }
      return undefined
    },
  }
}
