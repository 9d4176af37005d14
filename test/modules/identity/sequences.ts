/**
 * Sequences of changes, imports, links, merges and un-merges, carried out by the product on a database and by the model beside it, compared
 * after each step. Each sequence has a brand of its own. At the end every merge is undone, in any order.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { followParty } from '../../../src/modules/identity/derive.ts'
import { identifiersOfParties, insertIdentifiers, readIdentifier, type NewIdentifier } from '../../../src/modules/identity/identifier-store.ts'
import { verifyIdentifier } from '../../../src/modules/identity/link.ts'
import { partyMerge } from '../../../src/modules/identity/party-merge.ts'
import { partyRef } from '../../../src/modules/identity/party-ref.ts'
import { undoMerge } from '../../../src/modules/identity/undo.ts'
import { individual } from '../../../src/modules/customer/index.ts'
import { newId } from '../../../src/platform/ids.ts'
import { systemContext, type Context } from '../../../src/platform/principal.ts'
import { readSources } from '../../../src/tmf/provenance/sources.ts'
import { survive } from '../../../src/tmf/provenance/survive.ts'
import type { TestApp } from '../../support/app.ts'
import { addParty, edit, groupOf, groups, importDoc, merge, newModel, SCALARS, shownBy, undo, verify, type Edge, type Model, type Scalar, type Shown } from './model.ts'

export type Step =
  | { do: 'edit'; party: number; name: Scalar; value: string | null }
  | { do: 'mail'; party: number; add: boolean; address: string }
  | { do: 'import'; party: number; doc: Shown }
  | { do: 'merge'; survivor: number; merged: number }
  | { do: 'undo'; which: number }
  | { do: 'verify'; party: number; value: string }
  | { do: 'thereAndBack'; merges: { survivor: number; merged: number }[]; order: number[] }
  | { do: 'provedAndBack'; party: number; value: string }

export interface Sequence {
  parties: { source: string | undefined; doc: Shown }[]
  steps: Step[]
  /** In which order the merges that are left are undone. */
  ending: number[]
}

const word = fc.constantFrom('red', 'green', 'blue')
const address = fc.constantFrom('a@example.com', 'b@example.com', 'c@example.com', 'd@example.com')
const shown: fc.Arbitrary<Shown> = fc
  .record({ nationality: fc.option(word, { nil: undefined }), gender: fc.option(word, { nil: undefined }), maritalStatus: fc.option(word, { nil: undefined }), mail: fc.uniqueArray(address, { maxLength: 2 }) })
  .map(({ mail, ...scalars }) => ({ ...(Object.fromEntries(Object.entries(scalars).filter(([, value]) => value !== undefined)) as Shown), ...(mail.length > 0 && { mail }) }))
const party = fc.nat(3)
const phone = fc.constantFrom('+4930901001', '+4930901002')

export const sequences: fc.Arbitrary<Sequence> = fc.record({
  parties: fc.array(fc.record({ source: fc.option(fc.constantFrom('crm', 'mobile'), { nil: undefined }), doc: shown }), { minLength: 4, maxLength: 4 }),
  steps: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), party, name: fc.constantFrom(...SCALARS), value: fc.option(word) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('mail' as const), party, add: fc.boolean(), address }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('import' as const), party, doc: shown }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('merge' as const), survivor: party, merged: party }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('undo' as const), which: fc.nat(5) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('verify' as const), party, value: phone }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('thereAndBack' as const), merges: fc.array(fc.record({ survivor: party, merged: party }), { minLength: 1, maxLength: 3 }), order: fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('provedAndBack' as const), party, value: phone }) },
    ),
    { minLength: 4, maxLength: 12 },
  ),
  ending: fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }),
})

type Doc = Record<string, any>

const toDoc = ({ mail, ...scalars }: Shown): Doc => ({ givenName: 'Mira', familyName: 'Aldenhoven', ...scalars, ...(mail && { contactMedium: mail.map(emailAddress => ({ mediumType: 'email', characteristic: { emailAddress } })) }) })
const fromDoc = (doc: Doc): Shown => {
  const found: Doc = {}
  for (const name of SCALARS) if (doc[name] !== undefined) found[name] = doc[name]
  if (doc['contactMedium'] !== undefined) found['mail'] = doc['contactMedium'].map((medium: Doc) => medium['characteristic'].emailAddress)
  return found
}

