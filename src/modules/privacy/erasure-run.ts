/**
 * Carries out erasures in bounded transactions: rows first, parties last, then what modules hold beside resources. What was done is marked in
 * the transaction that did it, so that a process that dies leaves the rest to the next one.
 */
import { Type } from 'typebox'
import type { Transaction } from '../../platform/database/sql.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import { forgetAsked } from '../../tmf/audit/forget.ts'
import { eraseCopies } from '../../tmf/events/erase.ts'
import { defineJob } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { eraseRows, redactRows } from '../../tmf/write/erase.ts'
import { planErasure } from './erasure-plan.ts'
import { addItems, claimErasure, closePlan, completeErasure, finishItems, holdErasure, itemKeys, nextItems, openPlans, releaseErasure, waitingErasures, type ErasureRow, type ItemRow } from './erasure-store.ts'
import { holdingsOf, runHolding } from './held.ts'
import { keepTombstones } from './tombstones.ts'
import { finder, scrubber, type Marks } from './marks.ts'
import { recordPrivacy } from './privacy-record.ts'
import { mentionRedaction, redactionOf } from './redaction.ts'

const BATCH = 50
const MOST_ATTEMPTS = 8
/** Work in hand may still write while a person is forgotten; it is looked for again, but not for ever. */
const MOST_ROUNDS = 5
const DAY_MS = 86_400_000
/** Stands for all that a holding beside resources has on the person. */
const WHOLE = '*'
const NO_MARKS: Marks = { strong: [], names: [] }

/** Another process has the erasure: this one stops without a word. */
class TakenOver extends Error {}

interface Work {
  deps: Services
  row: ErasureRow
  context: Context
}

/** Deals with items of one resource and action. */
export const applyItems = async (deps: Services, tx: Transaction, context: Context, items: readonly ItemRow[], subjects: readonly string[], marks: Marks): Promise<void> => {
  const [first] = items
  const resource = first && deps.parts.resources.find(one => one.name === first.resource)
  // A module that was switched off meanwhile: its rows cannot be reached as resources, and are found again when it is back.
  if (!first || !resource) return
  const ids = items.map(item => item.item_id)
  const work = { tx, context, now: deps.clock.now() }
  switch (first.action) {
    case 'erase':
      await eraseRows(work, resource, ids)
      break
    case 'redact':
      await redactRows(work, resource, ids, redactionOf(resource, holdingsOf(deps).byResource.get(resource.name), marks))
      break
    case 'mention':
      await redactRows(work, resource, ids, mentionRedaction(resource, subjects, marks))
      break
    case 'keep':
      // Law wants the record itself, not the copies of it on the way to others.
      await eraseCopies(tx, context.brand, resource, ids, redactionOf(resource, holdingsOf(deps).byResource.get(resource.name), marks))
  }
}

const inTurn = async <T>({ deps, row }: Work, step: (tx: Transaction) => Promise<T>): Promise<T> =>
  deps.database.transaction(async tx => {
    if (!(await holdErasure(tx, row))) throw new TakenOver()
    return step(tx)
  })

const eraseItems = async (work: Work): Promise<void> => {
  const { deps, row, context } = work
  for (let more = true; more; ) {
    more = await inTurn(work, async tx => {
      const items = await nextItems(tx, row.brand, row.id, row.subjects.subjects, BATCH)
      if (items.length === 0) return false
      await applyItems(deps, tx, context, items, row.subjects.subjects, row.marks ?? NO_MARKS)
      await finishItems(tx, row.brand, row.id, items)
      return true
    })
  }
}

const eraseState = async (work: Work): Promise<void> => {
  const { deps, row } = work
  const keys = await itemKeys(deps.database, row.brand, row.id, ['erase', 'redact'])
  for (const { eraseSql, onErasure } of holdingsOf(deps).state) {
    if (eraseSql === undefined || onErasure === 'keep') continue
    await inTurn(work, async tx => {
      await runHolding(tx, eraseSql, row.brand, row.subjects.subjects, keys, undefined, row.marks?.identifiers)
    })
  }
}

