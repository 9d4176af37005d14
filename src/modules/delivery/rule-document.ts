/**
 * Delivery rules as domain code sees them: how products of one specification are delivered, step by step.
 * The stored and documented form is the `deliveryRule` resource (delivery-rule.ts).
 */

/** Where the point of no return of a step reaches beside everything upstream of it (DOMAIN.md: how far it reaches is data). */
export type PonrReach = 'task' | 'item' | 'bundle' | 'order'
export type Ponr = 'none' | 'soft' | 'hard'
/** How a finished step is undone: by asking its target, by a person, or not at all. */
export type Compensation = 'undo' | 'manual' | 'none'

/** Where the value of an attribute that is sent to the target comes from; the first source that has one wins. */
export interface CharacteristicMapping {
  /** The target's name for it. */
  name: string
  /** A characteristic of the ordered product. */
  fromCharacteristic?: string
  /** `<step>.<characteristic>`: what an earlier step of the same item answered. */
  fromStep?: string
  /** A constant. */
  value?: unknown
}

export interface DeliveryStep {
  name: string
  /** What the step realizes: an instance of a service, or of a resource. */
  kind: 'service' | 'resource'
  specification: { id?: string; name: string }
  /** System name of a delivery target. */
  target: string
  /** The target's word for what it delivers: a service type, a kind of goods. */
  targetType: string
  /** From the item's action to the target's word for it. An action that is not named needs no such step. */
  action: { add?: string; modify?: string; delete?: string }
  characteristic?: CharacteristicMapping[]
  /** What of the target's answer becomes a characteristic of the product. */
  result?: Array<{ name: string; toCharacteristic: string }>
  /** Steps of the same rule that come first. */
  dependsOn?: string[]
  /** Product specifications (id or name): items of the same order that have them are delivered first. */
  afterSpecification?: string[]
  pointOfNoReturn?: Ponr
  pointOfNoReturnReach?: PonrReach
  /** Charged when the order is cancelled after a soft point of no return. */
  cancellationFee?: { unit: string; value: number }
  compensation?: Compensation
  /** Promised duration from when the step could start, in seconds of business time. */
  deadlineSeconds?: number
  /** How often the target is asked before a person is. */
  attempts?: number
  /** First delay between tries in milliseconds; doubles each time, with jitter. */
  backoffMs?: number
  /** Real time for a call-back before the target is asked, in milliseconds. */
  pollAfterMs?: number
  /** Real time after which an answer that did not come is a failure, in milliseconds. */
  giveUpAfterMs?: number
}

export interface DeliveryRule {
  id: string
  name: string
  productSpecification: { id?: string; name?: string }
  step: DeliveryStep[]
}

/** What a step has when its rule does not say. */
export const stepDefaults = {
  attempts: 5,
  backoffMs: 1_000,
  pollAfterMs: 15_000,
  giveUpAfterMs: 24 * 3_600_000,
} as const
