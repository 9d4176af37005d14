/**
 * References by external identity: `{ externalId, source?, @referredType }` in a document becomes the id that the record has here.
 * They are understood where a resource declares a reference, and nowhere else.
 */
import type { Sql } from '../../platform/database/sql.ts'
import { fault, Refusal, type Fault } from '../../platform/errors.ts'
import { hrefOf, type Kit } from '../kit.ts'
import type { Reference, Resource } from '../resource.ts'
import { keyText, readIdentities, type ExternalKey } from './identity-store.ts'
import { externalIdFaults, type Doc } from './record.ts'

/** A reference that waits for its id. */
interface Pointer {
  key: ExternalKey
  ref: Doc
  /** `relatedParty[0]` */
  at: string
  /** Takes the reference out of the document. */
  remove: () => void
}

function* walk(node: unknown, segments: readonly string[], at: string, remove: () => void): Generator<{ ref: Doc; at: string; remove: () => void }> {
  if (node === null || typeof node !== 'object') return
  const [segment, ...rest] = segments
  if (segment === undefined) {
    yield { ref: node as Doc, at, remove }
    return
  }
  const isList = segment.endsWith('[]')
  const name = isList ? segment.slice(0, -2) : segment
  const holder = node as Doc
  const value: unknown = holder[name]
  const here = at ? `${at}.${name}` : name
  if (isList && Array.isArray(value)) {
    for (const [index, element] of value.entries()) yield* walk(element, rest, `${here}[${index}]`, () => void (holder[name] = (holder[name] as unknown[]).filter(one => one !== element)))
  } else if (!isList && !Array.isArray(value)) yield* walk(value, rest, here, () => void delete holder[name])
}

const isPointer = (ref: Doc): boolean => ref['externalId'] !== undefined && ref['id'] === undefined

const targetOf = (kit: Kit, reference: Reference, ref: Doc): Resource<any> | undefined => {
  if (reference.to !== undefined) return kit.registry.byName(reference.to)
  const type: unknown = ref['@referredType']
  return typeof type === 'string' ? (kit.registry.byType(type) ?? kit.registry.byName(type)) : undefined
}

/** The references by external identity of a document. A nameless or unknown class is a fault. */
function pointersOf(kit: Kit, resource: Resource<any>, doc: Doc, source: string, faults: Fault[]): Pointer[] {
  const found = new Map<Doc, Pointer>()
  const dangling = new Map<Doc, Fault>()
  for (const reference of resource.references ?? []) {
    for (const { ref, at, remove } of walk(doc, reference.path.split('.'), '', () => undefined)) {
      if (!isPointer(ref)) continue
      const wrong = externalIdFaults(ref['externalId'], `${at}.externalId`)
      const from: unknown = ref['source'] ?? source
      if (typeof from !== 'string') wrong.push(fault(`${at}.source`, 'must be the name of a source', from))
      const target = targetOf(kit, reference, ref)
      if (wrong.length > 0) faults.push(...wrong)
      else if (target) found.set(ref, { key: { source: from as string, type: target.name, externalId: ref['externalId'] as string }, ref, at, remove })
      // Two references may be declared for one place: a party, or an account.
      else dangling.set(ref, fault(`${at}.@referredType`, 'must name a resource that is served here, for externalId to be looked up', ref['@referredType'] ?? 'nothing'))
    }
  }
  for (const [ref, said] of dangling) if (!found.has(ref)) faults.push(said)
  return [...found.values()]
}

/** A document whose references are resolved, or what stands against it. */
export type Resolved = { doc: Doc } | { faults: Fault[] } | { unresolved: { key: ExternalKey; at: string }[] }

/**
 * Resolves the references of documents, all in one look-up. `without` names keys that are left out of their documents when they are not
 * known: they close a circle.
 */
export async function resolveReferences(kit: Kit, sql: Sql, brand: string, resource: Resource<any>, source: string, docs: readonly Doc[], without?: ReadonlySet<string>): Promise<Resolved[]> {
  const copies = docs.map(doc => {
    const faults: Fault[] = []
    const plain = pointersOf(kit, resource, doc, source, faults).length === 0 ? doc : structuredClone(doc)
    return { doc: plain, faults, pointers: plain === doc ? [] : pointersOf(kit, resource, plain, source, []) }
  })
  const keys = new Map(copies.flatMap(({ pointers }) => pointers.map(pointer => [keyText(pointer.key), pointer.key] as const)))
  const known = await readIdentities(sql, brand, [...keys.values()])
  return copies.map(({ doc, faults, pointers }) => {
    if (faults.length > 0) return { faults }
    const unresolved: { key: ExternalKey; at: string }[] = []
    for (const { key, ref, at, remove } of pointers) {
      const identity = known.get(keyText(key))
      const target = identity && identity.goneAt === null ? kit.registry.byName(identity.resource) : undefined
      if (!identity || !target) {
        if (without?.has(keyText(key))) remove()
        else unresolved.push({ key, at })
        continue
      }
      delete ref['externalId']
      delete ref['source']
      ref['id'] = identity.resourceId
      ref['href'] = hrefOf(target, identity.resourceId)
    }
    return unresolved.length > 0 ? { unresolved } : { doc }
  })
}

/** The refusal of a document whose references are not known here yet: worth sending again once they are. */
export const unresolvedRefusal = (unresolved: readonly { key: ExternalKey; at: string }[]): Refusal =>
  new Refusal({
    status: 409,
    code: 'referenceUnresolved',
    reason: 'A record that is referred to has not arrived yet',
    message: unresolved.map(({ key, at }) => `${at} refers to ${key.type} ${key.externalId} of ${key.source}, which is not known here yet`).join('; '),
    faults: unresolved.map(({ key, at }) => fault(`${at}.externalId`, `no ${key.type} of ${key.source} is known by this`, key.externalId)),
    headers: { 'retry-after': '5' },
  })
