/** The technical rules as an objection to lines: what is known of the service, its place and what lives there already, put before each rule. */
import { greatCircleDistance } from 'h3-js'
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { getAddress } from './address-store.ts'
import type { PlaceQuery } from './place.ts'
import { isAbout, objection, rulesOf } from './qualification-rule.ts'
import type { Coverage, Reason, Requirement } from './qualification.ts'

type Deps = Pick<Services, 'store' | 'database'>

/** A service that is asked for, as rules see it. */
export interface RuledService {
  specificationId?: string
  categoryId?: string
  characteristics: Readonly<Record<string, unknown>>
}

const LIVING = ['active', 'suspended', 'pendingActive']
const MOST_PRODUCTS = 50

interface ProductDocument {
  status?: string
  productOffering?: { id?: string }
  productSpecification?: { id?: string }
  productCharacteristic?: readonly { name: string; value: unknown }[]
  relatedParty?: readonly { id?: string }[]
}

/** Products as rules see them; whose they are is not told. */
export const ruledProducts = (docs: readonly ProductDocument[]): Record<string, unknown>[] =>
  docs.map(doc => ({
    status: (doc.status ?? '').trim(),
    offering: doc.productOffering?.id ?? '',
    specification: doc.productSpecification?.id ?? '',
    characteristic: Object.fromEntries((doc.productCharacteristic ?? []).map(one => [one.name, one.value])),
  }))

/** What lives at an address, whoever has it. Nothing where no module keeps products. */
const productsAt = async (deps: Deps, brand: string, addressId: string | undefined): Promise<Record<string, unknown>[]> => {
  const product = deps.store.resource('product')
  if (addressId === undefined || product === undefined) return []
  const found = await deps.store.find(systemContext(brand, 'qualification-rules'), product, { where: [{ path: 'place.id', value: addressId }, { path: 'status', value: LIVING }], limit: MOST_PRODUCTS })
  return ruledProducts(found.map(one => one.doc as ProductDocument))
}

const lineOf = (row: Coverage): Record<string, unknown> => ({
  technology: row.technology, provider: row.provider, download: row.maxDownload ?? 0, upload: row.maxUpload ?? 0,
  latencyClass: row.latencyClass, marketSegment: row.marketSegment, capacity: row.capacity ?? -1,
})

/** What the rules say of a line; undefined where no rule is about the service. Reads only what the rules ask for. */
export const technicalObjections = async (deps: Deps, context: Context, service: RuledService, place: PlaceQuery | undefined, need: Requirement, at: Date): Promise<((row: Coverage) => Reason[]) | undefined> => {
  const rules = (await rulesOf(deps, context.brand, 'technical', at)).filter(rule =>
    isAbout(rule, { serviceSpecification: service.specificationId === undefined ? [] : [service.specificationId], category: service.categoryId === undefined ? [] : [service.categoryId] }),
  )
  if (rules.length === 0) return undefined
  const asks = (name: string): boolean => rules.some(({ rule }) => rule.expression.includes(name))
  const address = place?.addressId === undefined ? undefined : await getAddress(deps.database, context.brand, place.addressId)
  const point = place?.point ?? (address?.latitude === undefined || address.longitude === undefined ? undefined : { latitude: address.latitude, longitude: address.longitude })
  const facts = {
    need: { technology: need.technologies ?? [], provider: need.providers ?? [], download: need.download ?? 0, upload: need.upload ?? 0, latencyClass: need.latencyClass ?? '', marketSegment: need.marketSegment ?? '' },
    service: { specification: service.specificationId ?? '', category: service.categoryId ?? '', characteristic: service.characteristics },
    place: { address: place?.addressId ?? '', postcode: address?.postcode ?? place?.address?.postcode ?? '' },
    product: asks('product') ? await productsAt(deps, context.brand, place?.addressId) : [],
    channel: context.channel,
    now: at,
  }
  return row =>
    rules.flatMap(rule => {
      const { origin } = rule.doc
      const distance = origin === undefined || point === undefined ? -1 : greatCircleDistance([origin.latitude, origin.longitude], [point.latitude, point.longitude], 'm')
      return objection(rule, { ...facts, line: lineOf(row), distance }) ?? []
    })
}
