import { describe, expect, it } from 'vitest'
import { matches } from '../../../src/tmf/events/match.ts'
import { parseHubQuery } from '../../../src/tmf/events/hub-query.ts'
import { thing } from './things.ts'

const doc = { id: '1', name: 'Stone', weight: 5, madeOn: '2026-01-01T12:00:00+02:00', relatedParty: [{ id: 'a', role: 'maker' }, { id: 'b', role: 'owner' }] }
const holds = (query: string): boolean => {
  const interest = parseHubQuery(query, [thing]).get('thing')!
  return matches(doc, interest.conditions)
}

describe('conditions on a payload', () => {
  it.each([
    ['name=Stone', true],
    ['name=Wood', false],
    ['name=Wood&name=Stone', true],
    ['name=Stone&weight=6', false],
    ['weight=5', true],
    ['weight.gt=4', true],
    ['weight.gte=5', true],
    ['weight.lt=5', false],
    ['weight.lte=5', true],
    ['weight%3E4', true],
    ['name.ne=Wood', true],
    ['name.ne=Stone', false],
    ['weight.ne=7', true],
    ['madeOn=2026-01-01T10:00:00Z', true],
    ['madeOn.lt=2026-01-01T10:00:01Z', true],
    ['madeOn.gt=2026-01-01T10:00:00Z', false],
    ['relatedParty.id=b', true],
    ['relatedParty.id=c', false],
    ['relatedParty.id=a,c', true],
    ['relatedParty=[{"id":"a","role":"maker"}]', true],
    ['relatedParty=[{"id":"a","role":"owner"}]', false],
    ['event.thing.name=Stone', true],
    ['thing.name=Wood', false],
    ['name.gt=Stona', true],
  ])('%s is %s', (query, expected) => {
    expect(holds(query)).toBe(expected)
  })

  it('an attribute that the document lacks equals nothing and differs from everything', () => {
    expect(matches({}, [{ path: 'name', op: 'eq', values: ['x'] }])).toBe(false)
    expect(matches({}, [{ path: 'name', op: 'ne', values: ['x'] }])).toBe(true)
    expect(matches({}, [{ path: 'weight', op: 'lt', values: [9] }])).toBe(false)
  })
})

describe("a hub's query", () => {
  it('names the event types that are wanted', () => {
    const filter = parseHubQuery('eventType=ThingCreateEvent,ThingDeleteEvent&fields=name', [thing])
    expect([...filter.get('thing')!.eventTypes]).toEqual(['ThingCreateEvent', 'ThingDeleteEvent'])
    expect(filter.get('thing')!.fields).toEqual(['name'])
  })

  it('wants everything of the API when it is empty', () => {
    expect([...parseHubQuery('', [thing]).get('thing')!.eventTypes]).toEqual(['ThingCreateEvent', 'ThingAttributeValueChangeEvent', 'ThingDeleteEvent'])
  })

  it.each([
    ['eventType=OtherEvent', /query\.eventType must be one of ThingCreateEvent/],
    ['colour=red', /colour is not an attribute of thing/],
    ['weight=heavy', /weight must be compared with a number/],
    ['name.regex=a.*', /name cannot be compared by regex/],
    ['limit=5', /query must not have limit/],
    ['name=%zz', /percent sign/],
  ])('%s is refused', (query, message) => {
    expect(() => parseHubQuery(query, [thing])).toThrow(message)
  })
})
