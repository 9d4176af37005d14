/** A registered extension: a JSON Schema that says what objects of a class have beyond it, and the objects of a document that name it. */
import type { ErrorObject } from 'ajv'
import type { TSchema } from 'typebox'
import { compileSchema } from './schema-rules.ts'

/** The resource that extensions are registered as; a module serves it. */
export const EXTENSION_SCHEMA = 'extensionSchema'

/** Where a registered schema is served: the value of @schemaLocation, here as a path. */
export const schemaPath = (name: string, version: string): string => `/tandem/v1/schema/${encodeURIComponent(name)}/${encodeURIComponent(version)}`

/** What is registered, as its document has it. */
export interface ExtensionDocument {
  name: string
  version: string
  /** The class that is extended: `ProductOffering`, `RelatedParty`. */
  extends: string
  schema: Record<string, unknown>
}

export interface Extension extends ExtensionDocument {
  id: string
  /** Whether it adds this attribute, or leaves all open. */
  declares(attribute: string): boolean
  /** What is wrong with an object that it extends. */
  validate(value: unknown): readonly ErrorObject[]
}

/** An object of a document that a registered schema extends. */
export interface Located {
  /** JSON Pointer to it. */
  pointer: string
  /** The same for messages: `relatedParty[0]`. */
  path: string
  value: Record<string, unknown>
  extension: Extension
}

/** The schema is compiled when a document first asks for it. */
export function extensionOf(id: string, document: ExtensionDocument): Extension {
  const properties = (document.schema['properties'] ?? {}) as Record<string, TSchema>
  const isOpen = document.schema['additionalProperties'] === true
  let validate: Extension['validate'] | undefined
  return {
    ...document,
    id,
    declares: attribute => isOpen || Object.hasOwn(properties, attribute),
    validate: value => (validate ??= compileSchema(document.schema))(value),
  }
}