/** Which elements a list has: their order says nothing. */
const sorted = (shown: Shown): Shown => ({ ...shown, ...(shown.mail && { mail: shown.mail.toSorted() }) })

let brands = 0

type Server = Pick<TestApp, 'app' | 'services' | 'database'>

/** One sequence under way. */
interface Run {
  server: Server
  context: Context
  model: Model
  ids: string[]
  records: (string | undefined)[]
  /** Of verifications, in seconds: one after the other. */
  second: number
}

const EPOCH = Date.parse('2026-01-01T00:00:00Z')
const at = (second: number): Date => new Date(EPOCH + second * 1000)

/** Words are told apart by when they were said, in milliseconds: two in the same one would be decided by their names. */
const aMomentLater = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 3))

const put = async ({ server, context }: Run, source: string, record: string, doc: Doc): Promise<Doc> => {
  const answer = await server.app.inject({ method: 'PUT', url: `/tandem/v1/external/${source}/individual/${record}`, headers: { 'x-tandem-brand': context.brand }, payload: doc })
  if (answer.statusCode >= 300) throw new Error(`the import answered ${answer.statusCode}: ${answer.body}`)
  return answer.json()
}

/** As the reaction does after each write. */
const follow = async ({ server: { services }, context }: Run, id: string): Promise<void> => {
  await services.database.transaction(tx => followParty({ tx, context, deps: services }, 'individual', id, undefined))
}

/** A change by a client: a merge patch of what is shown. */
const change = async (run: Run, id: string, doc: Doc): Promise<void> => {
  const { services } = run.server
  await services.store.update(run.context, individual, id, before => Object.fromEntries(Object.entries({ ...before, ...doc }).filter(([, value]) => value !== null)) as typeof before)
  await follow(run, id)
}

