/** Keeps secrets that must be read again (what deliveries are signed with) unreadable in the database and its copies: AES-256-GCM with a configured key. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

export interface Secrets {
  /** As it is stored; in clear where no key is configured. */
  seal: (text: string) => string
  /** What was stored, sealed or not. Throws when it was sealed with another key. */
  open: (stored: string) => string
}

const SEALED = 'sealed:1:'
const IV_BYTES = 12
const TAG_BYTES = 16

export const createSecrets = (key: string | undefined): Secrets => {
  // The setting is long and random; what is wanted of it here is 32 bytes.
  const bytes = key === undefined ? undefined : createHash('sha256').update(key).digest()
  return {
    seal: text => {
      if (bytes === undefined) return text
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', bytes, iv)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return SEALED + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64')
    },
    open: stored => {
      if (!stored.startsWith(SEALED)) return stored
      const raw = Buffer.from(stored.slice(SEALED.length), 'base64')
      try {
        if (bytes === undefined) throw new Error('no key is configured')
        const decipher = createDecipheriv('aes-256-gcm', bytes, raw.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
        decipher.setAuthTag(raw.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
        return Buffer.concat([decipher.update(raw.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw new Error('A stored secret cannot be read: it was sealed with another SECRETS_KEY', { cause })
      }
    },
  }
}
