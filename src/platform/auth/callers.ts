/**
 * What became of a caller since it was let in. A stream that stays open and a listener that was registered long ago show what their callers
 * may see now: both ask here.
 */
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../errors.ts'
import { BEHALF_HEADER, contextOf, type Authenticator } from '../http/context.ts'
import { newId } from '../ids.ts'
import type { Context, Principal } from '../principal.ts'
import type { Authentication } from './authenticator.ts'
import { actingFor, withKnown, type Directory } from './directory.ts'

/** Who did something that goes on without them, as their credential said then. */
export interface Registrant {
  principal: Principal
  brand: string
  onBehalfOf?: string
}

export interface Callers {
  /** Who sends a request, by its credential alone. */
  identify: Authenticator
  /** The context of a request as it would be if it came now. Throws a Refusal when it would be refused. */
  renew: (request: FastifyRequest) => Promise<Context>
  /** The context of somebody who is not there; undefined when its access has ended. What a token said is taken as it was: nobody can be asked again. */
  standing: (registrant: Registrant) => Promise<Context | undefined>
}

const isEnd = (error: unknown): boolean => error instanceof Refusal && (error.status === 401 || error.status === 403)

/** `directory` is asked for when it is needed: a module makes it, later than this. */
export const createCallers = ({ authentication, directory: directoryOf }: { authentication: Authentication; directory: () => Directory }): Callers => {
  const asKnown = async (context: Context, asked: string | undefined): Promise<Context> => {
    const directory = directoryOf()
    const principal = withKnown(context.principal, await directory.known(context.principal, context.brand))
    return asked === undefined ? { ...context, principal } : actingFor({ ...context, principal }, asked, directory)
  }
  return {
    identify: authentication.authenticate,
    renew: async request => {
      const behalf = request.headers[BEHALF_HEADER]
      return asKnown(contextOf(request, await authentication.authenticate(request)), Array.isArray(behalf) ? behalf[0] : behalf)
    },
    standing: async ({ principal: remembered, brand, onBehalfOf }) => {
      const principal = await authentication.current(remembered)
      if (principal === undefined || !(principal.brands.includes('*') || principal.brands.includes(brand))) return undefined
      try {
        return await asKnown({ principal, brand, channel: 'system', correlationId: newId() }, onBehalfOf)
      } catch (error) {
        if (isEnd(error)) return undefined
        throw error
      }
    },
  }
}
