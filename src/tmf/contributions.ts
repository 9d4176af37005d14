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
  /** Resources whose rows stand in it side by side: it shows those that the caller may read, names the others as withheld, and is withheld itself where there are none. */
  kinds?: readonly string[]
  description: string
  /**
   * A scalar SQL expression that answers json; viewList (tmf/view-section.ts) writes the usual one. It may use $1 (brand) and these common
   * table expressions: `member(id)`, the parties that are this person; `role(id, resource)`, the customers and other roles that they play;
   * `known(id)`, both; `ref(from_resource, from_id, path, to_id)`, the references to any of these; `paid(from_resource, from_id,
   * account_id)`, what refers to one of their billing accounts; `moment(now)`, business time.
   *
   * Rows of a resource are read as `{product}`: the rows of the brand that the caller may reach. State that is kept by party is read by
   * `member`, which for a confined caller holds only parties that it may read. A section that names a resource's table itself is refused at start.
   */
  sql: string
  /** Turns what the database wrote (JSON text) into what is shown, where that takes more than SQL says well. Pure, and quick: it runs at every read. */
  finish?: (text: string) => string
  /** Where the whole list is of which the section has the newest: the resource, and its filter that takes the ids of the person. */
  list?: { resource: string; by: string }
}

/** How a person can be found. `identifier`: numbers and codes that are unique or nearly so. */
export type SearchKind = 'identifier' | 'email' | 'phone' | 'name' | 'address'

/** A value that a person can be found by. */
export interface SearchTerm {
  kind: SearchKind
  /** What it is called in a hit, and in `identifier=<field>:<value>`: `orderNumber`. */
  field: string
  value: string
}

/** What a resource adds to the search for people. Read from its events, so that a hit is there within a second; kept by customer-view. */
export interface SearchSource {
  /** Name of a resource of this module. Its id is found too, as `idField`. */
  resource: string
  /** What its id is called: `customerNumber`. */
  idField: string
  /** Fields that its terms may have, where they are not names of characteristics: what an identifier can be asked for as. */
  fields?: readonly string[]
  terms: (doc: any) => readonly SearchTerm[]
  /** Ids of the parties or roles whose row it is, the first above all; the owner of the row when left out. */
  subjects?: (doc: any) => readonly string[]
  /** Where it has no party of its own: the resource whose people are meant. */
  via?: (doc: any) => { resource: string; id: string } | undefined
}

/** Module state by which a person is found: identifiers that are kept apart from documents. */
export interface SearchLookup {
  name: string
  /** Resources whose read permission the caller needs. */
  reads: readonly string[]
  /** The values that `field` has: the kinds of identifiers that are found. */
  types: readonly string[]
  /**
   * A query that answers `id` (of a party), `field`, `value`, and `key` and `scope`: the value as it is compared, and who gave it, or ''. $1 brand, $2 text[]: what was asked for in each of its normal forms
   * (as it is, in upper case, without spaces and punctuation in lower and upper case, e-mail in lower case, phone as +digits).
   * Rows in force at $3 (timestamptz, business time) alone, and `sure`: verified, so that nobody else has it.
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
   * For a resource whose rows may name nobody: a query of those that are the person's all the same, `id` and whether that is `sure`. $1 brand, $2 text[]
   * of the ids of the parties and of the roles that they play. What is not sure is named in the plan of an erasure, and goes when the operator says so.
   */
  foundSql?: string
  /**
   * For module state: a query of the rows of these parties as one column `doc` json. $1 brand, $2 text[] of the ids of the parties and of the
   * roles that they play, $3 text[] of all that is held on them as `resource/id` (`productOrder/42`). Resources are found by their references
   * and owner.
   */
  exportSql?: string
  /**
   * For module state: a query, with the same parameters, of texts that tell the person apart, as `mark`: how the person is called elsewhere.
   * `key` as well where only a whole list of ids does (`["crm","individual","42"]`).
   */
  marksSql?: string
  /**
   * For module state: a query, with the same parameters, of `scope` and `value` of the numbers that stand for the person alone. Hashes of them
   * stay, so that a record of another system does not bring the person back.
   */
  tombstoneSql?: string
  /**
   * For module state that is erased or redacted: the statement, with the same parameters, and $4 text[] of the marks of all holdings (marksSql), which
   * are gone from their own tables by then. Runs again after a crash, so a second time changes nothing.
   */
  eraseSql?: string
  /**
   * For module state that retention rules can name: deletes at most $3 rows of brand $1 that ended before $2, and answers a row for each
   * (RETURNING). Rules for resources need none.
   */
  expireSql?: string
  /** For what retention rules can name and no law keeps whole: a rule keeps it at least so many days, because of `because`. */
  leastDays?: number
  /** For a resource: says why the person cannot be forgotten while this row is as it is (`is active`); undefined when it is not in the way. */
  living?: (doc: any) => string | undefined
  /** For module state: the same, a query with the parameters of exportSql that answers `id` and `reason`. */
  livingSql?: string
  /** For a resource: attributes that go as well when it is redacted, although their tags do not say so: free text, places. Dotted paths, lists with []. */
  redacts?: readonly string[]
  /** For a resource that is kept: the attribute that says from when `days` count (`billDate`); the last change of the row when it is left out or empty. */
  endedAt?: string
}

/** Rows that are one and the same thing: what the sources say of all of them shows in one. */
export interface Peers {
  /** Resource name. */
  resource: string
  /** A query that answers `id` and `peer`: of each row in $2 text[] that shows what others say, those others. $1 brand. */
  sql: string
}

/** Numbers in a document that stand for one person whoever says them: a forgotten person is known again by them. Not what is passed on or shared. */
export interface RecognizedBy {
  /** Resource name. */
  resource: string
  /** As tombstoneSql of the holding writes them. Never throws: the document may be anything that a source has sent. */
  identifiers: (doc: Record<string, unknown>) => readonly { scope: string; value: string }[]
}

/** What keeps parties from being made one person, or two again, for the time being. */
export interface Unmergeable {
  /** A query that answers `id` of those of the parties $2 text[] that have to stay as they are. $1 brand. */
  sql: string
  /** Why, after the id: `is being forgotten`. */
  because: string
}

export interface Contributions {
  unmergeable?: readonly Unmergeable[]
  recognized?: readonly RecognizedBy[]
  peers?: readonly Peers[]
  view?: readonly ViewSection[]
  personal?: readonly PersonalHolding[]
  search?: readonly SearchSource[]
  lookups?: readonly SearchLookup[]
}

/** What all running modules contribute, in their order, the kit's own first. */
export interface Parts {
  resources: readonly Resource<any>[]
  view: readonly ViewSection[]
  personal: readonly PersonalHolding[]
  search: readonly SearchSource[]
  lookups: readonly SearchLookup[]
  peers: readonly Peers[]
  recognized: readonly RecognizedBy[]
  unmergeable: readonly Unmergeable[]
}
