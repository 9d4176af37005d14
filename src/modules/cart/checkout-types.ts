/** What a checkout is made of: what was said at its start, what has been found out and held, what has to be put right. */

export interface Amount {
  unit: string
  value: number
}

export type CheckoutState = 'running' | 'pending' | 'compensating' | 'refused' | 'ordered' | 'completed'

export interface CheckoutRequest {
  principal: string
  channel: string
  correlationId: string
  /** What whoever began it reads, as Accept-Language says. */
  language?: string
  /** Store or partner that finishes the sale. */
  seller?: { id: string; role: string; '@referredType': string }
  termsAccepted: boolean
  /** Token of the means of payment at the gateway. */
  paymentToken?: string
  /** How the person showed who it is: {"method": "document", "reference": "…"}. */
  identityProof?: { method: string; reference?: string }
  /** A deposit that the customer agrees to, at most. */
  acceptedDeposit?: Amount
  billingAccount?: string
  /** The summary of the contract that the customer accepted, or is to sign. */
  contractSummary?: string
  /** Who signs, where a signature is wanted; the customer when left out. */
  signer?: { name: string; email?: string }
  /** The terms that held when they were accepted, and when that was (business time). */
  terms?: { id: string; name?: string; version?: string; url?: string }[]
  acceptedAt?: string
  /** Lines whose price is another one than was pinned, found at the start. */
  priceFaults: CheckoutFault[]
  /** An account that whoever asks does not reach, found at the start. */
  accountFaults?: CheckoutFault[]
}

export const FAULT_CODES = [
  'changeNotPossible', 'effectiveDatesDiffer',
  'cartEmpty', 'cartEnded', 'customerMissing', 'configurationIncomplete', 'ruleRefused', 'notServiceable', 'qualificationExpired', 'priceChanged', 'stockGone', 'capacityGone', 'creditRefused', 'depositRequired', 'termsNotAccepted',
  'identityNotSufficient', 'fraudSuspected', 'paymentMissing', 'paymentDeclined', 'systemUnavailable', 'heldTooLong', 'cancelled', 'orderRejected',
  'contractSummaryMissing', 'signatureDeclined', 'signatureMissing', 'billingAccountUnknown',
] as const
export type FaultCode = (typeof FAULT_CODES)[number]

/** One thing to put right. */
export interface CheckoutFault {
  code: FaultCode
  message: string
  cartItemId?: string
  /** The attribute of the cart that it is about, where it is one. */
  attribute?: string
  /** The finer reason, where there is one. */
  reason?: string
  /** The sales rule that says so. */
  rule?: { id: string; name: string; kind: string }
  /** Offerings of which one would put it right. */
  addition?: string[]
  before?: unknown
  after?: unknown
  deposit?: Amount
}

export type DeskOutcome = 'accept' | 'refer' | 'decline' | 'deposit'

export interface DeskAnswer {
  outcome: DeskOutcome
  deposit?: Amount
  reason?: string
}

export interface Progress {
  checked?: boolean
  /** The products that the cart changes as they were then, by id. */
  product?: Record<string, string>
  desk?: Partial<Record<'credit' | 'identity' | 'fraud', DeskAnswer>>
  /** Holds that were asked for: whether or not an answer came, they are undone when the checkout fails. */
  asked?: ('stock' | 'payment')[]
  stockHeld?: boolean
  /** Ports that are held, by line. */
  reservation?: Record<string, string>
  /** The deposit that sales rules ask for. */
  ruleDeposit?: Amount
  /** What is authorised: the one-time total with tax, and the deposit. */
  due?: Amount
  deposit?: Amount
  payment?: { id?: string; state: string; redirectUrl?: string }
  /** How many means of payment were tried after the order was made: each has keys of its own. */
  means?: number
  /** The money was refused when it was to be taken, be it settled since. */
  wasRefused?: true
  /** What people did about money that was refused when it was to be taken. */
  settled?: { action: string; by: string; at: string; note?: string }[]
  /** What was accepted, by its hash, and the signature of it where one was wanted. */
  contract?: { summary: string; hash: string; signature?: string }
}

export interface CheckoutRow {
  brand: string
  cartId: string
  id: string
  attempt: number
  state: CheckoutState
  orderId: string
  request: CheckoutRequest
  progress: Progress
  faults: CheckoutFault[]
  waitingFor: { reason: string; redirectUrl?: string } | null
  heldUntil: Date | null
  callbackToken: string
  dueAt: Date | null
  leaseOwner: string | null
  nudges: number
  tries: number
  cancelAsked: boolean
}
