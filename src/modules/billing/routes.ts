/** Operations of billing below /tandem/v1: bill runs, the bill as data, what an account owes, and products that cannot be billed. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requirePermission, type Action } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { billingAccount } from '../account/index.ts'
import { readBillAsData } from './bill-as-data.ts'
import { customerBillDoc } from './bill-documents.ts'
import { readBalances } from './bill-store.ts'
import { isLocalDate, localDate, type LocalDate } from '../../platform/calendar.ts'
import { customerBill } from './customer-bill.ts'
import { dryRun } from './dry-run.ts'
import { readProblems } from './product-store.ts'
import { Decimal, moneyText } from './proration.ts'
import { billRunJob } from './run-job.ts'
import { planRun } from './run.ts'
import { countAccounts, failedAccounts, listRuns, readRun, retryFailed, runTotals, type RunRow, type RunTotals } from './run-store.ts'
import { AccountBalanceAnswer, BillDocument, BillRunAnswer, BillRunCreate, BillRunList, ProblemList } from './route-schemas.ts'

const PATH = '/tandem/v1/billRun'
const readCreate = inputOf(BillRunCreate)

/** Runs concern all customers of a brand: a caller that is confined to one party's rows may not see them. */
const permitRun = (context: Context, action: Action): void => {
  requirePermission(context, 'billRun', action)
  if (isConfined(context.principal)) throw refuse.forbidden('Bill runs concern all customers: a caller that is confined to certain parties has no part in them')
}

/** The first zone to reach a date: what is not reached there is the future everywhere. */
const FIRST_ZONE = 'Pacific/Kiritimati'

const throughOf = (body: { cycleDate?: string; asOf?: string }, now: Date): LocalDate => {
  if (body.cycleDate !== undefined && body.asOf !== undefined) throw refuse.invalid([fault('asOf', 'cannot be given beside cycleDate')])
  if (body.cycleDate !== undefined && !isLocalDate(body.cycleDate)) throw refuse.invalid([fault('cycleDate', 'must be a date that exists, YYYY-MM-DD', body.cycleDate)])
  if (body.asOf !== undefined && Number.isNaN(Date.parse(body.asOf))) throw refuse.invalid([fault('asOf', 'must be a date-time', body.asOf)])
  return body.cycleDate ?? localDate(body.asOf === undefined ? now : new Date(body.asOf), FIRST_ZONE)
}

const totalsOf = (rows: readonly RunTotals[]) =>
  rows.map(row => {
    const money = (value: string) => moneyText(new Decimal(value), row.currency)
    return { currency: row.currency, bills: row.bills, taxExcluded: money(row.tax_excluded), taxAmount: money(row.tax_amount), taxIncluded: money(row.tax_included), amountDue: money(row.amount_due) }
  })

const answerOf = async (deps: Services, brand: string, run: RunRow) => {
  const counts = await countAccounts(deps.database, brand, run.id)
  return {
    id: run.id,
    href: `${PATH}/${run.id}`,
    dryRun: false,
    cycleDate: run.cycle_date,
    sequence: run.sequence,
    state: run.state,
    requestedBy: run.requested_by,
    plannedAt: run.planned_at.toISOString(),
    ...(run.done_at === null ? {} : { doneAt: run.done_at.toISOString() }),
    accounts: counts.planned + counts.drafted + counts.done + counts.failed,
    ...counts,
    total: totalsOf(await runTotals(deps.database, brand, run.id)),
    ...(counts.failed === 0 ? {} : { failure: (await failedAccounts(deps.database, brand, run.id, 100)).map(one => ({ billingAccount: one.account_id, error: one.error ?? '' })) }),
  }
}

const dryAnswer = async (deps: Services, context: Context, through: LocalDate) => {
  const { cycles, bills, truncated } = await dryRun(deps, context, through)
  const sums = new Map<string, RunTotals>()
  for (const { draft } of bills) {
    const sum = sums.get(draft.currency) ?? { currency: draft.currency, bills: 0, tax_excluded: '0', tax_amount: '0', tax_included: '0', amount_due: '0' }
    const plus = (a: string, b: string): string => new Decimal(a).plus(b).toFixed()
    sums.set(draft.currency, {
      currency: draft.currency,
      bills: sum.bills + 1,
      tax_excluded: plus(sum.tax_excluded, draft.taxExcluded),
      tax_amount: plus(sum.tax_amount, draft.taxAmount),
      tax_included: plus(sum.tax_included, draft.taxIncluded),
      amount_due: plus(sum.amount_due, draft.amountDue),
    })
  }
  return {
    dryRun: true,
    cycleDate: through,
    state: 'done',
    accounts: cycles,
    truncated,
    total: totalsOf([...sums.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1))),
    bill: bills.map(bill => ({
      ...customerBillDoc(bill),
      id: bill.id,
      line: bill.draft.lines.map(line => ({ name: line.name, kind: line.kind, taxExcluded: line.taxExcluded, taxIncluded: line.taxIncluded, explanation: line.explanation })),
    })),
  }
}

const pageOf = (request: FastifyRequest): { limit: number; offset: number } => {
  const query = request.query as Record<string, unknown>
  const whole = (name: string, fallback: number, most: number): number => {
    const value = query[name]
    if (value === undefined) return fallback
    if (typeof value !== 'string' || !/^\d{1,9}$/.test(value) || Number(value) > most) throw refuse.invalid([fault(name, `must be a whole number up to ${most}`, value)])
    return Number(value)
  }
  return { limit: whole('limit', 100, 1000), offset: whole('offset', 0, 1_000_000) }
}

