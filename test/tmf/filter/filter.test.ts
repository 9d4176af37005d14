import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Type } from 'typebox'
import { matches } from '../../../src/tmf/events/match.ts'
import { parseHubQuery } from '../../../src/tmf/events/hub-query.ts'
import { parseListQuery } from '../../../src/tmf/filter/parse.ts'
import { readFilter } from '../../../src/tmf/filter/path-syntax.ts'
import { defineApi, defineResource } from '../../../src/tmf/resource.ts'
import { readPage } from '../../../src/tmf/storage/reader.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'

const text = Type.Optional(Type.String())
const Party = Type.Object({ id: text, role: text, validFor: Type.Optional(Type.Object({ endDateTime: Type.Optional(Type.String({ format: 'date-time' })) })) })
const thing = defineResource({
  api: defineApi({ number: 999, name: 'thingManagement', version: 'v4', release: '4.0.0', title: 'Things', description: 'Things.', slug: 'thing' }),
  name: 'thing',
  type: 'Thing',
  table: 'category',
  description: 'A thing.',
  schema: Type.Object({
    id: text,
    href: text,
    name: text,
    weight: Type.Optional(Type.Number()),
    isRound: Type.Optional(Type.Boolean()),
    madeOn: Type.Optional(Type.String({ format: 'date-time' })),
    tags: Type.Optional(Type.Array(Type.String())),
    place: Type.Optional(Type.Object({ city: text, floor: Type.Optional(Type.Number()) })),
    relatedParty: Type.Optional(Type.Array(Party)),
    characteristic: Type.Optional(Type.Array(Type.Object({ name: text, value: Type.Optional(Type.Unknown()), isShown: Type.Optional(Type.Boolean()), part: Type.Optional(Type.Array(Party)) }))),
    '@type': text,
  }),
  operations: ['list'],
  filters: { name: 'text', weight: 'number', madeOn: 'instant', isRound: 'boolean' },
  example: { name: 'Stone' },
})

const docs: Record<string, Record<string, unknown>> = {
  red: {
    name: 'Stone', weight: 5, isRound: true, madeOn: '2026-01-01T12:00:00.123456+02:00', tags: ['a', 'b'], place: { city: 'Oslo', floor: 2 }, '@type': 'Thing',
    relatedParty: [{ id: '1', role: 'maker', validFor: { endDateTime: '2026-06-01T00:00:00Z' } }, { id: '2', role: 'owner' }],
    characteristic: [{ name: 'colour', value: 'red', isShown: true, part: [{ id: '9', role: 'x' }, { id: '8', role: 'y' }] }, { name: 'size', value: 10 }],
  },
  blue: {
    name: 'stone', weight: 5.5, isRound: false, madeOn: '2025-12-31T23:00:00Z', tags: [], place: { city: 'Ålesund' },
    relatedParty: [{ id: '1', role: 'owner' }, { id: '2', role: 'maker', validFor: { endDateTime: '2026-06-01T02:00:00+02:00' } }],
    characteristic: [{ name: 'colour', value: 'blue' }, { name: 'size', value: 'red' }, { name: 'sizes', value: [1, 2, 'three'] }],
  },
  odd: { name: '😀', weight: -1e3, characteristic: [{ name: 'deep', value: { amount: 5, list: [{ unit: 'kg' }] } }, { name: 'none', value: null }, { name: 'yes', value: true }, { value: '10' }] },
  bare: { tags: ['x"y', "it's", '\uffff'] },
}

