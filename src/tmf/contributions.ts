/**
 * What modules contribute to answers that no single one can give: sections of a customer's 360° view, and what is held on a person.
 * A module at the top puts the parts together; it never looks into another's tables by itself.
 */
import type { Resource } from './resource.ts'

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
  /** For module state: the tables that it covers. */
  tables?: readonly string[]
  /**
   * For module state: a query of the rows of these parties as one column `doc` json. $1 brand, $2 text[] of the ids of the parties and of the
   * roles that they play, $3 text[] of all that is held on them as `resource/id` (`productOrder/42`). Resources are found by their references
   * and owner.
   */
  exportSql?: string
  /** For module state that is erased or redacted: the statement, with the same parameters. Runs again after a crash, so a second time changes nothing. */
  eraseSql?: string
  /** For a resource: says why the person cannot be forgotten while this row is as it is (`is active`); undefined when it is not in the way. */
  living?: (doc: any) => string | undefined
  /** For module state: the same, a query with the parameters of exportSql that answers `id` and `reason`. */
  livingSql?: string
  /** For a resource: attributes that go as well when it is redacted, although their tags do not say so: free text, places. Dotted paths, lists with []. */
  redacts?: readonly string[]
  /** For a resource that is kept: the attribute that says from when `days` count (`billDate`); the last change of the row when it is left out or empty. */
  endedAt?: string
}

export interface Contributions {
  view?: readonly ViewSection[]
  personal?: readonly PersonalHolding[]
}

/** What all running modules contribute, in their order, the kit's own first. */
export interface Parts {
  resources: readonly Resource<any>[]
  view: readonly ViewSection[]
  personal: readonly PersonalHolding[]
}
