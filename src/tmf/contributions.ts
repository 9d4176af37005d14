/**
 * What modules contribute to answers that no single one can give: sections of a customer's 360° view, and what is held on a person.
 * A module at the top puts the parts together; it never looks into another's tables by itself.
 */

/** One section of the 360° view. All sections of a view are read in one statement. */
export interface ViewSection {
  /** Name in the answer and in `sections=`: `products`. */
  name: string
  /** Resources whose read permission the caller needs to see it; without one of them it is withheld, by name. */
  reads: readonly string[]
  description: string
  /**
   * A scalar SQL expression that answers json. It may use $1 (brand) and these common table expressions: `member(id)`, the parties that are
   * this person; `role(id, resource)`, the customers and other roles that they play; `known(id)`, both; `ref(from_resource, from_id, path, to_id)`,
   * the references to any of these.
   */
  sql: string
}

/** What a module holds on people in one place, and what becomes of it when a person is to be forgotten. */
export interface PersonalHolding {
  /** Resource name, or the name of module state that is no resource. */
  name: string
  /** Why it is held, in words that the person is shown. */
  purpose: string
  /**
   * erase: the rows go. redact: personal attributes go, the row stays (what an order or a bill needs to stay true).
   * keep: law wants it whole; `because` names the law, `days` how long.
   */
  onErasure: 'erase' | 'redact' | 'keep'
  because?: string
  /** How long it is kept after it has ended, where that is limited. */
  days?: number
  /** For module state: a query of the rows of these parties ($1 brand, $2 text[] of party and role ids) as one column `doc` json. Resources are found by their references and owner. */
  exportSql?: string
  /** For module state that is erased or redacted: the statement, with the same parameters. */
  eraseSql?: string
}

export interface Contributions {
  view?: readonly ViewSection[]
  personal?: readonly PersonalHolding[]
}
