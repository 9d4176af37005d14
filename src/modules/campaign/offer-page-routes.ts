/** The page that a link of a campaign opens. Whoever has the link may see the offer and take it: nobody is asked who it is. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Refusal } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { canBeHandedOver, entitlementOf, handOverCart, shopUrl } from '../cart/index.ts'
import type { Html } from './html.ts'
import { fragmentOf, readFragment } from './offer-link.ts'
import { cartOf, elsewhere, goTo, noticeOf, offerOf } from './offer-page.ts'
import { pageOf, PAGE_HEADERS, PAGE_SCRIPT, PAGE_STYLE } from './offer-page-files.ts'
import { wordsFor, type Words } from './offer-page-words.ts'
import { markOpened, showOffer, takeOffer } from './take-offer.ts'

/** The channel that a page in a browser is. */
const CHANNEL = 'web'

const Body = Type.Object({ link: Type.String({ maxLength: 200, description: 'What stands in the fragment of the link' }) }, { additionalProperties: false, description: 'The link that was followed' })

/** Refusals that are no fault of anybody's, in words for who holds the link. */
const toldOf = (words: Words, refusal: Refusal, sold: readonly string[]): string | undefined =>
  ({ notFound: words.unknown, offerTaken: words.taken, offerOver: words.ended, offerNotYet: words.notYet, offerPersonal: words.personal, channelNotEntitled: elsewhere(words, sold) })[refusal.code]

export const offerPageRoutes = (app: FastifyInstance, deps: Services): void => {
  const readBody = inputOf(Body)
  const options = { schema: { hide: true }, config: { public: true } } as const
  const sent = (reply: FastifyReply, type: string): FastifyReply => reply.headers(PAGE_HEADERS).type(`${type}; charset=utf-8`)
  const answer = (reply: FastifyReply, { html }: Html): FastifyReply => sent(reply, 'text/html').header('cache-control', 'no-store').header('vary', 'accept-language').send(html)
  app.get('/offer', options, async (request, reply) => answer(reply, pageOf(wordsFor(request.headers['accept-language']))))
  app.get('/offer/page.css', options, async (_request, reply) => sent(reply, 'text/css').header('cache-control', 'public, max-age=300').send(PAGE_STYLE))
  app.get('/offer/page.js', options, async (_request, reply) => sent(reply, 'text/javascript').header('cache-control', 'public, max-age=300').send(PAGE_SCRIPT))

  const followed = (request: FastifyRequest): { context: Context; token: string | undefined; words: Words } => {
    const { brand, token } = readFragment(readBody(request.body).link)
    const language = request.headers['accept-language']?.slice(0, 200)
    return { token, words: wordsFor(language), context: { ...request.context, brand, channel: CHANNEL, ...(language !== undefined && { language }) } }
  }
  const fragment = async (request: FastifyRequest, reply: FastifyReply, made: (context: Context, token: string, words: Words) => Promise<Html>): Promise<FastifyReply> => {
    const { context, token, words } = followed(request)
    if (token === undefined) return answer(reply.code(400), noticeOf(words.title, words.noLink))
    try {
      return answer(reply, await made(context, token, words))
    } catch (error) {
      const told = error instanceof Refusal ? toldOf(words, error, error.code === 'channelNotEntitled' ? await soldThrough(context, token) : []) : undefined
      if (told === undefined) throw error
      const { status, code } = error as Refusal
      return answer(reply.code(status), noticeOf(words.title, told, code === 'offerPersonal' ? goTo(logInAt(context, token), words.logIn) : undefined))
    }
  }
  const soldThrough = async (context: Context, token: string): Promise<string[]> => ((await showOffer(deps, context, token)).channel ?? []).filter(one => one !== CHANNEL)
  /** The shop asks who it is and takes the offer there: it gets the link in the fragment too. */
  const logInAt = (context: Context, token: string): string | undefined => {
    const shop = shopUrl(deps, context)
    return shop === undefined ? undefined : `${shop.split('#')[0] ?? ''}#offer=${fragmentOf(context.brand, token)}`
  }
  app.post('/offer/shown', options, async (request, reply) =>
    await fragment(request, reply, async (context, token, words) => offerOf(await showOffer(deps, context, token), words, { channel: CHANNEL, shop: logInAt(context, token) })),
  )
  app.post('/offer/opened', options, async (request, reply) => {
    const { context, token } = followed(request)
    if (token !== undefined) await markOpened(deps, context, token)
    return reply.code(204).send()
  })
  app.post('/offer/accepted', options, async (request, reply) =>
    await fragment(request, reply, async (context, token, words) => {
      const cart = await takeOffer(deps, context, token, undefined)
      const { action } = (await entitlementOf(deps, context)) ?? {}
      const isAllowed = canBeHandedOver(deps, cart.doc) && (action?.includes('handOver') ?? true)
      return cartOf(cart.doc, words, { handOver: isAllowed ? await handOverCart(deps, context, cart) : undefined })
    }),
  )
}
