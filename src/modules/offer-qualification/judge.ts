/** Can this offering be sold to this customer here? The commercial reasons, then those of the lines that it needs. */
import { configure, isSellable, type LoadedOffering } from '../catalog/index.ts'
import type { ProductDoc } from '../inventory/index.ts'
import { areasAt, areasOf } from '../place/index.ts'
import { isAbout, objection, ruledProducts, type Survey, type Verdict } from '../serviceability/index.ts'
import { marketReasons } from './market.ts'
import { salesReasons } from './sales-reasons.ts'
import type { Setting } from './setting.ts'

export interface Reason {
  code: string
  label: string
}

/** What is asked about one offering. */
export interface Wanted {
  action: 'add' | 'modify' | 'delete' | 'noChange'
  productId?: string
  characteristics: readonly { name: string; value?: unknown }[]
  place: Readonly<Record<string, unknown>> | undefined
  /** Offerings of the other items that are bought with it. */
  others: readonly LoadedOffering[]
}

export interface Judgement {
  /** Why it is not sold, whatever the place. */
  commercial: Reason[]
  /** Why it cannot be delivered. */
  technical: Reason[]
  /** When it can be delivered as it is, where that is later. */
  availableFrom: Date | undefined
  expirationDate: Date | undefined
}

const nameOf = (offering: LoadedOffering): string => offering.doc.name ?? offering.pin.id

const relates = (offering: LoadedOffering, type: RegExp, now: Date): { id: string; name: string }[] =>
  (offering.doc.productOfferingRelationship ?? []).flatMap(one => {
    const { startDateTime, endDateTime } = one.validFor ?? {}
    const holds = (startDateTime === undefined || new Date(startDateTime) <= now) && (endDateTime === undefined || now < new Date(endDateTime))
    return one.id !== undefined && holds && type.test(one.relationshipType ?? '') ? [{ id: one.id, name: one.name ?? one.id }] : []
  })

/** The offering and all inside it. */
const idsWithin = (offering: LoadedOffering): string[] => [offering.pin.id, ...offering.children.flatMap(child => (child.lower > 0 ? idsWithin(child.offering) : []))]

const REQUIRES = /^(requires|dependsOn|prerequisite)/i
const EXCLUDES = /^(excludes|incompatible)/i

/** What the catalog says of it beside others: those that the customer has, and those that come with it. */
const compatibility = (offering: LoadedOffering, wanted: Wanted, { products, productOfferings, now }: Setting): Reason[] => {
  const had = products.filter(one => one.id !== wanted.productId)
  const present = new Set([...had.flatMap(one => one.productOffering?.id ?? []), ...wanted.others.flatMap(idsWithin), ...idsWithin(offering).slice(1)])
  const reasons: Reason[] = relates(offering, REQUIRES, now).filter(other => !present.has(other.id)).map(other => ({ code: 'requiresOffering', label: `${nameOf(offering)} needs ${other.name}` }))
  for (const other of relates(offering, EXCLUDES, now)) if (present.has(other.id)) reasons.push({ code: 'excludedByOffering', label: `${nameOf(offering)} cannot be had together with ${other.name}` })
  const beside = [...wanted.others, ...[...productOfferings.values()].filter(other => had.some(one => one.productOffering?.id === other.pin.id))]
  for (const other of beside) if (other.pin.id !== offering.pin.id && relates(other, EXCLUDES, now).some(one => one.id === offering.pin.id)) reasons.push({ code: 'excludedByOffering', label: `${nameOf(other)} cannot be had together with ${nameOf(offering)}` })
  return [...new Map(reasons.map(reason => [reason.label, reason])).values()]
}

/** The areas of the place, for an offering that is sold in certain ones. */
const areasAround = async ({ doc }: LoadedOffering, place: Wanted['place'], { deps, context }: Setting): Promise<readonly string[] | undefined> => {
  if (place === undefined || (doc.place ?? []).length === 0) return place === undefined ? undefined : []
  return typeof place['id'] === 'string' ? (await areasAt(deps, context, place['id'])).within : areasOf(place)
}

const samePlace = (one: ProductDoc, place: Wanted['place']): boolean => typeof place?.['id'] === 'string' && (one.place ?? []).some(other => other.id === place['id'])

/** The product that an item is about: one of the customer's, where it is said who that is. */
export const productOf = (id: string, { products, named, party }: Setting): ProductDoc | undefined => products.find(one => one.id === id) ?? (party === undefined ? named.get(id) : undefined)

export const unknownProduct = (id: string, { party }: Setting): Reason => ({ code: 'productUnknown', label: party === undefined ? `Product ${id.slice(0, 80)} does not exist` : 'The product is not one that the customer has' })

/** A product that is changed must be there, and be the customer's; a line that the customer has at the place is not bought again. */
const existing = (offering: LoadedOffering, wanted: Wanted, needsLine: boolean, setting: Setting): Reason[] => {
  if (wanted.action !== 'add') {
    if (wanted.productId === undefined) return [{ code: 'productMissing', label: `action ${wanted.action} must name the product that it is about` }]
    const held = productOf(wanted.productId, setting)
    if (held === undefined) return [unknownProduct(wanted.productId, setting)]
    return ['active', 'suspended'].includes(held.status ?? '') ? [] : [{ code: 'productState', label: `The product is ${held.status ?? ''}` }]
  }
  const { products } = setting
  const specification = offering.specification?.pin.id
  const has = needsLine && products.some(one => samePlace(one, wanted.place) && (one.productOffering?.id === offering.pin.id || (specification !== undefined && one.productSpecification?.id === specification)))
  return has ? [{ code: 'existingContract', label: `The customer has such a line at this place already: change it instead of buying another` }] : []
}