/** [filter, which documents it finds] */
const cases: [string, string[]][] = [
  // Attributes inside one element, which separate filters cannot say.
  ["characteristic[?(@.name=='colour' && @.value=='red')]", ['red']],
  ["characteristic[?(@.name=='size' && @.value=='red')]", ['blue']],
  ["relatedParty[?(@.id=='1' && @.role=='maker')]", ['red']],
  ["relatedParty[?(@.id=='1')]", ['blue', 'red']],
  ["relatedParty[?(@.id=='3' || @.role=='owner')]", ['blue', 'red']],
  ["relatedParty[?(@.id=='3')]", []],
  ["relatedParty[?(@.id!='1' && @.role=='maker')]", ['blue']],
  // Ways to write it.
  ["$.relatedParty[?(@.id=='1' && @.role=='maker')]", ['red']],
  ["$['relatedParty'][?(@['id']==\"1\"&&@[\"role\"]==\"maker\")]", ['red']],
  ["relatedParty[*][?(@.id=='1')]", ['blue', 'red']],
  ["relatedParty[?@.id=='1' && @.role=='maker']", ['red']],
  [" relatedParty [ ?( '1' == @.id && ( @.role == 'maker' ) ) ] ", ['red']],
  ["$[?(@.name=='Stone')]", ['red']],
  ["[?(@.name=='Stone')]", ['red']],
  ["$[?(@.relatedParty[?(@.id=='1' && @.role=='maker')])]", ['red']],
  ["$[?(@.name=='Stone')].relatedParty[?(@.id=='2')]", ['red']],
  ["$[?(@.name=='Stone' && @.weight>4 && @.madeOn>'2026-01-01')]", ['red']],
  // Columns, ranges, types.
  ["$[?(@.name!='Stone')]", ['bare', 'blue', 'odd']],
  ['$[?(@.weight>5)]', ['blue']],
  ['$[?(5<@.weight)]', ['blue']],
  ['$[?(@.weight>=5)]', ['blue', 'red']],
  ['$[?(@.weight<5)]', ['odd']],
  ['$[?(@.weight==-1000)]', ['odd']],
  ['$[?(@.weight==5.50)]', ['blue']],
  ['$[?(@.weight!=5)]', ['bare', 'blue', 'odd']],
  ['$[?(@.isRound==true)]', ['red']],
  ['$[?(@.isRound!=true)]', ['bare', 'blue', 'odd']],
  ["$[?(@.madeOn=='2026-01-01T10:00:00.123456Z')]", ['red']],
  ["$[?(@.madeOn>'2026-01-01T10:00:00.123455Z')]", ['red']],
  ["$[?(@.madeOn<'2026-01-01T00:00:00+00:00')]", ['blue']],
  ["relatedParty[?(@.validFor.endDateTime=='2026-06-01T00:00:00Z')]", ['blue', 'red']],
  ["relatedParty[?(@.validFor.endDateTime=='2026-06-01T00:00:00Z' && @.id=='2')]", ['blue']],
  ["relatedParty[?(@.validFor.endDateTime<'2026-06-01T00:00:00Z')]", []],
  ["relatedParty[?(@.validFor.endDateTime!='2026-06-01T00:00:00Z')]", ['blue', 'red']],
  ["$[?(@.place.city>'P')]", ['blue']],
  ["$[?(@.name>'a' && @.name<'\uffff')]", ['blue']],
  ["tags[?(@>='\uffff')]", ['bare']],
  ["$[?(@.name>'\uffff')]", ['odd']],
  ['$[?(@.place.floor<=2)]', ['red']],
  // Scalars in lists, and lists along the way.
  ["tags[?(@=='a')]", ['red']],
  ["$[?(@.tags=='b')]", ['red']],
  ["$[?(@.tags!='b')]", ['bare', 'blue', 'odd']],
  ["tags[?(@=='x\"y')]", ['bare']],
  ["tags[?(@=='it\\'s')]", ['bare']],
  ["tags[?(@==\"it's\")]", ['bare']],
  ["tags[?(@=='\\uFFFF')]", ['bare']],
  ["characteristic[?(@.part.id=='9' && @.part.role=='y')]", ['red']],
  ["characteristic[?(@.part[?(@.id=='9' && @.role=='y')])]", []],
  ["characteristic[?(@.part[?(@.id=='9' && @.role=='x')] && @.name=='colour')]", ['red']],
  ["characteristic[?(@.name=='colour')].part[?(@.id=='8')]", ['red']],
  ["characteristic[?(@.part[?(@.id=='8')].role=='y')]", ['red']],
  ["characteristic[?(@.part[?(@.id=='8')].role!='y' && @.name=='colour')]", ['blue']],
  ["characteristic[?(@.name=='colour')].part.id", ['red']],
  // There or not.
  ['relatedParty', ['blue', 'red']],
  ['tags', ['bare', 'blue', 'red']],
  ["$[?(@.place.floor)]", ['red']],
  ["$[?(!@.place.floor)]", ['bare', 'blue', 'odd']],
  ["relatedParty[?(@.validFor)]", ['blue', 'red']],
  ["relatedParty[?(!@.validFor && @.id=='2')]", ['red']],
  ["$[?(!@.relatedParty[?(@.role=='maker' && @.id=='2')])]", ['bare', 'odd', 'red']],
  ["$[?(!(@.name=='Stone' || @.name=='stone'))]", ['bare', 'odd']],
  ["$[?(@.name=='Stone' || @.place.city=='Ålesund')]", ['blue', 'red']],
  ["$[?(@.name=='Stone' || @.weight<0)]", ['odd', 'red']],
  ["$[?(@.name=='Stone' && @.name=='stone')]", []],
  ["$[?(@.place.city=='Oslo' && @.place.city=='Ålesund')]", []],
  ["$[?(@.place.city=='Oslo' && @.place.floor==2)]", ['red']],
  ["$[?(@.tags=='a' && @.tags=='b')]", ['red']],
  ["characteristic[?(@.name=='colour')],tags[?(@=='\uffff')]", ['bare', 'blue', 'red']],
  ["characteristic[?(@.value=='blue')];tags[?(@=='a')]", ['blue', 'red']],
  // Values that the definition leaves open.
  ['characteristic[?(@.value==10)]', ['red']],
  ["characteristic[?(@.value=='10')]", ['odd']],
  ['characteristic[?(@.value==true)]', ['odd']],
  ['characteristic[?(@.value==null)]', ['odd']],
  ["characteristic[?(@.value!=null && @.name=='none')]", []],
  ['characteristic[?(@.value==2)]', ['blue']],
  ["characteristic[?(@.value=='three' && @.name=='sizes')]", ['blue']],
  ['characteristic[?(@.value>1 && @.value<3)]', ['blue']],
  ['characteristic[?(@.value.amount==5)]', ['odd']],
  ["characteristic[?(@.value.list.unit=='kg' && @.name=='deep')]", ['odd']],
  ["characteristic[?(@.value.list[?(@.unit=='kg')])]", ['odd']],
  ['characteristic[?(@.value.amount)]', ['odd']],
  ["$[?(@.name==null)]", []],
  ["$[?(@.@type=='Thing')]", ['red']],
  ["$[?(@['@type']=='Thing')]", ['red']],
]

