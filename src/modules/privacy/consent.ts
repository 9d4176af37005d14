/** Consents: whether a person's data may be used for a purpose, through a channel. Nothing of it is remembered: each question reads the database. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { allowedOf, isAllowed } from './consent-store.ts'

/**
 * Whether the person has allowed this use, by the newest word on it, of whichever source. `partyId` is a party or one of its roles. Without
 * a channel the question is about use that needs none (profiling, research). What nobody has been asked about is not allowed: ask this
 * only for purposes that rest on consent, not for what the contract or law demands. `recipient` asks about passing data on to a party.
 */
export const mayUse = (deps: Pick<Services, 'database' | 'clock'>, context: Pick<Context, 'brand'>, partyId: string, purpose: string, channel?: string, recipient = ''): Promise<boolean> =>
  isAllowed(deps.database, context.brand, partyId, purpose, channel ?? '*', recipient, deps.clock.now())

/** The same of many at once: those of them who have allowed it. */
export const whoMayBeUsed = (deps: Pick<Services, 'database' | 'clock'>, context: Pick<Context, 'brand'>, partyIds: readonly string[], purpose: string, channel?: string): Promise<Set<string>> =>
  allowedOf(deps.database, context.brand, partyIds, purpose, channel ?? '*', deps.clock.now())
