/**
 * A TMF resource, declared once. From the declaration come routes, validation, storage, filters, events,
 * hub subscriptions and the OpenAPI document; the kit serves it, nobody writes its routes.
 */
import type { Static, TObject } from 'typebox'
import type { Transaction } from '../platform/database/sql.ts'
import { Refusal, type Fault } from '../platform/errors.ts'
import type { Context } from '../platform/principal.ts'
import type { Join } from './provenance/survive.ts'
import type { Services } from './services.ts'

/** One TM Forum Open API in one major version, or one of Tandem's own served by the same kit. */
export interface Api {
  /** TMF number: 620. Left out for Tandem's own (delivery rules, coverage, tax rates), whose `version` is v1. */
  number?: number
  /** The definition's name in the path: `productCatalogManagement`. */
  name: string
  version: 'v1' | 'v4' | 'v5'
  /** The definition's release: `4.1.0`. */
  release: string
  title: string
  description: string
  /** File stem under openapi/: `product-catalog` gives TMF620-product-catalog.v4.json. */
  slug: string
  /** Other base paths that definitions published by mistake and that are accepted too: `/payment/v4`. */
  aliases?: readonly string[]
}

export type Operation = 'list' | 'get' | 'create' | 'patch' | 'delete'
export type FilterType = 'text' | 'boolean' | 'integer' | 'number' | 'instant'

/** The states of a resource and the moves between them (DOMAIN.md names them per resource). */
export interface Lifecycle {
  /** The attribute that holds the state: `lifecycleStatus`, `state`, `status`. */
  attribute: string
  states: readonly string[]
  /** States that a create may ask for; the first is given when it asks for none. */
  initial: readonly string[]
  /** From a state to the states it may go to. A state that is not a key is final. */
  moves: Readonly<Record<string, readonly string[]>>
  /** `client`: a PATCH may move it along `moves`. `server`: only Tandem moves it, a PATCH that changes it is refused (409, the allowed moves named). */
  movedBy: 'client' | 'server'
  /** The definition names no states (TMF629): any text is one, every move is allowed, and each change of it is a state change. */
  open?: boolean
  /** How the definition ends the name of the event, where it is not StateChangeEvent. */
  changeEvent?: 'StatusChangeEvent'
}

/** An attribute that points at another resource by its id. */
export interface Reference {
  /** Path to the object that holds `id`, arrays with []: `category[]`, `productOrderItem[].billingAccount`, `relatedParty[]`. A trailing `[]` marks a list. */
  path: string
  /** Resource name that it points at: `category`. Leave out where `@referredType` decides (relatedParty, place). */
  to?: string
  /** `require` (default): a local one must exist, or 400. `record`: the edge is kept when the target exists, nothing is refused (offerings inside order items). */
  onMissing?: 'require' | 'record'
  /** A `true` edge does not stop the target from being deleted (a history entry, not something that lives on it). */
  weak?: boolean
}

/** What prepare and check may look at. Neither writes; neither calls HTTP. */
export interface Work<T> {
  context: Context
  /** Business time. */
  now: Date
  /** The stored form before this write; undefined on create. */
  previous?: T
  /** Who asks: a client over HTTP, or Tandem's own code through the store. */
  by: 'client' | 'server'
  /** True when what is remembered must not be trusted: read the database. */
  fresh: boolean
  /**
   * Says that the result rests on this revision of a resource, remembered or read. A create (and a change, where `update.relies`) is written only while all of them stand, checked
   * in the write's own statement; otherwise it is prepared again, `fresh`. So memory costs no round trip and never decides alone.
   */
  rely: (resource: string, id: string, revision: number) => void
  deps: Services
  /** The transaction that it is written in, where the writer has one: what was written in it before is seen by reads with it only. */
  tx?: Transaction
}

/** A statement that goes with a write: part of the same statement, so that it costs no round trip of its own. */
export interface Beside {
  /** Name of the part in the statement; one name is one text, and later parts may read what it returns. */
  name: string
  /**
   * Writes rows of the module's own: INSERT, UPDATE or DELETE with `FROM written` or `USING written`, the row that was written (column
   * `revision`), without which nothing is done. Sees the database as it was before the write. `param` makes a parameter of a value.
   */
  sql: (param: (value: unknown, type: string) => string, row: { brand: string; id: string }) => string
}

