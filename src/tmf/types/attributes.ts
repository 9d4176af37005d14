/** The attributes that TM Forum objects have in common, and the two ways to point at something: by reference and by shared definition. */
import { Type, type TProperties, type TUnsafe } from 'typebox'

/** What lets an object be extended: its class, the class it extends, and where the schema of the extension lies. */
export const extensible = {
  '@baseType': Type.Optional(Type.String({ description: 'Class that @type extends' })),
  '@schemaLocation': Type.Optional(Type.String({ format: 'uri', description: 'Where the JSON Schema of an extension can be fetched' })),
  '@type': Type.Optional(Type.String({ description: 'Class of this object' })),
}

const referredType = Type.Optional(Type.String({ description: 'Class of what is referred to' }))
const id = Type.String({ description: 'Identifier of what is referred to' })
const name = Type.Optional(Type.String({ description: 'Name of what is referred to' }))

/** A reference by id. `more` are the attributes that this kind of reference has beside the common ones. */
export const entityRef = <P extends TProperties = {}>(description: string, more: P = {} as P) =>
  Type.Object(
    { id, href: Type.Optional(Type.String({ description: 'Where it can be read' })), name, ...more, '@referredType': referredType, ...extensible },
    { description },
  )

/** A reference by id whose href must have the form of an address. The definitions say URI; ours are paths, so relative ones are read too. */
export const entityLink = <P extends TProperties = {}>(description: string, more: P = {} as P) =>
  Type.Object(
    { id, href: Type.Optional(Type.String({ format: 'uri-reference', description: 'Where it can be read' })), name, ...more, '@referredType': referredType, ...extensible },
    { description },
  )

/**
 * Points at a definition that the root schema carries in `$defs` under this name. Objects that hold objects of their own kind are
 * defined so: plain JSON Schema that validators and OpenAPI tools follow to any depth.
 */
export const definition = <T>(of: string): TUnsafe<T> => Type.Unsafe<T>({ $ref: `#/$defs/${of}` })