export interface LinePart {
  offering: LoadedOffering
  serviceSpecificationId: string
}

/** The parts that need a line: of what is sold and always comes with it. */
export const lineParts = async (offering: LoadedOffering, needsLine: Setting['needsLine']): Promise<LinePart[]> => {
  const ids = (offering.specification?.doc.serviceSpecification ?? []).map(one => one.id)
  const own = (await needsLine(ids)).map(serviceSpecificationId => ({ offering, serviceSpecificationId }))
  const inside = await Promise.all(offering.children.filter(child => child.lower > 0 || child.preset > 0).map(child => lineParts(child.offering, needsLine)))
  return [...own, ...inside.flat()]
}

/** The values that the offering gives its product: what a line has to carry. */
export const valuesOf = (offering: LoadedOffering, chosen: Wanted['characteristics']): { name: string; value: unknown }[] => {
  const given = chosen.filter(one => one.value !== undefined).map(one => ({ name: one.name, value: one.value }))
  const whole = configure(offering, given as Parameters<typeof configure>[1]).characteristics
  return whole.length > 0 ? whole.map(one => ({ name: one.name, value: one.value })) : given
}

const asked = async (survey: Survey, part: LinePart, wanted: Wanted, segment: string): Promise<Verdict & { expirationDate: Date }> =>
  await survey.ask({
    characteristics: valuesOf(part.offering, wanted.characteristics),
    serviceSpecificationId: part.serviceSpecificationId,
    ...((segment === 'business' || segment === 'residential') && { requirement: { marketSegment: segment } }),
  })

export const judge = async (offering: LoadedOffering, wanted: Wanted, setting: Setting): Promise<Judgement> => {
  const { now, channel, party, rules } = setting
  const parts = wanted.action === 'add' || wanted.action === 'modify' ? await lineParts(offering, setting.needsLine) : []
  const commercial: Reason[] = [...existing(offering, wanted, parts.length > 0, setting)]
  if (wanted.action === 'add' || wanted.action === 'modify') {
    commercial.push(...isSellable(offering, now).map(({ code, message }) => ({ code, label: message })))
    if (setting.isChannelUnknown) commercial.push({ code: 'channelUnknown', label: `Nobody sells through a channel ${channel.slice(0, 80)}` })
    const market = { channel: setting.isChannelUnknown ? [] : [channel], segment: party?.segment ?? '', within: await areasAround(offering, wanted.place, setting) }
    const against = marketReasons(offering, market).filter(one => !(setting.isChannelUnknown && one.code === 'channelNotAllowed'))
    commercial.push(...against.map(({ code, message }) => ({ code, label: message })))
    commercial.push(...compatibility(offering, wanted, setting))
  }
  const verdicts = parts.length > 0 && wanted.place !== undefined ? await Promise.all(parts.map(async part => asked(await setting.surveyOf(wanted.place ?? {}), part, wanted, party?.segment ?? ''))) : []
  const facts = {
    customer: { id: party?.id ?? '', name: party?.name ?? '', status: party?.status ?? '', kind: party?.kind ?? '', segment: party?.segment ?? '', characteristic: party?.characteristic ?? {} },
    offering: { id: offering.pin.id, name: offering.doc.name ?? '', category: (offering.doc.category ?? []).map(one => one.id), characteristic: Object.fromEntries(valuesOf(offering, []).map(one => [one.name, one.value])) },
    item: { action: wanted.action, characteristic: Object.fromEntries(wanted.characteristics.map(one => [one.name, one.value ?? null])) },
    product: ruledProducts(setting.products),
    cart: wanted.others.map(other => ({ offering: other.pin.id, category: (other.doc.category ?? []).map(one => one.id) })),
    place: { given: wanted.place !== undefined, id: typeof wanted.place?.['id'] === 'string' ? wanted.place['id'] : '', technology: verdicts.flatMap(verdict => verdict.lines[0]?.technology ?? []) },
    channel,
    now,
  }
  const about = { productOffering: offering.pin.id, category: (offering.doc.category ?? []).flatMap(one => one.id ?? []), serviceSpecification: (offering.specification?.doc.serviceSpecification ?? []).map(one => one.id) }
  for (const rule of rules) {
    const against = isAbout(rule, about) ? objection(rule, facts) : undefined
    if (against !== undefined) commercial.push(against)
  }
  commercial.push(...(await salesReasons(offering, wanted, setting)))
  const technical: Reason[] = parts.length > 0 && wanted.place === undefined ? [{ code: 'placeMissing', label: `${nameOf(offering)} needs a line: say where` }] : []
  const refused = verdicts.filter(verdict => verdict.result !== 'qualified')
  technical.push(...new Map(refused.flatMap(verdict => verdict.reasons).map(reason => [reason.code, { code: reason.code, label: reason.label }])).values())
  // Later as it is: every line that is not there now has a start with nothing missing.
  const starts = refused.map(verdict => verdict.proposals.find(proposal => proposal.misses.length === 0 && proposal.availableFrom !== undefined)?.availableFrom)
  const later = refused.length > 0 && starts.every(start => start !== undefined) ? starts.reduce<Date | undefined>((last, start) => (last === undefined || (start !== undefined && start > last) ? start : last), undefined) : undefined
  const expiries = verdicts.map(verdict => verdict.expirationDate.getTime())
  return { commercial, technical, availableFrom: later, expirationDate: expiries.length > 0 ? new Date(Math.min(...expiries)) : undefined }
}