export interface Resource<S extends TObject = TObject> {
  api: Api
  /** Name in paths and event payloads: `productOffering`. */
  name: string
  /** @type and the stem of event names: `ProductOffering`. */
  type: string
  /** Table that holds it (see prisma/schema): `product_offering`. */
  table: string
  /** One or two sentences for the document. */
  description: string
  /** Stored form: every attribute of the definition, all optional but id and href. Attribute tags are schema keywords (tmf/tags.ts). */
  schema: S
  operations: readonly Operation[]
  create?: {
    /** Attributes that a create must carry (the definition's required marks). */
    required?: readonly string[]
    /** Attributes that a client cannot give: they are taken out of the request document and a create that carries one is refused (id, href always are). */
    omits?: readonly string[]
    /** The definition lets the sender give the id (TMF648, TMF760): it is taken, and one that is there already is a 409. An href that is sent is replaced. */
    takesId?: boolean
    /** A second success code of tasks that are answered at once (TMF645: 200). */
    alsoAnswers?: readonly number[]
    /** Which of the success codes a stored document is answered with; 201 when left out. */
    answers?: (doc: Static<S>) => number
  }
  update?: {
    /** Required marks of the definition's update body: shown in the document, ignored when validating (a merge patch carries what changes). */
    required?: readonly string[]
    /** Attributes that a PATCH may not change, beside id and href: 400. */
    immutable?: readonly string[]
    /** Changes rest on what is remembered too, and say so by `rely`, as creates do. Else they are prepared `fresh`. */
    relies?: true
  }
  /** Attributes that only the server sets: what a client sends for them is replaced by `prepare` or dropped, never an error. */
  serverSet?: readonly string[]
  lifecycle?: Lifecycle
  /** Stamped with business time on each write (`lastUpdate`), or on create only (`orderDate`, `creationDate`). */
  stamps?: { onWrite?: readonly string[]; onCreate?: readonly string[] }
  /** Filters kept as stored generated columns: dotted path through objects (no arrays) → type. They can be sorted by, and are the fast ones; every other attribute can be filtered too. */
  filters: Readonly<Record<string, FilterType>>
  references?: readonly Reference[]
  /** Lists inside it whose elements can be read by a path of their own too: /geographicAddress/{id}/geographicSubAddress/{id}. `type` is the class of an element. */
  parts?: readonly { attribute: string; type: string }[]
  /** It is served below another resource too, as the definition has it: /processFlow/{id}/taskFlow. `by` is the filter column that holds the other's id. */
  within?: { resource: string; by: string }
  /** The party whose row this is, for row scopes: an id found in the document. */
  ownerParty?: (doc: Static<S>) => string | undefined
  /** Others than the owner who reach the row: who sold it, who was granted it. Rows that a store or partner makes are shared with it anyway. */
  sharedWith?: (doc: Static<S>) => readonly string[]
  /**
   * What callers confined to some parties may read. owner (default): rows that belong to these. brand: every row of their brand,
   * because it is reference data (catalog, prices); they never write it, but for a partner its own rows. house: none, and they write none: by it the
   * house decides about all of them: limits of authority, what keeps somebody from buying, taxes, where orders go, loads of the catalog.
   */
  visibility?: 'owner' | 'brand' | 'house'
  /** No confined caller writes a row of it, whatever it reads: of brand data no partner either, because each row counts for all; of owned rows not who they are about. */
  writtenBy?: 'house'
  /** false: what Tandem alone decides; no other system has a word in it, and none can be brought here from one. */
  external?: false
  provenance?: {
    /** Lists that are put together from what several sources say, element by element, and the paths that tell elements apart. Other lists go as a whole. */
    join?: Join
    /**
     * What becomes of it when the last source that had it has it no more. delete (default where it can be deleted): it goes, unless something
     * refers to it. keep (default elsewhere): it stays as it was. set: it stays with these attributes, such as its last state.
     */
    end?: 'delete' | 'keep' | { set: Readonly<Record<string, unknown>> }
  }
  /** Keep every revision as an append-only row (catalog versions that orders pin). */
  history?: boolean
  /** Events that the definition names. Default: create, attributeValueChange, delete, and stateChange where there is a lifecycle. */
  events?: readonly ('create' | 'attributeValueChange' | 'stateChange' | 'delete')[]
  /** An event that the definition names beside those, told in the place of that of an attribute or state change where this is so of a change. A write has one event. */
  furtherEvent?: { kind: 'informationRequired'; when: (doc: Static<S>, previous: Static<S>) => boolean }
  /**
   * Looks at what was sent, bodies of changes too, before anything else reads or repeats it, and again at the document that is to be stored.
   * For what must reach neither an answer nor a log: its faults name the attribute and carry no value. Card numbers are looked for without it
   * (platform/card-number-in-input.ts); this is for what refuses more, and stands in its place.
   */
  screen?: (sent: unknown) => Fault[]
  /** May change the draft: defaults, derived attributes, the domain function of a task resource. Runs after validation. */
  prepare?: (draft: Static<S>, work: Work<Static<S>>) => Static<S> | Promise<Static<S>>
  /** May only refuse (throws a Refusal that names the attribute). Runs after prepare. */
  check?: (doc: Static<S>, work: Work<Static<S>>) => void | Promise<void>
  /**
   * Of a resource whose create changes more than its own row: module state that commits with it or not at all. Runs in the transaction of the
   * create, after the row is written; may refuse, which takes the row back. Nothing but the database.
   */
  consequences?: (doc: Static<S>, work: Omit<Work<Static<S>>, 'rely' | 'fresh' | 'previous'> & { tx: Transaction }) => Promise<void>
  /** Which creates have consequences, seen from the draft: the others are written in one statement. All, when left out. */
  hasConsequences?: (draft: Static<S>) => boolean
  /** Module state that creates and changes write, where it takes no reading and no refusal: in the write's own statement, not in a transaction around it. */
  beside?: (doc: Static<S>, work: Omit<Work<Static<S>>, 'rely' | 'fresh' | 'tx'>) => readonly Beside[]
  /**
   * The same as consequences for changes and deletes: runs in the transaction of the write, after it. `doc` is undefined when the row was deleted. For
   * resources that no other system has a word in (`external: false`).
   */
  changeConsequences?: (doc: Static<S> | undefined, work: Omit<Work<Static<S>>, 'rely' | 'fresh' | 'previous'> & { tx: Transaction; previous: Static<S> }) => Promise<void>
  /** Which changes have consequences: the others are written in one statement. All, when left out; deletes always. */
  hasChangeConsequences?: (doc: Static<S>, previous: Static<S>) => boolean
  /** What the loser of a race is told beside the revision: who changed what since the revisions that it knows. Reads only. */
  explainRace?: (stored: Stored<Static<S>>, expected: readonly number[], work: { context: Context; deps: Services }) => Promise<Fault[]>
  /** Before a delete: may only refuse. */
  checkDelete?: (doc: Static<S>, work: Work<Static<S>>) => void | Promise<void>
  /** Its table has another unique index beside the one of brand and id: an insert that meets it is a 409. */
  otherKey?: true
  /** Runs in the process that wrote, once it is committed and before the answer: what is remembered there of such resources is forgotten. */
  afterWrite?: (deps: Services) => void
  /** A create body that works when sent to a fresh system with sample data, for the document. Without references, or with ones the sample has. */
  example: Record<string, unknown>
  /** Refusals this resource adds to those of the kit, for the document and the conformance suite. */
  refusals?: readonly { status: number; code: string; when: string; attribute?: string }[]
}

