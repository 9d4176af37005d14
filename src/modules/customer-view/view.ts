/** The 360° view: all that the running modules know of a person, as far as the caller may see it, read in one statement. */
import { fault, refuse } from '../../platform/errors.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import { StartError } from '../../platform/start-error.ts'
import type { Parts, ViewSection } from '../../tmf/contributions.ts'
import { basePath } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { mayShow, perspectivesOf } from './perspective.ts'
import { peopleOf } from './person-sql.ts'
import { viewStatement, type Asked, type ViewParts, type ViewRow } from './view-statement.ts'

export interface View {
  sections: readonly ViewSection[]
  parts: ViewParts
}

/** Ids that a link carries; a person with more is asked for by list. */
const MOST_IDS_IN_LINK = 50
const PERSONS_NAMED = 10

export const viewOf = (parts: Parts): View => {
  const people = peopleOf(parts.resources)
  return {
    sections: parts.view,
    parts: { people, served: new Map(parts.resources.map(resource => [resource.name, resource])), search: parts.search, lookups: parts.lookups },
  }
}

/** Tries every section on the database, so that one that cannot run is named at start and not by the first caller. */
export const checkSections = async ({ sections, parts }: View, { database }: Pick<Services, 'database'>): Promise<void> => {
  const tables = [...parts.served.values()].map(resource => resource.table).join('|')
  const itself = new RegExp(`\\b(?:from|join)\\s+"?(${tables})\\b`, 'i')
  const names = new Set<string>()
  for (const section of sections) {
    const direct = itself.exec(section.sql.replace(/'(?:[^']|'')*'/g, "''"))
    if (names.has(section.name)) throw new StartError(`Two sections of the customer view are named ${section.name}`)
    if (direct) throw new StartError(`Section ${section.name} of the customer view reads the table ${direct[1]} itself: rows of a resource are read as {resource}, within what the caller may see`)
    names.add(section.name)
    const { text } = viewStatement(parts, systemContext('default', 'start'), [section], { id: '' }, new Date(0)).statement
    await database
      .transaction(async tx => {
        await tx.query(`PREPARE customer_view_check AS ${text}`)
        await tx.query('DEALLOCATE customer_view_check')
      })
      .catch((error: unknown) => {
        throw new StartError(`Section ${section.name} of the customer view cannot be read: ${(error as Error).message}`, { cause: error })
      })
  }
}

/** The sections that were asked for; all when none was named. */
const chosen = ({ sections }: View, asked: string | undefined): readonly ViewSection[] => {
  if (asked === undefined) return sections
  const names = [...new Set(asked.split(',').map(name => name.trim()))]
  const unknown = names.filter(name => !sections.some(section => section.name === name))
  if (unknown.length > 0) throw refuse.invalid(unknown.map(name => fault('sections', `must be among ${sections.map(section => section.name).join(', ')}`, name)))
  return sections.filter(section => names.includes(section.name))
}

const isSafe = (id: string): boolean => !id.includes(',')

/** The page of the list that a section shows the beginning of; undefined where a link cannot say it. */
const linkOf = ({ parts }: View, section: ViewSection, known: readonly string[]): string | undefined => {
  const resource = section.list && parts.served.get(section.list.resource)
  if (section.list === undefined || resource === undefined || known.length === 0 || known.length > MOST_IDS_IN_LINK || !known.every(isSafe)) return undefined
  return `${basePath(resource.api)}/${resource.name}?${section.list.by}=${known.map(encodeURIComponent).join(',')}`
}

/** A section is an object of json; its link goes in front, and nothing is parsed. */
const withLink = (text: string, link: string | undefined): string => (link === undefined || !text.startsWith('{') || text === '{}' ? text : `{"href":${JSON.stringify(link)},${text.slice(1).trimStart()}`)

const finished = ({ finish }: ViewSection, text: string): string => finish?.(text) ?? text

export interface Answer {
  /** JSON text. */
  text: string
  parties: readonly string[]
}

/** What of the sections may be shown, and what is withheld: a section, or of one that shows rows of several kinds side by side a kind (`person.organization`). */
const partsShown = (wanted: readonly ViewSection[], may: (name: string) => boolean): { shown: readonly ViewSection[]; withheld: string[] } => {
  const shown = wanted.filter(({ reads, kinds }) => reads.every(may) && (kinds === undefined || kinds.some(may)))
  return { shown, withheld: wanted.flatMap(section => (shown.includes(section) ? (section.kinds ?? []).filter(kind => !may(kind)).map(kind => `${section.name}.${kind}`) : section.name)) }
}

/** Reads the view from the first perspective of the caller that reaches somebody: as itself before for others. 404 when there is nobody, or nobody whom the caller may see; 409 when the identifier is that of several persons. */
export const readView = async (view: View, deps: Pick<Services, 'database' | 'clock'>, context: Context, asked: Asked, sections?: string, question: string | null = null): Promise<Answer> => {
  const wanted = chosen(view, sections)
  for (const perspective of perspectivesOf(context, 'customer360')) {
    const { shown, withheld } = partsShown(wanted, name => mayShow(perspective, view.parts.served, name))
    const { statement, values } = viewStatement(view.parts, perspective, shown, asked, deps.clock.now(), question)
    const [row] = await deps.database.query<ViewRow>(statement, values)
    if (row !== undefined && (row.persons ?? []).length > 0) return answerOf(view, row, asked, shown, withheld)
  }
  throw refuse.notFound('customer360', nameOf(asked))
}

const nameOf = (asked: Asked): string => ('id' in asked ? asked.id : asked.said)

const answerOf = (view: View, row: ViewRow, asked: Asked, shown: readonly ViewSection[], withheld: readonly string[]): Answer => {
  const persons = row.persons ?? []
  const known = row.known ?? []
  const parties = row.parties ?? []
  if (persons.length > 1) throw refuse.conflict('severalPersons', `${nameOf(asked)} belongs to ${persons.length} persons: ask for one of ${(parties.length > 0 ? parties : known).slice(0, PERSONS_NAMED).join(', ')}`)
  // One that the caller may see: not every party of a person is for a confined one.
  const id = parties[0] ?? known[0]!
  const head = { id, href: `/tandem/v1/customer360/${encodeURIComponent(id)}`, '@type': 'Customer360', party: parties, withheld, ...(row.cut && { incomplete: true }) }
  const parts = shown.map((section, index) => `${JSON.stringify(section.name)}:${withLink(finished(section, row[`s${index}`] ?? 'null'), linkOf(view, section, known))}`)
  return { text: `${JSON.stringify(head).slice(0, -1)},"role":${row.roles ?? '[]'},"section":{${parts.join(',')}}}`, parties: parties.length > 0 ? parties : known }
}