/** Only the database runs patterns. */
const patterns: [string, string[]][] = [
  ['$[?(@.name=~/^st/i)]', ['blue', 'red']],
  ['$[?(@.name=~/^st/)]', ['blue']],
  ["$[?(@.name=~'one$')]", ['blue', 'red']],
  ["characteristic[?(@.name=='colour' && @.value=~/^b/)]", ['blue']],
  ['$[?(@.name=~/a\\/b/)]', []],
]

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase({ resources: [thing] })
  for (const [id, doc] of Object.entries(docs)) await database.query('INSERT INTO category (brand, id, revision, doc) VALUES ($1, $2, 1, $3::json)', ['default', id, JSON.stringify({ id, ...doc })])
})
afterAll(() => database?.close())

const query = (filter: string, more = '') => parseListQuery(thing, `filter=${encodeURIComponent(filter)}${more}`, { defaultLimit: 10, maxLimit: 10, maxOffset: 0 })
const inDatabase = async (filter: string, more = ''): Promise<string[]> => {
  const { page, total } = await readPage(database, thing, { brand: 'default' }, query(filter, more))
  const found = (JSON.parse(page) as { id: string }[]).map(doc => doc.id).sort()
  expect(total).toBe(found.length)
  return found
}
const inMemory = (filter: string): string[] => {
  const { conditions } = parseHubQuery(`filter=${encodeURIComponent(filter)}`, [thing]).get('thing')!
  return Object.entries(docs).filter(([id, doc]) => matches({ id, ...doc }, conditions)).map(([id]) => id).sort()
}