/** Questions that named the person and found nobody, or somebody else, are in the audit by their words alone. */
const eraseQuestions = async (work: Work): Promise<void> => {
  const { row } = work
  const marks = row.marks ?? NO_MARKS
  const telling = { tells: finder(marks), ids: marks.identifiers ?? [], keys: new Set(marks.keys ?? []), stay: new Set(row.subjects.subjects) }
  for (let after: string | undefined = '0'; after !== undefined; ) {
    const from: string = after
    after = await inTurn(work, tx => forgetAsked(tx, row.brand, from, telling))
  }
}

const carryOut = async (work: Work): Promise<void> => {
  const { deps, row, context } = work
  await inTurn(work, tx => keepTombstones(deps, tx, row))
  for (let round = 0; round < MOST_ROUNDS; round++) {
    await eraseItems(work)
    const again = await planErasure(deps, deps.database, row.brand, row.subjects.parties, row.subjects.subjects)
    // Another's record no longer names the person but by id: it need not be looked at twice.
    if ((await inTurn(work, tx => addItems(tx, row.brand, row.id, again.items))) === 0) break
    await inTurn(work, tx => keepTombstones(deps, tx, row))
  }
  await eraseState(work)
  await eraseQuestions(work)
  const at = deps.clock.now()
  const kept = holdingsOf(deps).state.flatMap(({ name, onErasure, days, eraseSql }) =>
    onErasure !== 'keep' || days === undefined || eraseSql === undefined ? [] : [{ resource: name, id: WHOLE, action: 'keep' as const, keptUntil: new Date(at.getTime() + days * DAY_MS) }],
  )
  const scrub = scrubber(row.marks ?? NO_MARKS)
  const { reason } = scrub({ reason: row.reason }) as { reason: string }
  await deps.database.transaction(async tx => {
    await addItems(tx, row.brand, row.id, kept)
    await finishItems(tx, row.brand, row.id, kept.map(item => ({ resource: item.resource, item_id: item.id, action: item.action })))
    for (const open of await openPlans(tx, row)) await closePlan(tx, row.brand, open.id, (scrub({ reason: open.reason }) as { reason: string }).reason)
    if (await completeErasure(tx, row, at, reason)) await recordPrivacy(tx, context, at, { operation: 'erasure.complete', partyId: row.party_id, subjectId: row.id, detail: { kept: row.plan.filter(one => one.action === 'keep').map(one => one.name) } })
  })
}

export const runErasure = async (deps: Services, brand: string, id: string): Promise<void> => {
  const row = await claimErasure(deps.database, brand, id)
  if (!row) return
  try {
    await carryOut({ deps, row, context: systemContext(brand, row.correlation_id) })
  } catch (error) {
    if (error instanceof TakenOver) return
    // The message may repeat a value; the name and the code say what went wrong.
    const code = (error as { code?: unknown }).code
    deps.log.warn({ error: (error as Error).name, code, erasure: id }, 'an erasure did not succeed')
    await releaseErasure(deps.database, row, MOST_ATTEMPTS, `${(error as Error).name}${typeof code === 'string' ? ` ${code}` : ''}`)
  }
}

export const erasureJob = defineJob({
  name: 'privacy.erase',
  schema: Type.Object({ brand: Type.String(), id: Type.String() }),
  run: ({ brand, id }, deps) => runErasure(deps, brand, id),
  retry: { attempts: 3, backoffMs: 1_000 },
  concurrency: 1,
})

export const erasureSweepJob = defineJob({
  name: 'privacy.erase-sweep',
  schema: Type.Object({}),
  run: async (_data, deps) => {
    for (const { brand, id } of await waitingErasures(deps.database, 20)) await runErasure(deps, brand, id)
  },
  retry: { attempts: 1, backoffMs: 1_000 },
  concurrency: 1,
  every: { intervalMs: 2_000, data: {} },
})
