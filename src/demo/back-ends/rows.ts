/** The rows of the simulators' books. */

export const systemNames = ['fixed', 'mobile', 'warehouse', 'credit', 'identity', 'fraud', 'payments', 'signature'] as const
export type SystemName = (typeof systemNames)[number]

export interface NamedValue {
  name: string
  value: unknown
}

export interface ResourceRow {
  id: string
  type: string
  value: string
}

/** A fixed or mobile service with what realizes it. */
export interface ServiceRow {
  id: string
  type: string
  state: 'active' | 'terminated'
  characteristics: Record<string, unknown>
  place?: unknown
  resources: ResourceRow[]
}

export interface ShipmentItem {
  id: string
  sku: string
  quantity: number
  serialNumber?: string[]
}

export type Outcome = 'accept' | 'refer' | 'decline' | 'deposit'

/** What becomes of an envelope. wrongHash: something else was signed than was sent. */
export type SigningOutcome = 'signed' | 'declined' | 'expired' | 'wrongHash'

export interface Amount {
  unit: string
  value: number
}

/** What a desk, the payment gateway or the signature service answers to requests that match: the first rule that does. */
export interface AnswerRule {
  match: Record<string, unknown>
  outcome: Outcome | 'authorised' | 'actionRequired' | 'declined' | SigningOutcome | 'pending'
  deposit?: Amount
  reason?: string
  /** Of the signature service: when the signer does it, instead of at once. */
  afterMs?: number
}

/** An order, shipment or return: one accepted request under one key. */
export interface WorkRow {
  id: string
  system: SystemName
  kind: 'fixedOrder' | 'serviceOrder' | 'shipment' | 'return' | 'reservation' | 'decision' | 'authorisation' | 'envelope'
  key: string
  bodyHash: string
  reference?: string
  correlationId?: string
  callback?: string
  action: string
  state:
    | 'acknowledged' | 'completed' | 'failed' | 'cancelled' | 'shipped' | 'delivered' | 'received'
    | 'reserved' | 'consumed'
    | Outcome
    | 'authorised' | 'actionRequired' | 'declined' | 'captured' | 'refunded'
    | 'pending' | 'signed' | 'expired'
  createdAt: string
  endedAt?: string
  /** What was asked for. */
  characteristics: Record<string, unknown>
  /** Item id and specification as the caller named them (mobile). */
  item?: { id: string; serviceType: string; specification?: unknown }
  serviceId?: string
  /** The service before a change or cease, to undo it. */
  before?: ServiceRow
  error?: { code: string; message: string }
  shipment?: { items: ShipmentItem[]; placeTo?: unknown; trackingNumber?: string; shippedAt?: string; deliveredAt?: string }
  /** Goods that are held for an order (warehouse). */
  reservation?: { items: ShipmentItem[]; order?: string }
  /** What a desk decided. */
  decision?: { deposit?: Amount; reason?: string }
  /** Of an authorisation. */
  amount?: Amount
  /** Of an envelope: the hash of the document, who signs, what the signer will do by itself, and the signature. */
  envelope?: { hash: string; signer: string; later?: SigningOutcome; signature?: { id: string; time: string; signer: string; hash: string; evidence: string } }
  /** The shipment that a return is about. */
  shipmentId?: string
}

/** What happened under one idempotency key. */
export interface LedgerRow {
  system: SystemName
  key: string
  reference?: string
  correlationId?: string
  /** Requests that arrived with the key, refused and repeated ones too. */
  requests: number
  /** What the stack did: must never pass 1. */
  executions: number
  /** Cancellations that undid something. */
  compensations: number
  /** The latest work item under the key. */
  workId?: string
  at: string
}

export interface StockRow {
  sku: string
  onHand: number
  reserved: number
  shipped: number
}

export interface CallbackRow {
  eventId: string
  system: SystemName
  workId: string
  url: string
  key: string
  correlationId?: string
  body: unknown
  /** How often it is still to be sent. */
  copies: number
}

export interface DueRow {
  at: number
  step: 'complete' | 'ship' | 'deliver' | 'receive' | 'sign'
}

export interface Faults {
  latencyMs: number
  errorRate: number
  timeoutRate: number
  repeatCallbackRate: number
  loseCallbackRate: number
  wrongAnswerRate: number
  down: boolean
  forgetKeys: boolean
  seed: number
  /** Permanent failure of a request whose attributes match all of an entry's. */
  failFor: Record<string, unknown>[]
}
