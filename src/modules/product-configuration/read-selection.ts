/** From a TMF760 task to a selection for the configurator, and its answer in it. */
import type { Context } from '../../platform/principal.ts'
import { fault, type Fault } from '../../platform/errors.ts'
import type { Services } from '../../tmf/services.ts'
import { configureSelection, loadOfferings, type ChosenValue, type Finding, type LoadedOffering, type SelectedItem, type SelectionAnswer } from '../catalog/index.ts'
import { loadProducts, product } from '../inventory/index.ts'
import type { ProductConfiguration } from './configuration-types.ts'

export interface Asked {
  relatedParty?: readonly { role?: string; partyOrPartyRole?: { id?: string; '@referredType'?: string } }[]
  channel?: { id?: string; name?: string }
}

const CUSTOMER = ['customer', 'buyer', 'owner', 'prospect', 'user']
const LIVING = ['created', 'pendingActive', 'active', 'suspended']
const MOST_PRODUCTS = 500

/** Who would buy, as the task names it. */
export const customerRefIn = (asked: Asked): { id: string; '@referredType'?: string } | undefined => {
  const { id, '@referredType': type } = asked.relatedParty?.find(one => CUSTOMER.includes((one.role ?? '').toLowerCase()))?.partyOrPartyRole ?? {}
  return id === undefined ? undefined : { id, ...(type !== undefined && type !== 'Party' && type !== 'PartyRole' && { '@referredType': type }) }
}

export const customerIn = (asked: Asked): string | undefined => customerRefIn(asked)?.id

/** A value with the attributes of the task that say it. */
interface TaskValue extends ChosenValue {
  attribute: Record<'name' | 'value', string>
}

const chosenIn = (configuration: ProductConfiguration, path: string): TaskValue[] => {
  const configured = (configuration.configurationCharacteristic ?? []).flatMap(({ name, configurationCharacteristicValue }, index) =>
    (configurationCharacteristicValue ?? []).flatMap((one, nth): TaskValue[] => {
      const value = one.characteristicValue?.value
      const own = `${path}.configurationCharacteristic[${index}]`
      return name === undefined || one.isSelected === false || value === undefined ? [] : [{ name, value, attribute: { name: `${own}.name`, value: `${own}.configurationCharacteristicValue[${nth}].characteristicValue.value` } }]
    }),
  )
  const named = new Set(configured.map(one => one.name))
  const given = (configuration.product?.productCharacteristic ?? []).flatMap(({ name, value }, index): TaskValue[] => {
    const own = `${path}.product.productCharacteristic[${index}]`
    return name === undefined || named.has(name) ? [] : [{ name, value, attribute: { name: `${own}.name`, value: `${own}.value` } }]
  })
  return [...configured, ...given]
}

/** An item as a task has it: of a product that is there, which one. */
export interface TaskItem extends SelectedItem {
  characteristic: readonly TaskValue[]
  productId?: string
}

/** The attribute of the task that a finding is about, where it is about a value. */
export const attributeOf = ({ itemId, value }: Finding, items: readonly TaskItem[]): string | undefined => value && items.find(one => one.id === itemId)?.characteristic[value.at]?.attribute[value.part]

/** The selected items of a configuration with its parts. Their ids are paths: `1`, `1/router`. */
export const itemsIn = (configuration: ProductConfiguration, at: string, path: string, faults: Fault[], parent?: TaskItem, into: TaskItem[] = []): TaskItem[] => {
  if (configuration.isSelected === false) return into
  const offeringId = configuration.productOffering?.id
  if (offeringId === undefined) {
    faults.push(fault(`${path}.productOffering`, 'must name the offering'))
    return into
  }
  const { quantity = 1 } = configuration
  if (!Number.isInteger(quantity) || quantity < 0 || quantity > 10_000) faults.push(fault(`${path}.quantity`, 'must be a whole number from 0 to 10000', quantity))
  if (quantity === 0) return into
  let id = at
  while (into.some(one => one.id === id)) id = `${id}+`
  const productId = configuration.product?.id
  const item: TaskItem = { id, offeringId, quantity, characteristic: chosenIn(configuration, path), ...(productId !== undefined && { productId }), ...(parent && { partOf: parent.id }) }
  into.push(item)
  configuration.productConfiguration?.forEach((part, index) => itemsIn(part, `${id}/${part.id ?? part.productOffering?.id ?? index}`, `${path}.productConfiguration[${index}]`, faults, item, into))
  return into
}

const all = (offerings: Iterable<LoadedOffering>, into: Map<string, LoadedOffering>): Map<string, LoadedOffering> => {
  for (const one of offerings) {
    if (into.has(one.pin.id)) continue
    into.set(one.pin.id, one)
    all(one.children.map(child => child.offering), into)
  }
  return into
}

/** The items with the names that their products have already: what came with one from a stack may stay. */
export const withNamesHad = async (deps: Services, context: Context, items: readonly TaskItem[]): Promise<TaskItem[]> => {
  const ids = items.flatMap(one => (one.productId !== undefined && one.characteristic.length > 0 ? [one.productId] : []))
  if (ids.length === 0) return [...items]
  const products = await loadProducts({ context, deps }, ids)
  return items.map(one => ({ ...one, had: (products.get(one.productId ?? '')?.doc.productCharacteristic ?? []).map(value => value.name) }))
}

/** Asks the configurator, with what the customer has, and with the offerings that those named relate to. */
export const askConfigurator = async (deps: Services, context: Context, asked: Asked, item: readonly SelectedItem[], now: Date, complete: 'empty' | 'required'): Promise<{ answer: SelectionAnswer; offerings: ReadonlyMap<string, LoadedOffering> }> => {
  const customer = customerIn(asked)
  const products = customer === undefined ? [] : await deps.store.find(context, product, { where: [{ path: 'relatedParty.id', value: customer }, { path: 'status', value: LIVING }], limit: MOST_PRODUCTS })
  const existing = [...new Set(products.flatMap(one => one.doc.productOffering?.id ?? []))]
  const offerings = all((await loadOfferings(deps, context, [...item.map(one => one.offeringId), ...existing])).values(), new Map())
  const related = [...offerings.values()].flatMap(one => (one.doc.productOfferingRelationship ?? []).flatMap(relation => (relation.id === undefined || offerings.has(relation.id) ? [] : [relation.id])))
  if (related.length > 0) all((await loadOfferings(deps, context, related)).values(), offerings)
  return { answer: configureSelection({ item, offerings, existing, now, complete }), offerings }
}