/**
 * Thrown by `consequences` and `changeConsequences` when what prepare saw is gone (the last free slot): the write is taken back and prepared
 * again, with no connection held, so that it takes something else or says what there is instead. Inside somebody else's transaction it is a 409.
 */
export class PrepareAgain extends Refusal {
  constructor(message: string) {
    super({ status: 409, code: 'changedMeanwhile', reason: 'The request conflicts with the state of the resource', message })
  }
}

/** A stored resource and what its row says about it. */
export interface Stored<T> {
  id: string
  /** Raised by one with each write; the ETag. */
  revision: number
  brand: string
  ownerParty: string | undefined
  doc: T
  /** True instants of the row, not business time. */
  createdAt: Date
  updatedAt: Date
}

export type Doc<R> = R extends Resource<infer S> ? Static<S> : never

/** Declares a resource; keeps the schema's type so that prepare and check see the document's shape. */
export const defineResource = <S extends TObject>(resource: Resource<S>): Resource<S> => resource

/** Declares an API. */
export const defineApi = (api: Api): Api => api

/** `/tmf-api/productCatalogManagement/v4`, or `/tandem/v1` for Tandem's own. */
export const basePath = (api: Api): string => (api.number === undefined ? `/tandem/${api.version}` : `/tmf-api/${api.name}/${api.version}`)
