/** The ids that Tandem gives: UUIDv7, so that rows made one after another lie side by side in their index. */
import { v7 } from 'uuid'

/** A new id. Ids made by one process rise strictly, also within a millisecond and when the machine's clock steps back. */
export const newId = (): string => v7()

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Whether the text is a UUID in its canonical lower-case form. */
export const isUuid = (text: string): boolean => UUID.test(text)
