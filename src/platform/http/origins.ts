/** The addresses by which a process that listens knows itself, so that a link copied from a browser's address bar is recognised as its own. */

/** Origins of a process that listens on a host and port; none while the port is not known. */
export const originsOf = (host: string, port: number): readonly string[] => {
  if (port === 0) return []
  const own = host.includes(':') ? `[${host}]` : host
  return [...new Set(['127.0.0.1', 'localhost', '[::1]', own])].map(name => new URL(`http://${name}:${port}`).origin)
}
