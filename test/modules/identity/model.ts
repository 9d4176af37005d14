/**
 * What merging means, in a few lines that know no database: parties with what their sources say, merges as edges, and verified values with
 * their spans. The sequences hold the product against it.
 */

/** Shown attributes, one value each; `mail` is a list that is put together element by element. */
export const SCALARS = ['nationality', 'gender', 'maritalStatus'] as const
export type Scalar = (typeof SCALARS)[number]
export type Shown = Partial<Record<Scalar, string>> & { mail?: string[] }

interface Said {
  value: string | null | string[]
  removed: string[]
  time: number
}

interface Party {
  id: string
  /** The system that it came from; undefined for one made here. */
  source: string | undefined
  /** By attribute: what the system says, and what was changed here. */
  theirs: Map<string, Said>
  ours: Map<string, Said>
  /** One that was made here and was never merged: its document is all there is, as of its last change. */
  plain: { doc: Shown; time: number } | undefined
}

interface Hold {
  party: string
  value: string
  from: number
  until: number | undefined
  /** The merge that the verification led to, with which it is taken back. */
  led?: string
}

export interface Edge {
  id: string
  survivor: string
  merged: string
}

export interface Model {
  parties: Map<string, Party>
  edges: Edge[]
  apart: [string, string][]
  holds: Hold[]
}

export const newModel = (): Model => ({ parties: new Map(), edges: [], apart: [], holds: [] })

const entries = (doc: Shown): [string, string | string[]][] => Object.entries(doc).filter(([, value]) => value !== undefined) as [string, string | string[]][]
const saidOf = (doc: Shown, time: number): Map<string, Said> => new Map(entries(doc).map(([name, value]) => [name, { value, removed: [], time }]))

export const addParty = (model: Model, id: string, doc: Shown, time: number, source?: string): void => {
  model.parties.set(id, { id, source, theirs: source === undefined ? new Map() : saidOf(doc, time), ours: new Map(), plain: source === undefined ? { doc, time } : undefined })
}

/** Groups of parties that are one, the one that stands for them first. */
export const groups = (model: Model, edges: readonly Edge[] = model.edges): string[][] => {
  let found = [...model.parties.keys()].map(id => [id])
  for (const { survivor, merged } of edges) {
    const stays = found.find(group => group.includes(survivor))!
    const goes = found.find(group => group.includes(merged))!
    if (stays !== goes) found = [...found.filter(group => group !== stays && group !== goes), [...stays, ...goes]]
  }
  return found
}

export const groupOf = (model: Model, id: string, edges?: readonly Edge[]): string[] => groups(model, edges).find(group => group.includes(id))!

/** What several parties show together: changes made here before what systems say, the newest first. */
const together = (parties: readonly Party[]): Shown => {
  const shown: Shown = {}
  for (const name of [...SCALARS, 'mail'] as const) {
    const said = parties
      .flatMap(party => [
        ...(party.ours.has(name) ? [{ rank: 0, source: 'tandem', party: party.id, ...party.ours.get(name)! }] : []),
        ...(party.theirs.has(name) ? [{ rank: 100, source: party.source!, party: party.id, ...party.theirs.get(name)! }] : []),
      ])
      .sort((a, b) => a.rank - b.rank || b.time - a.time)
    if (said.length === 0) continue
    if (name !== 'mail') {
      if (said[0]!.value !== null) shown[name] = said[0]!.value as string
      continue
    }
    const list: string[] = []
    const gone = new Set<string>()
    for (const { value, removed } of said) {
      for (const one of (value ?? []) as string[]) if (!list.includes(one) && !gone.has(one)) list.push(one)
      for (const one of removed) if (!list.includes(one)) gone.add(one)
    }
    if (list.length > 0) shown.mail = list
  }
  return shown
}

const others = (model: Model, id: string): Party[] => {
  const group = groupOf(model, id)
  return group[0] === id ? group.slice(1).map(one => model.parties.get(one)!) : []
}

