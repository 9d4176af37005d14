/** What a permission can be about: the brand as a whole, or a party for which the user acts. */

export const BRAND_ASSET = 'Brand'

/** A permission reaches no further than the brand that it is given in; * is short for it. */
export const isOwnBrand = (id: string, brand: string): boolean => id === '*' || id === brand

const PARTY_TYPES = new Set(['Individual', 'Organization', 'Party', 'PartyRole', 'Customer', 'Partner', 'Household'])

/** Whether the class is that of a party or of a role that parties play. */
export const isPartyType = (type: string): boolean => PARTY_TYPES.has(type)