const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id

/** Bill runs: start or rehearse one, see how it goes, try failed accounts again. */
const runRoutes = (scope: FastifyInstance, deps: Services): void => {
  const tags = ['billRun']
  scope.post(
    PATH,
    {
      schema: {
        tags,
        summary: 'Bill the accounts that are due',
        description: 'Bills every account whose cycle date has come, missed dates first and in order, up to cycleDate (or to now). dryRun computes the same bills, numbers and ids included, and writes nothing; it may look into the future.',
        body: BillRunCreate,
        response: { 200: BillRunAnswer, 202: BillRunAnswer },
      },
    },
    async (request, reply) => {
      permitRun(request.context, 'create')
      const body = readCreate(request.body ?? {})
      const { brand, principal } = request.context
      const now = deps.clock.now()
      const through = throughOf(body, now)
      if (body.dryRun === true) return await reply.code(200).send(await dryAnswer(deps, request.context, through))
      if (through > localDate(now, FIRST_ZONE)) throw refuse.conflict('cycleNotReached', `cycleDate ${through} has not come yet; a dry run may look ahead`)
      const run = await planRun(deps, brand, { through, requestedBy: principal.id })
      if (!run) return await reply.code(200).send({ dryRun: false, cycleDate: through, state: 'done', accounts: 0, total: [] })
      await deps.jobs.enqueue(billRunJob, { brand, through, requestedBy: principal.id }, { id: `${brand} ${run.id}` })
      return await reply.code(202).header('location', `${PATH}/${run.id}`).send(await answerOf(deps, brand, run))
    },
  )
  scope.get(PATH, { schema: { tags, summary: 'List bill runs, the latest cycle date first', response: { 200: BillRunList } } }, async request => {
    permitRun(request.context, 'read')
    const { limit, offset } = pageOf(request)
    const { brand } = request.context
    return await Promise.all((await listRuns(deps.database, brand, limit, offset)).map(run => answerOf(deps, brand, run)))
  })
  const found = async (request: FastifyRequest): Promise<RunRow> => {
    const run = await readRun(deps.database, request.context.brand, idOf(request).replaceAll('\0', ''))
    if (!run) throw refuse.notFound('billRun', idOf(request))
    return run
  }
  scope.get(`${PATH}/:id`, { schema: { tags, summary: 'Read how a bill run goes', response: { 200: BillRunAnswer } } }, async request => {
    permitRun(request.context, 'read')
    return await answerOf(deps, request.context.brand, await found(request))
  })
  scope.post(`${PATH}/:id/retry`, { schema: { tags, summary: 'Bill the accounts of a run again that failed', response: { 202: BillRunAnswer } } }, async (request, reply) => {
    permitRun(request.context, 'update')
    const { brand, principal } = request.context
    const run = await found(request)
    const again = await deps.database.transaction(tx => retryFailed(tx, brand, run.id))
    if (again > 0) await deps.jobs.enqueue(billRunJob, { brand, through: run.through, requestedBy: principal.id }, { id: `${brand} ${run.id} retry` })
    return await reply.code(202).send(await answerOf(deps, brand, await found(request)))
  })
}

/** What one bill and one account say. */
const billRoutes = (scope: FastifyInstance, deps: Services): void => {
  scope.get('/tandem/v1/customerBill/:id/document', { config: { confined: true }, schema: { tags: ['customerBill'], summary: 'Read a bill as data, each line explained', response: { 200: BillDocument } } }, async request => {
    requirePermission(request.context, 'customerBill', 'read')
    // The resource is read for its row scope: who may not see the bill does not see its lines.
    const bill = await deps.store.get(request.context, customerBill, idOf(request))
    const document = bill && (await readBillAsData(deps.database, bill.brand, bill.id))
    if (!bill || !document) throw refuse.notFound('customerBill', idOf(request))
    return { ...document, state: bill.doc.state }
  })
  scope.get('/tandem/v1/billingAccount/:id/balance', { config: { confined: true }, schema: { tags: ['billingAccount'], summary: 'Read what an account owes and has in hand, from the ledger', response: { 200: AccountBalanceAnswer } } }, async request => {
    requirePermission(request.context, 'billingAccount', 'read')
    const account = await deps.store.get(request.context, billingAccount, idOf(request))
    if (!account) throw refuse.notFound('billingAccount', idOf(request))
    const balances = await readBalances(deps.database, account.brand, account.id)
    const of = (kind: 'receivable' | 'credit', sign: 1 | -1) =>
      balances.filter(row => row.account === kind).map(row => ({ currency: row.currency, amount: moneyText(new Decimal(row.amount).times(sign), row.currency) }))
    return { id: account.id, receivable: of('receivable', 1), credit: of('credit', -1) }
  })
  scope.get('/tandem/v1/billingProblem', { schema: { tags: ['billRun'], summary: 'List products that cannot be billed as they are', response: { 200: ProblemList } } }, async request => {
    permitRun(request.context, 'read')
    return (await readProblems(deps.database, request.context.brand, 1000)).map(({ product_id, problem }) => ({ product: product_id, problem }))
  })
}

export const billingRoutes = (scope: FastifyInstance, deps: Services): void => {
  runRoutes(scope, deps)
  billRoutes(scope, deps)
}