export const shownBy = (model: Model, id: string): Shown => {
  const party = model.parties.get(id)!
  return party.plain?.doc ?? together([party, ...others(model, id)])
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** A change made here: what it says anew is the party's own, what it leaves is whose it was. */
export const edit = (model: Model, id: string, name: Scalar | 'mail', value: string | string[] | null, time: number): void => {
  const party = model.parties.get(id)!
  const before = shownBy(model, id)
  if (same(before[name], value)) return
  if (party.plain) {
    const { [name]: _, ...rest } = party.plain.doc
    party.plain = { doc: value === null ? rest : { ...rest, [name]: value }, time }
    return
  }
  const theirs = party.theirs.get(name)?.value ?? null
  if (name !== 'mail') {
    if (same(theirs, value)) party.ours.delete(name)
    else party.ours.set(name, { value, removed: [], time })
    return
  }
  const now = (value ?? []) as string[]
  const own = (party.ours.get(name)?.value ?? []) as string[]
  const ofPeers = together(others(model, id)).mail ?? []
  const kept = now.filter(one => !((theirs ?? []) as string[]).includes(one) && (own.includes(one) || !ofPeers.includes(one)))
  const removed = [...new Set([...(party.ours.get(name)?.removed ?? []), ...(before.mail ?? [])])].filter(one => !now.includes(one))
  if (kept.length === 0 && removed.length === 0) party.ours.delete(name)
  else party.ours.set(name, { value: kept, removed, time })
}

/** The system that a party came from says it anew, as a whole. */
export const importDoc = (model: Model, id: string, doc: Shown, time: number): void => {
  const party = model.parties.get(id)!
  const before = party.theirs
  party.theirs = saidOf(doc, time)
  for (const [name, said] of party.theirs) if (same(before.get(name)?.value, said.value)) party.theirs.set(name, before.get(name)!)
}

/** false: they are one already. */
export const merge = (model: Model, edge: Edge): boolean => {
  if (groupOf(model, edge.survivor).includes(edge.merged)) return false
  for (const id of [edge.survivor, edge.merged]) {
    const party = model.parties.get(id)!
    if (!party.plain) continue
    party.ours = saidOf(party.plain.doc, party.plain.time)
    party.plain = undefined
  }
  model.edges.push(edge)
  return true
}

export const undo = (model: Model, edge: Edge): void => {
  model.edges = model.edges.filter(one => one !== edge)
  model.holds = model.holds.filter(hold => hold.led !== edge.id)
  const here = new Set(groupOf(model, edge.survivor))
  const there = new Set(groupOf(model, edge.merged))
  const of = model.holds.filter(hold => here.has(hold.party) || there.has(hold.party))
  const ends = of.map(hold => Math.min(...of.filter(other => other.value === hold.value && here.has(other.party) !== here.has(hold.party) && other.from > hold.from).map(other => other.from)))
  of.forEach((hold, i) => {
    if (Number.isFinite(ends[i]) && (hold.until === undefined || hold.until > ends[i]!)) hold.until = ends[i]
  })
  // Whom no other system knows, and who is alone, is as before: a document, as of the last change.
  for (const party of model.parties.values()) {
    if (party.source !== undefined || party.plain || groupOf(model, party.id).length > 1) continue
    party.plain = { doc: together([party]), time: Math.max(...[...party.ours.values()].map(said => said.time)) }
    party.ours = new Map()
  }
  model.apart.push([edge.survivor, edge.merged])
}

/** What verifying a value for a party leads to: the party that it is merged into, or nothing. */
export const verify = (model: Model, id: string, value: string, time: number): { into?: string; hold?: Hold } => {
  const group = groupOf(model, id)
  const mine = model.holds.find(hold => hold.party === id && hold.value === value && hold.until === undefined)
  if (mine) {
    if (!model.holds.some(hold => hold.value === value && hold.party !== id && group.includes(hold.party) && hold.from >= mine.from)) return {}
    mine.until = time
    model.holds.push({ party: id, value, from: time, until: undefined })
    return {}
  }
  const elsewhere = model.holds.filter(hold => hold.value === value && hold.until === undefined && !group.includes(hold.party)).sort((a, b) => b.from - a.from)
  const current = elsewhere[0]
  const hold: Hold = { party: id, value, from: time, until: undefined }
  model.holds.push(hold)
  if (!current) return {}
  const there = groupOf(model, current.party)
  if (!model.apart.some(([a, b]) => (group.includes(a) && there.includes(b)) || (group.includes(b) && there.includes(a)))) return { into: current.party, hold }
  for (const hold of elsewhere) hold.until = time
  return {}
}
