/** What prices may want to know of the customer: segments and agreements from the customer (TMF629), products from the inventory (TMF637). Read only when a price or promotion asks. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import type { ExistingProduct } from './price-request.ts'

export interface CustomerFacts {
  segment: readonly string[]
  agreement: readonly string[]
  /** The party that the customer is. */
  party?: string
  product: readonly ExistingProduct[]
}

interface CustomerDoc {
  agreement?: readonly { id: string }[]
  engagedParty?: { id?: string }
  characteristic?: readonly { name: string; value?: unknown }[]
}

interface ProductDoc {
  status?: string
  productOffering?: { id?: string }
  productSpecification?: { id?: string }
}

const LIVING = ['pendingActive', 'active', 'suspended', 'pendingTerminate']
const MOST_PRODUCTS = 500
const SEGMENT = /^(market)?segment$/i

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).filter(one => typeof one === 'string')

export const customerFacts = async (deps: Pick<Services, 'store'>, context: Context, customerId: string, needs: ReadonlySet<'customer' | 'product'>): Promise<CustomerFacts> => {
  const [customer, product] = [deps.store.resource('customer'), deps.store.resource('product')]
  const [one, products] = await Promise.all([
    needs.has('customer') && customer ? deps.store.get(context, customer, customerId) : undefined,
    needs.has('product') && product ? deps.store.find(context, product, { where: [{ path: 'relatedParty.id', value: customerId }, { path: 'status', value: LIVING }], limit: MOST_PRODUCTS }) : [],
  ])
  const doc = (one?.doc ?? {}) as CustomerDoc
  return {
    segment: (doc.characteristic ?? []).filter(of => SEGMENT.test(of.name)).flatMap(of => textsOf(of.value)),
    agreement: (doc.agreement ?? []).map(of => of.id),
    ...(doc.engagedParty?.id !== undefined && { party: doc.engagedParty.id }),
    product: products.map(of => {
      const { status, productOffering, productSpecification } = of.doc as ProductDoc
      return { ...(status !== undefined && { status }), ...(productOffering?.id !== undefined && { offeringId: productOffering.id }), ...(productSpecification?.id !== undefined && { specificationId: productSpecification.id }) }
    }),
  }
}