describe('a filter finds the same in the database and in memory', () => {
  it.each(cases)('%s', async (filter, expected) => {
    expect(await inDatabase(filter)).toEqual(expected)
    expect(inMemory(filter)).toEqual(expected)
  })
})

describe('patterns', () => {
  it.each(patterns)('%s', async (filter, expected) => {
    expect(await inDatabase(filter)).toEqual(expected)
    expect(() => inMemory(filter)).toThrow(/regex in a subscription/)
  })
})

describe('a filter that cannot be is refused', () => {
  it.each([
    ["relatedParty[?(@.nothing=='1')]", /relatedParty\.nothing is not an attribute of thing/],
    ["nothing[?(@.id=='1')]", /nothing is not an attribute/],
    ["$[?(@.relatedParty[?(@.id.deeper=='1')])]", /relatedParty\.id\.deeper is not an attribute/],
    ["relatedParty[?(!@.__proto__)]", /relatedParty\.__proto__ is not an attribute/],
    ["$[?(@['relatedParty.id']=='1')]", /relatedParty\.id is not an attribute/],
    ["relatedParty[?(@.id==1)]", /relatedParty\.id must be compared with a text in quotes/],
    ["$[?(@.weight=='5')]", /weight must be compared with a number/],
    ["$[?(@.isRound=='true')]", /isRound must be compared with true or false/],
    ['$[?(@.isRound>true)]', /isRound cannot be compared by >/],
    ["$[?(@.madeOn=='soon')]", /madeOn must be compared with a date-time/],
    ['$[?(@.madeOn==5)]', /madeOn must be compared with a date-time/],
    ["$[?(@.place=='Oslo')]", /place is an object/],
    ["$[?(@=='Oslo')]", /the resource itself/],
    ['$[?(@.name<null)]', /name cannot be compared with null/],
    ['$[?(@.weight=~/5/)]', /weight cannot be compared by a pattern/],
    ['$[?(@.name=~/(a)\\1/)]', /back reference/],
    ['$[?(@.name=~/(?=a)b/)]', /looks around/],
    ['$[?(@.name=~/(/)]', /no regular expression/],
    ['$[?(@.name=~/((x{1,20}){1,20}){5}/)]', /repeats more than 1000 times/],
    [`$[?(@.name=~/${'a'.repeat(101)}/)]`, /longer than 100/],
    ["relatedParty[?(@.id='1')]", /character 20: equality is written ==/],
    ["relatedParty[?(@.id=='1')", /character 26: it ends where \] should come/],
    ["relatedParty[?(@.id=='1']", /character 25: \) should come/],
    ["relatedParty[?(@.id==1 &&)]", /character 26: a value should come/],
    ["relatedParty[?(@.id=='1)]", /character 22: the text that begins here has no end/],
    ["relatedParty[?(@.id==maker)]", /character 22: a value should come here: a quoted text/],
    ["relatedParty[?(@.id==trueish)]", /character 22: texts are written in quotes/],
    ["relatedParty[?(@.id==@.role)]", /two attributes cannot be compared/],
    ['$..id', /\.\. \(any depth\) cannot be used/],
    ['relatedParty.*', /\.\* cannot be used/],
    ['relatedParty[0]', /positions cannot be used/],
    ['relatedParty[?(@.id.length()==1)]', /functions such as length\(\) cannot be used/],
    ["relatedParty[?(@.id=='\\u0000')]", /cannot be stored/],
    ["relatedParty[?(@.id=='\\ud800')]", /cannot be stored/],
    ["relatedParty[?(@.id=='\\x')]", /\\x means nothing/],
    ['$[?(@.weight==9007199254740993)]', /more digits/],
    ['$[?(@.weight==1e999)]', /more digits/],
    ['', /a path should come here/],
    ['$', /a path should come here/],
    ["relatedParty[?(@.id=='1')] or", /nothing more should come here/],
    [`$[?(${'('.repeat(50)}@.name=='a'${')'.repeat(50)})]`, /deeper than 10/],
    [`$[?(${'!'.repeat(500)}@.name)]`, /deeper than 10/],
    [`$[?(${Array.from({ length: 60 }, () => "@.name=='a'").join('||')})]`, /more than 40 terms/],
    [`$[?(@.name=='${'a'.repeat(3000)}')]`, /at most 2000/],
  ])('%s', (filter, message) => {
    expect(() => query(filter)).toThrow(message)
  })
})

