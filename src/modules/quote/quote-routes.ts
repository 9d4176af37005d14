/** The quote as PDF, and the versions that it has had. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import type { Services } from '../../tmf/services.ts'
import { pdfOf, priceText, type PdfBlock, type PdfContent } from '../contract/index.ts'
import { quote } from './quote.ts'
import type { QuoteItem } from './quote-types.ts'
import type { Quote } from './quote.schema.ts'

type Line = NonNullable<PdfBlock['line']>[number]

const itemLines = (items: readonly QuoteItem[], indent = 0): Line[] =>
  items.flatMap(item => {
    const name = item.productOffering?.name ?? item.product?.name ?? item.productOffering?.id ?? item.id ?? ''
    const places = (item.product?.place ?? []).map(one => one.name ?? one.id ?? '').filter(Boolean)
    return [
      { text: `${(item.quantity ?? 1) === 1 ? '' : `${item.quantity} × `}${name}${places.length > 0 ? `, at ${places.join(', ')}` : ''}`, indent, strong: indent === 0 },
      ...(item.quoteItemPrice ?? []).map(price => ({ text: priceText(price), indent: indent + 1 })),
      ...itemLines(item.quoteItem ?? [], indent + 1),
    ]
  })

const contentOf = (doc: Quote): PdfContent => ({
  title: `Quote ${doc.externalId ?? doc.id}`,
  subtitle: `Version ${doc.version ?? '1'}, ${doc.state ?? ''}${doc.validFor?.endDateTime === undefined ? '' : `, valid until ${doc.validFor.endDateTime}`}`,
  date: new Date(doc.quoteDate ?? 0),
  block: [
    { line: [...(doc.description === undefined ? [] : [{ text: doc.description }]), ...(doc.relatedParty ?? []).map(party => ({ text: `${party.role ?? 'party'}: ${party.name ?? party.id}` }))] },
    { heading: 'What is offered', line: itemLines(doc.quoteItem ?? []) },
    { heading: 'Totals', line: (doc.quoteTotalPrice ?? []).map(price => ({ text: priceText(price), strong: true })) },
    ...((doc.note ?? []).length > 0 ? [{ heading: 'Remarks', line: (doc.note ?? []).map(note => ({ text: note.text })) }] : []),
  ],
  footer: `Quote ${doc.id}, version ${doc.version ?? '1'}`,
})

const ErrorBody = Type.Object({ code: Type.String(), reason: Type.String(), message: Type.Optional(Type.String()), status: Type.Optional(Type.String()) }, { description: 'What was wrong' })
const params = Type.Object({ id: Type.String({ description: 'The quote' }) })
const errors = { 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 404: ErrorBody, 500: ErrorBody }
const Version = Type.Object({ version: Type.String({ description: 'Which version' }), state: Type.String({ description: 'Where it stood last' }), revision: Type.Integer({ description: 'Its last revision' }), quote: Type.Object({}, { additionalProperties: true, description: 'The quote as it was then' }) })

/** Changes of one quote that are looked at. */
const MOST_REVISIONS = 500

export const quoteRoutes = (app: FastifyInstance, deps: Services): void => {
  app.get('/tandem/v1/quote/:id/document', { config: { confined: true }, schema: { tags: ['quote'], operationId: 'quoteDocument', summary: 'The quote as PDF', params, response: { 200: Type.Any({ description: 'application/pdf' }), ...errors } } }, async (request, reply) => {
    requirePermission(request.context, quote.name, 'read')
    const { id } = request.params as { id: string }
    const found = await deps.store.get(request.context, quote, id)
    if (!found) throw refuse.notFound('quote', id)
    const pdf = await pdfOf(contentOf(found.doc))
    return reply.type('application/pdf').header('content-disposition', 'inline; filename="quote.pdf"').header('cache-control', 'private, no-cache').send(pdf)
  })

  app.get('/tandem/v1/quote/:id/version', { config: { confined: true }, schema: { tags: ['quote'], operationId: 'listQuoteVersions', summary: 'The versions of a quote, each as it was last, the newest first', params, response: { 200: Type.Array(Version), ...errors } } }, async (request, reply) => {
    requirePermission(request.context, quote.name, 'read')
    const { id } = request.params as { id: string }
    const found = await deps.store.get(request.context, quote, id)
    if (!found) throw refuse.notFound('quote', id)
    const versions = new Map([[found.doc.version ?? '1', { revision: found.revision, doc: found.doc }]])
    for (let revision = found.revision - 1; revision >= 1 && found.revision - revision <= MOST_REVISIONS; revision--) {
      const before = await deps.store.revision(request.context, quote, id, revision)
      const version = before?.doc.version ?? '1'
      if (before && !versions.has(version)) versions.set(version, { revision, doc: before.doc })
    }
    return reply.send([...versions].map(([version, { revision, doc }]) => ({ version, state: doc.state ?? '', revision, quote: doc })))
  })
}
