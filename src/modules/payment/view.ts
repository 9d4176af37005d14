/** What means of payment contribute to answers that take all modules. Tokens and codes are in none of them. */
import type { PersonalHolding } from '../../tmf/contributions.ts'
import { viewList } from '../../tmf/view-section.ts'

export const paymentMethodSection = viewList({
  name: 'paymentMethods',
  resource: 'paymentMethod',
  description: 'How the person pays, the preferred one first: kind, brand and last four digits, never a token',
  order: 'r.f_is_preferred DESC NULLS LAST, r.created_at DESC, r.id DESC',
  attributes: '"@type" text, name text, status text, "statusDate" text, "isPreferred" boolean, brand text, "cardType" text, "lastFourDigits" text, "expirationDate" text, bank text, service text, account json, "validFor" json',
  item: `'@type', d."@type", 'name', d.name, 'status', d.status, 'statusDate', d."statusDate", 'isPreferred', d."isPreferred", 'brand', d.brand, 'cardType', d."cardType", 'lastFourDigits', d."lastFourDigits",
    'expirationDate', d."expirationDate", 'bank', d.bank, 'service', d.service, 'account', d.account, 'validFor', d."validFor"`,
  list: 'relatedParty.id',
})

export const paymentMethodHolding: PersonalHolding = { name: 'paymentMethod', purpose: 'To be paid in the way the person has chosen', onErasure: 'erase' }
