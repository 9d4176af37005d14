/** JSON Pointers (RFC 6901), read strictly: what the RFC calls an error is one. */

/** The tokens of a pointer; undefined when it is none: no slash at the start, or a tilde that escapes nothing. */
export function tokensOf(pointer: unknown): string[] | undefined {
  if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/')) || /~(?![01])/.test(pointer)) return undefined
  return pointer.split('/').slice(1).map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

export const pointerOf = (tokens: readonly (string | number)[]): string => tokens.map(token => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** A position in a list: no sign, no leading zeros. */
export const isIndex = (token: string): boolean => /^(0|[1-9]\d{0,9})$/.test(token)

/** Names by which a prototype could be reached. */
export const isForbidden = (token: string): boolean => token === '__proto__' || token === 'constructor' || token === 'prototype'

/** `/a/b/0` as `a.b[0]`, for messages. */
export const readable = (tokens: readonly (string | number)[]): string => tokens.map(String).reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part), '')
