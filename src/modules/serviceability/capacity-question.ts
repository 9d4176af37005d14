/** What a reservation of a port asks of a line: said directly, or by an answer that was given before, be it ours or that of a module which qualifies offers. */
import { fault, refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import type { CapacityReservation } from './capacity-reservation.ts'
import { checkServiceQualification } from './check-service-qualification.ts'
import type { AskedService } from './requirement.ts'

export interface LineQuestion {
  service: AskedService
  /** Leads the faults of what it asks. */
  path: string
}

/** The line that an item of an answer is about; undefined where there is no such answer. Throws a Refusal (400) where the item does not exist or needs no line. */
export type LineReader = (deps: Services, context: Context, answerId: string, itemId: string | undefined) => Promise<AskedService | undefined>

const readers = new Map<string, LineReader>()

/** Another module's answers can be reserved from, too: those of this resource, where it runs. */
export const reserveFrom = (resource: string, reader: LineReader): void => void readers.set(resource, reader)

/** The item that is named, or the only one. */
export const itemNamed = <T extends { id?: string }>(items: readonly T[], itemId: string | undefined): T => {
  const item = itemId === undefined && items.length === 1 ? items[0] : items.find(one => one.id === itemId)
  if (item === undefined) throw refuse.invalid([fault('qualification.itemId', 'must be an item of the qualification', itemId)])
  return item
}

const answered = async (deps: Services, context: Context, { id, itemId }: NonNullable<CapacityReservation['qualification']>): Promise<AskedService> => {
  const found = (await deps.store.get(context, checkServiceQualification, id))?.doc
  if (found !== undefined) return itemNamed(found.serviceQualificationItem ?? [], itemId).service ?? {}
  for (const [resource, reader] of readers) {
    const service = deps.store.resource(resource) === undefined ? undefined : await reader(deps, context, id, itemId)
    if (service !== undefined) return service
  }
  throw refuse.invalid([fault('qualification.id', `refers to a ${['checkServiceQualification', ...readers.keys()].join(' or ')} that does not exist`, id)])
}

/** Everything that is asked; what the reservation itself says goes before what the answer was about. */
export const questionOf = async (doc: CapacityReservation, deps: Services, context: Context): Promise<LineQuestion> => {
  const wishes = [...(doc.technology === undefined ? [] : [{ name: 'technology', value: doc.technology }]), ...(doc.provider === undefined ? [] : [{ name: 'provider', value: doc.provider }]), ...(doc.serviceCharacteristic ?? [])]
  const { qualification, place } = doc
  if (qualification === undefined && place === undefined) throw refuse.invalid([fault('place', 'or qualification must be given')])
  const service = qualification === undefined ? {} : await answered(deps, context, qualification)
  const specification = doc.serviceSpecification ?? service.serviceSpecification
  return {
    service: {
      place: place === undefined ? (service.place ?? []) : [place],
      serviceCharacteristic: [...(service.serviceCharacteristic ?? []), ...wishes],
      ...(specification !== undefined && { serviceSpecification: specification }),
    },
    path: qualification === undefined ? 'place' : 'qualification',
  }
}