/** Answer whether there was anything to do. */
const steps: { [K in Step['do']]: (run: Run, step: Extract<Step, { do: K }>, time: number) => Promise<boolean> } = {
  async edit(run, { party, name, value }, time) {
    await change(run, run.ids[party]!, { [name]: value })
    edit(run.model, run.ids[party]!, name, value, time)
    return true
  },
  async mail(run, { party, add, address }, time) {
    const id = run.ids[party]!
    const before = fromDoc((await run.server.services.store.get(run.context, individual, id))!.doc).mail ?? []
    if (before.includes(address) === add) return false
    const after = add ? [...before, address] : before.filter(one => one !== address)
    await change(run, id, { contactMedium: after.length === 0 ? null : toDoc({ mail: after })['contactMedium'] })
    edit(run.model, id, 'mail', after.length === 0 ? null : after, time)
    return true
  },
  async import(run, { party, doc }, time) {
    const { source } = run.model.parties.get(run.ids[party]!)!
    if (source === undefined) return false
    await put(run, source, run.records[party]!, toDoc(doc))
    await follow(run, run.ids[party]!)
    importDoc(run.model, run.ids[party]!, doc, time)
    return true
  },
  async merge(run, { survivor, merged }) {
    const edge: Edge = { id: newId(), survivor: run.ids[survivor]!, merged: run.ids[merged]! }
    if (survivor === merged) return false
    const made = run.server.services.store.create(run.context, partyMerge, { survivor: partyRef('individual', edge.survivor), merged: partyRef('individual', edge.merged) }, { id: edge.id })
    if (merge(run.model, edge)) await made
    else await assert.rejects(made, { code: 'alreadyOne' })
    return true
  },
  async undo(run, { which }) {
    const edge = run.model.edges[which % Math.max(1, run.model.edges.length)]
    if (!edge) return false
    const { services } = run.server
    await services.database.transaction(tx => undoMerge({ tx, context: run.context, deps: services }, edge.id, undefined))
    undo(run.model, edge)
    return true
  },
  async verify(run, { party, value }) {
    const { services } = run.server
    const id = run.ids[party]!
    const time = ++run.second
    const { brand } = run.context
    const linked = await services.database.transaction(async tx => {
      const known = (await identifiersOfParties(tx, brand, [id], at(time))).find(one => one.type === 'phone' && one.value === value)
      const row = known?.id ?? newId()
      if (!known) await insertIdentifiers(tx, brand, [{ ...told(id, value, at(time)), id: row }])
      return await verifyIdentifier({ tx, context: run.context, deps: services }, (await readIdentifier(tx, brand, row))!, { by: 'test', at: at(time), until: null })
    })
    const { into, hold } = verify(run.model, id, value, time)
    assert.equal(linked.merge !== undefined, into !== undefined, `verifying ${value} for ${party} merges`)
    if (into !== undefined) {
      hold!.led = linked.merge!
      merge(run.model, { id: linked.merge!, survivor: into, merged: id })
    }
    return true
  },
  /** Merges and nothing else, taken back in any order: everything that can be read is as it was. */
  async thereAndBack(run, { merges, order }, time) {
    const known = new Set(run.model.edges)
    const before = await everything(run)
    for (const { survivor, merged } of merges) await steps.merge(run, { do: 'merge', survivor, merged }, time)
    const made = (): Edge[] => run.model.edges.filter(edge => !known.has(edge))
    if (made().length === 0) return false
    await compare(run)
    assert.notDeepEqual(await everything(run), before, 'a merge shows')
    for (const which of order) {
      const left = made()
      if (left.length > 0) await steps.undo(run, { do: 'undo', which: run.model.edges.indexOf(left[which % left.length]!) }, time)
    }
    assert.deepEqual(await everything(run), before, 'merged and taken back')
    return true
  },
  /** The same for a merge that a verification leads to. */
  async provedAndBack(run, { party, value }, time) {
    const { services } = run.server
    const id = run.ids[party]!
    await services.database.transaction(async tx => {
      const known = (await identifiersOfParties(tx, run.context.brand, [id], at(run.second))).some(one => one.type === 'phone' && one.value === value)
      if (!known) await insertIdentifiers(tx, run.context.brand, [told(id, value, at(run.second))])
    })
    const before = await everything(run)
    const edges = run.model.edges.length
    await steps.verify(run, { do: 'verify', party, value }, time)
    if (run.model.edges.length === edges) return true
    await compare(run)
    await steps.undo(run, { do: 'undo', which: edges }, time)
    assert.deepEqual(await everything(run), before, 'verified, merged and taken back')
    return true
  },
}

const told = (partyId: string, value: string, since: Date): NewIdentifier => ({ id: newId(), partyId, party: 'individual', type: 'phone', scope: '', value, raw: value, source: 'test', origin: 'operation', confidence: 0.5, verified: false, verifiedAt: null, verifiedBy: null, since, until: null })

/** Without what goes on by itself: time, and revisions, which never go back. The members of an object and of a joined list have no order, so what is told of each has none. */
const lasting = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, one: unknown) => (name === 'ageSeconds' || name === 'revision' ? undefined : Array.isArray(one) ? one.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : one)))

