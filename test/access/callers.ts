/** The callers of the access matrix, each with a real credential, and what belongs to whom. */
import { expect } from 'vitest'
import { startIssuer, type Issuer } from '../support/issuer.ts'

export const BOOTSTRAP = 'matrix-bootstrap-key-0123456789'
export const OWN = 'party-own'
export const VICTIM = 'party-victim'
export const DELEGATE = 'party-delegate'
export const STORE = 'store-own'
export const PARTNER = 'partner-own'
export const OTHER_BRAND = 'other'

/** Text that stands in nothing but what is not the caller's. */
export const MARKER = 'leakvictim'

/** Whom a delegate may see what of. */
export const GRANTED = ['productOrder', 'individual', 'billingAccount'] as const

const CALLERS = ['no token', 'expired', 'wrong audience', 'nothing', 'customer', 'another customer', 'delegate', 'delegate by header', 'partner', 'store', 'agent', 'agent of another brand', 'administrator'] as const
export type Caller = (typeof CALLERS)[number]
export type Headers = Record<string, string>

/** Those who are not let in. */
export const STRANGERS = ['no token', 'expired', 'wrong audience'] as const satisfies readonly Caller[]
/** Those who see some rows of their brand only. */
export const CONFINED = ['customer', 'another customer', 'delegate', 'delegate by header', 'partner', 'store'] as const satisfies readonly Caller[]

/** The party whose rows a confined caller sees; the parties of delegates own nothing themselves. */
export const seesRowsOf = (caller: (typeof CONFINED)[number], resource: string): string | undefined => {
  if (caller === 'customer') return OWN
  if (caller === 'delegate' || caller === 'delegate by header') return (GRANTED as readonly string[]).includes(resource) ? OWN : undefined
  return caller === 'partner' ? PARTNER : caller === 'store' ? STORE : undefined
}

export const startCallers = async (): Promise<{ issuer: Issuer; headers: Readonly<Record<Caller, Headers>> }> => {
  const issuer = await startIssuer()
  const bearer = async (claims: Record<string, unknown>, options = {}): Promise<Headers> => ({ authorization: `Bearer ${await issuer.token(claims, options)}` })
  const all = '*:*'
  const delegate = await bearer({ sub: 'delegate', party: DELEGATE, permissions: all })
  return {
    issuer,
    headers: {
      'no token': {},
      expired: await bearer({ sub: 'late', permissions: all }, { expiresIn: -3_600 }),
      'wrong audience': await bearer({ sub: 'lost', permissions: all }, { audience: 'somebody-else' }),
      nothing: await bearer({ sub: 'nothing', permissions: '' }),
      customer: await bearer({ sub: 'customer', party: OWN, permissions: all }),
      'another customer': await bearer({ sub: 'another', party: 'party-another', permissions: all }),
      delegate,
      'delegate by header': { ...delegate, 'x-on-behalf-of': OWN },
      partner: await bearer({ sub: 'partner', partner: PARTNER, permissions: all }),
      store: await bearer({ sub: 'store', store: STORE, permissions: all }),
      agent: await bearer({ sub: 'agent', brands: ['default'], permissions: '*:read *:create *:update *:delete' }),
      'agent of another brand': await bearer({ sub: 'elsewhere', brands: [OTHER_BRAND], permissions: all }),
      administrator: { authorization: `Bearer ${BOOTSTRAP}` },
    },
  }
}

/** Nothing of what the caller may not see is in an answer: not its text, not its ids (but those that the caller sent), not even that it is there. */
export const expectNoLeak = (answer: { text: string; headers: Record<string, unknown> }, hidden: readonly string[], sent: string, about: string): void => {
  const shown = `${answer.text}\n${JSON.stringify(answer.headers)}`
  // A filter's value comes back in links and messages.
  const found = [MARKER, ...hidden].filter(text => shown.includes(text) && !sent.includes(text))
  expect(found, `${about}: ${shown.slice(0, 600)}`).toEqual([])
}
