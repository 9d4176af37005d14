/** GET /tandem/v1/contractSummary/{id}/document: the summary to read and to print. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import type { Services } from '../../tmf/services.ts'
import { contractSummary, type ContractSummary } from './contract-summary.ts'
import { pdfOf, type PdfBlock, type PdfContent } from './pdf.ts'
import type { SummaryLine } from './summary-document.ts'

type Line = NonNullable<PdfBlock['line']>[number]

const serviceLines = (lines: readonly SummaryLine[], indent = 0): Line[] =>
  lines.flatMap(one => [
    { text: `${one.quantity === 1 ? '' : `${one.quantity} × `}${one.name}${one.place.length > 0 ? `, at ${one.place.join(', ')}` : ''}`, indent, strong: indent === 0 },
    ...one.characteristic.map(value => ({ text: `${value.name}: ${value.value}`, indent: indent + 1 })),
    ...one.price.map(text => ({ text, indent: indent + 1 })),
    ...serviceLines(one.part, indent + 1),
  ])

const paragraphs = (...texts: (string | undefined)[]): Line[] => texts.flatMap(text => (text === undefined || text === '' ? [] : [{ text }]))

const contentOf = (doc: ContractSummary): PdfContent => {
  const { document: of, hash = '', acceptance } = doc
  if (of === undefined) throw refuse.notFound('document of contractSummary', doc.id)
  const block: PdfBlock[] = [
    { heading: 'Who provides', line: paragraphs(of.provider.name, of.provider.address, of.provider.contact, of.provider.complaints === undefined ? undefined : `Complaints: ${of.provider.complaints}`) },
    { heading: 'Services and equipment', line: serviceLines(of.service) },
    { heading: 'Price', line: paragraphs(...of.total) },
    { heading: 'Duration, renewal and termination', line: paragraphs(...of.duration, of.renewal, of.termination) },
    { heading: 'Speed and remedies', line: paragraphs(of.remedies) },
    { heading: 'Features for end-users with disabilities', line: paragraphs(of.accessibility) },
    { heading: 'Terms', line: paragraphs([of.terms.name, of.terms.version].filter(Boolean).join(' '), of.terms.url) },
    { heading: 'Acceptance', line: paragraphs(acceptance === undefined ? 'Not accepted yet' : `Accepted ${acceptance.date ?? ''}, channel ${acceptance.channel ?? ''}, by ${acceptance.by ?? ''}`) },
  ]
  return { title: 'Contract summary', subtitle: `${of.source.resource} ${of.source.id}, version ${of.source.version}, ${of.date}`, date: new Date(of.date), block: block.filter(one => (one.line ?? []).length > 0), footer: `SHA-256 ${hash}` }
}

const ErrorBody = Type.Object({ code: Type.String(), reason: Type.String(), message: Type.Optional(Type.String()), status: Type.Optional(Type.String()) }, { description: 'What was wrong' })

export const documentRoutes = (app: FastifyInstance, deps: Services): void => {
  const schema = {
    tags: ['contractSummary'], operationId: 'contractSummaryDocument', summary: 'The contract summary as PDF',
    params: Type.Object({ id: Type.String({ description: 'The summary' }) }),
    response: { 200: Type.Any({ description: 'application/pdf' }), 401: ErrorBody, 403: ErrorBody, 404: ErrorBody, 500: ErrorBody },
  }
  app.get('/tandem/v1/contractSummary/:id/document', { schema, config: { confined: true } }, async (request, reply) => {
    requirePermission(request.context, contractSummary.name, 'read')
    const { id } = request.params as { id: string }
    const found = await deps.store.get(request.context, contractSummary, id)
    if (!found) throw refuse.notFound('contractSummary', id)
    const pdf = await pdfOf(contentOf(found.doc))
    return reply.type('application/pdf').header('content-disposition', 'inline; filename="contract-summary.pdf"').header('cache-control', 'private, no-cache').send(pdf)
  })
}
