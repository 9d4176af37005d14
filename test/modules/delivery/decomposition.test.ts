import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decompose, DecompositionFault, tasksInCircle } from '../../../src/modules/delivery/decomposition.ts'
import type { DeliveryRule, DeliveryStep } from '../../../src/modules/delivery/rule-document.ts'
import type { OrderItem } from '../../../src/modules/ordering/index.ts'

const step = (name: string, more: Partial<DeliveryStep> = {}): DeliveryStep => ({
  name, kind: 'service', specification: { name }, target: 'fixed', targetType: name, action: { add: 'provision', modify: 'change', delete: 'cease' }, ...more,
})
const rule = (specification: string, ...steps: DeliveryStep[]): DeliveryRule => ({ id: `rule-${specification}`, name: specification, productSpecification: { id: specification }, step: steps })
const item = (id: string, specification: string, more: Partial<OrderItem> = {}): OrderItem => ({ id, action: 'add', product: { productSpecification: { id: specification, name: specification } }, ...more })
const graph = (items: OrderItem[], rules: DeliveryRule[]) => Object.fromEntries(decompose(items, rules).map(task => [task.key, task.dependsOn]))

const access = rule('fibre', step('line'), step('router', { kind: 'resource', target: 'warehouse', dependsOn: ['line'] }))

describe('decomposition of an order', () => {
  it('makes the tasks of each item, and lets run at once what waits for nothing', () => {
    expect(graph([item('1', 'fibre'), item('2', 'mobile')], [access, rule('mobile', step('sim'))])).toEqual({ '1/line': [], '1/router': ['1/line'], '2/sim': [] })
  })

  it('makes none for a specification without a rule, for noChange, and for an action that a step does not have', () => {
    expect(decompose([item('1', 'unknown'), item('2', 'fibre', { action: 'noChange' })], [access])).toEqual([])
    expect(graph([item('1', 'phone', { action: 'delete' })], [rule('phone', step('parcel', { action: { add: 'ship' } }))])).toEqual({})
  })

  it('prefers the rule that names the specification by id', () => {
    const byName: DeliveryRule = { id: 'n', name: 'n', productSpecification: { name: 'fibre' }, step: [step('byName')] }
    expect(Object.keys(graph([item('1', 'fibre')], [byName, access]))).toEqual(['1/line', '1/router'])
    expect(Object.keys(graph([item('1', 'fibre')], [byName]))).toEqual(['1/byName'])
  })

  it('waits for items that a step names by specification', () => {
    const television = rule('tv', step('channels', { afterSpecification: ['fibre'] }))
    expect(graph([item('1', 'tv'), item('2', 'fibre')], [access, television])['1/channels']).toEqual(['2/line', '2/router'])
    expect(graph([item('1', 'tv')], [access, television])['1/channels']).toEqual([])
  })

  it('waits for items that an item relies on, with all their parts', () => {
    const items = [item('1', 'tv', { productOrderItemRelationship: [{ id: '2', relationshipType: 'reliesOn' }] }), item('2', 'none', { productOrderItem: [item('2.1', 'fibre')] })]
    expect(graph(items, [access, rule('tv', step('channels'))])['1/channels']).toEqual(['2.1/line', '2.1/router'])
  })

  it('does not take a bundle for a dependency', () => {
    const items = [item('1', 'none', { productOrderItemRelationship: [{ id: '2', relationshipType: 'bundles' }] }), item('2', 'fibre')]
    const tasks = decompose(items, [access])
    expect(tasks.map(task => [task.key, task.rootItemId, task.dependsOn])).toEqual([['2/line', '1', []], ['2/router', '1', ['2/line']]])
  })

  it('delivers each of a quantity by tasks of its own', () => {
    expect(graph([item('1', 'fibre', { quantity: 2 })], [access])).toEqual({ '1/line': [], '1/router': ['1/line'], '1#2/line': [], '1#2/router': ['1#2/line'] })
  })

  it('ends in the reverse order', () => {
    expect(graph([item('1', 'fibre', { action: 'delete', product: { id: 'p', productSpecification: { id: 'fibre' } } })], [access])).toEqual({ '1/line': ['1/router'], '1/router': [] })
  })

  it('maps what was ordered, constants, and what earlier steps will answer', () => {
    const mapped = rule('mobile', step('sim'), step('option', { characteristic: [{ name: 'gb', fromCharacteristic: 'dataGb' }, { name: 'roaming', fromCharacteristic: 'roaming', value: 'none' }, { name: 'number', fromStep: 'sim.msisdn' }] }))
    const [, option] = decompose([item('1', 'mobile', { product: { productSpecification: { id: 'mobile' }, productCharacteristic: [{ name: 'dataGb', value: 20 }] } })], [mapped])
    expect(option).toMatchObject({ characteristic: { gb: 20, roaming: 'none' }, pending: [{ name: 'number', taskKey: '1/sim', attribute: 'msisdn' }], dependsOn: ['1/sim'] })
  })

  it('refuses rules that wait for each other', () => {
    const circle = [rule('a', step('x', { afterSpecification: ['b'] })), rule('b', step('y', { afterSpecification: ['a'] }))]
    expect(() => decompose([item('1', 'a'), item('2', 'b')], circle)).toThrow(DecompositionFault)
  })

  it('can run every task of any graph that it accepts, each after those it depends on', () => {
    const graphs = fc.array(fc.record({ needs: fc.array(fc.nat(12), { maxLength: 4 }) }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(graphs, nodes => {
        const steps = nodes.map((node, n) => step(`s${n}`, { dependsOn: [...new Set(node.needs.filter(other => other < n).map(other => `s${other}`))] }))
        const tasks = decompose([item('1', 'any')], [rule('any', ...steps)])
        expect(tasksInCircle(tasks)).toBeUndefined()
        expect(tasks).toHaveLength(nodes.length)
      }),
    )
  })
})
