/** Tells errors that only say that the database was not there: no connection, or a server that starts, stops or recovers. What was asked may be asked again. */

/** SQLSTATEs of a connection that ended, and of a server that ends it or takes none. */
const AWAY = /^(08...|57P0[1-3])$/
const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'])
/** Of a Unix socket: the server has not made it yet, or has as many before its door as it lets wait. */
const NO_SOCKET = new Set(['ENOENT', 'EAGAIN'])
/** pg and pg-pool throw these without a code. */
const WITHOUT_CODE = /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/
/** Prisma's own names for the same. */
const PRISMA = new Set(['P1001', 'P1002', 'P1017'])

interface Failure {
  code?: unknown
  syscall?: unknown
  message?: unknown
  cause?: unknown
}

/** Whether no socket was there to connect to: of a file that is missing only the call tells it. */
export const hasNoSocket = ({ code, syscall }: Failure): boolean => syscall === 'connect' && NO_SOCKET.has(String(code))

const saysAway = (failure: Failure): boolean => {
  const code = typeof failure.code === 'string' ? failure.code : ''
  return AWAY.test(code) || UNREACHABLE.has(code) || hasNoSocket(failure) || (code === '' && WITHOUT_CODE.test(String(failure.message)))
}

/** Other systems answer with the same codes: whose error it is only its connection knows. */
const noted = new WeakSet<object>()

/** Passes on what became of a statement; where it fails because the database is away, that is remembered of the error. */
export const ofDatabase = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (typeof error === 'object' && error !== null && saysAway(error)) noted.add(error)
    throw error
  }
}

/** Whether it, or what it was caused by, only says that the database was not there. */
export const isDatabaseAway = (error: unknown): boolean => {
  let next = error
  for (let depth = 0; depth < 6 && typeof next === 'object' && next !== null; depth++) {
    if (noted.has(next) || PRISMA.has(String((next as Failure).code))) return true
    next = (next as Failure).cause
  }
  return false
}