/** All that is told of every party: the whole view, whose word each attribute is, and each identifier with its whole history. */
const everything = async ({ server, context, ids }: Run): Promise<unknown[]> => {
  const read = async (url: string): Promise<unknown> => {
    const answer = await server.app.inject({ url, headers: { 'x-tandem-brand': context.brand } })
    assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`)
    return lasting(answer.json())
  }
  return await Promise.all(ids.flatMap(id => [`/tandem/v1/customer360/${id}`, `/tandem/v1/provenance/individual/${id}`, `/tandem/v1/partyIdentifier?party=${id}&ended=true`, `/tmf-api/party/v4/individual/${id}`].map(read)))
}

/** The database says what the model says: who is one with whom, what everybody shows and why, and whose each verified value is. */
const compare = async ({ server: { database }, context: { brand }, model, ids }: Run): Promise<void> => {
  const [state] = await database.query<{ clusters: [string, string][]; docs: Doc[]; holds: { party: string; value: string; from: string; until: string | null; cluster: string }[] }>(
    {
      name: 'sequence-state',
      text: `SELECT (SELECT coalesce(jsonb_agg(jsonb_build_array(party_id, cluster_id)), '[]') FROM party_cluster WHERE brand = $1) AS clusters,
        (SELECT jsonb_agg(doc::jsonb) FROM individual WHERE brand = $1) AS docs,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('party', party_id, 'value', value, 'from', verified_at, 'until', until, 'cluster', cluster_id)), '[]') FROM party_identifier WHERE brand = $1 AND verified) AS holds`,
    },
    [brand],
  )
  const expected = groups(model).filter(group => group.length > 1).flatMap(group => group.map(id => [id, group[0]!]))
  assert.deepEqual(state!.clusters.sort(), expected.sort())
  const docs = new Map(state!.docs.map(doc => [doc['id'] as string, doc]))
  const sources = await readSources(database, brand, 'individual', ids)
  for (const id of ids) {
    const group = groupOf(model, id)
    assert.deepEqual(sorted(fromDoc(docs.get(id)!)), sorted(shownBy(model, id)), `what ${ids.indexOf(id)} shows`)
    assert.equal(docs.get(id)!['mergedInto']?.id, group[0] === id ? undefined : group[0])
    // Provenance explains what is shown, wherever there is more than the document itself.
    const said = sources.filter(row => row.resourceId === id || (group[0] === id && group.includes(row.resourceId)))
    if (said.length > 0) assert.deepEqual(sorted(fromDoc(survive(said, [], individual.provenance?.join).attributes as Doc)), sorted(fromDoc(docs.get(id)!)), `why ${ids.indexOf(id)} shows it`)
  }

  const holds = state!.holds.map(hold => ({ ...hold, from: new Date(hold.from), until: hold.until === null ? null : new Date(hold.until) }))
  const spans = (list: readonly { party: string; value: string; from: unknown; until: unknown }[]): string[] => list.map(one => JSON.stringify([one.party, one.value, one.from, one.until])).sort()
  assert.deepEqual(spans(holds), spans(model.holds.map(hold => ({ ...hold, from: at(hold.from), until: hold.until === undefined ? null : at(hold.until) }))))
  for (const one of holds) {
    assert.equal(one.cluster, groupOf(model, one.party)[0])
    for (const other of holds) {
      const meet = one.value === other.value && one.cluster !== other.cluster && one.from < (other.until ?? at(1e6)) && other.from < (one.until ?? at(1e6)) && (one.until === null || one.until > one.from) && (other.until === null || other.until > other.from)
      assert.equal(meet, false, `${one.value} belongs to two`)
    }
  }
}

/** Carries a sequence out. Throws where the product and the model part. Answers how many steps had something to do. */
export const play = async (server: Server, sequence: Sequence): Promise<number> => {
  const run: Run = { server, context: systemContext(`b${process.pid}-${++brands}`, 'sequence'), model: newModel(), ids: [], records: [], second: 0 }
  let [time, taken] = [0, 0]
  for (const { source, doc } of sequence.parties) {
    const record = newId()
    const made = source === undefined ? (await server.services.store.create(run.context, individual, toDoc(doc))).doc : await put(run, source, record, toDoc(doc))
    run.ids.push(made.id)
    run.records.push(source && record)
    addParty(run.model, made.id, doc, ++time, source)
    await follow(run, made.id)
    await aMomentLater()
  }
  const ending: Step[] = sequence.ending.map(which => ({ do: 'undo', which }))
  for (const step of [...sequence.steps, ...ending]) {
    if (!(await steps[step.do](run, step as never, ++time))) continue
    taken++
    if (step.do === 'edit' || step.do === 'mail' || step.do === 'import') await aMomentLater()
    await compare(run)
  }
  // With no merge left everybody is alone, as if there had never been one, but for what happened since.
  assert.deepEqual(run.model.edges, [])
  return taken
}