describe('a filter beside others', () => {
  it('narrows what they find, as several filters do', async () => {
    expect(await inDatabase("relatedParty[?(@.id=='1')]", '&name=Stone')).toEqual(['red'])
    expect(await inDatabase("relatedParty[?(@.id=='1')]", "&filter=tags[?(@=='b')]")).toEqual(['red'])
    expect(await inDatabase("relatedParty[?(@.id=='1')]", '&sort=-weight&name.ne=Stone')).toEqual(['blue'])
  })

  it('stays inside the row scope', async () => {
    const { total } = await readPage(database, thing, { brand: 'elsewhere' }, query("relatedParty[?(@.id=='1')]"))
    expect(total).toBe(0)
  })

  it('may come with && and brackets as they are', () => {
    const { conditions } = parseListQuery(thing, "name=x&filter=relatedParty[?(@.id=='a%26]'%20&&%20@.role=='x')]&weight.gt=5", { defaultLimit: 1, maxLimit: 1, maxOffset: 0 })
    expect(conditions.map(({ path }) => path)).toEqual(['filter', 'name', 'weight'])
    const wanted = parseHubQuery("eventType=ThingCreateEvent&filter=relatedParty[?(@.id=='1' && @.role=='maker')]&name=Stone", [thing]).get('thing')?.conditions ?? []
    expect(wanted).toHaveLength(2)
    expect(matches(docs['red'], wanted)).toBe(true)
    expect(matches(docs['blue'], wanted)).toBe(false)
  })

  it('is read in no time, however it is written', () => {
    const began = performance.now()
    for (const hostile of ['['.repeat(15_000), '&'.repeat(15_000), `[${'&'.repeat(15_000)}`, `a[?(@.b=='${'\\\\'.repeat(900)}`]) {
      expect(() => parseListQuery(thing, `filter=${hostile}`, { defaultLimit: 1, maxLimit: 1, maxOffset: 0 })).toThrow()
    }
    expect(performance.now() - began).toBeLessThan(500)
    expect(readFilter('a').type).toBe('exists')
  })
})

describe('the index', () => {
  it('finds a rare value among many without reading them all', async () => {
    await database.query(
      `INSERT INTO category (brand, id, revision, doc) SELECT 'many', 'm' || n, 1, json_build_object('id', 'm' || n, 'characteristic', json_build_array(json_build_object('name', 'serial', 'value', 's' || n), json_build_object('name', 'colour', 'value', 'red'))) FROM generate_series(1, 20000) n`,
    )
    await database.query('VACUUM ANALYZE category')
    const began = performance.now()
    for (let n = 0; n < 20; n++) {
      const { total } = await readPage(database, thing, { brand: 'many' }, query(`characteristic[?(@.name=='serial' && @.value=='s${n + 7}')]`))
      expect(total).toBe(1)
      const { total: rest } = await readPage(database, thing, { brand: 'many' }, query(`characteristic[?(@.value=='s${n + 7}' && @.name!='colour' && !@.isShown)]`))
      expect(rest).toBe(1)
    }
    // Reading them all takes some 100 ms each time.
    expect(performance.now() - began).toBeLessThan(1000)
  })
})
