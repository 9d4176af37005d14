import { describe, expect, it } from 'vitest'
import { assessCancellation, type AssessedTask } from '../../../src/modules/delivery/point-of-no-return.ts'

const task = (id: string, itemId: string, more: Partial<AssessedTask> = {}): AssessedTask => ({ id, name: id, itemId, rootItemId: itemId, state: 'pending', started: false, ponr: 'none', ponrReach: 'item', dependsOn: [], ...more })
const done = { state: 'completed', started: true } as const

describe('cancelling', () => {
  it('undoes what has begun and drops the rest', () => {
    const assessment = assessCancellation([task('a', '1', done), task('b', '1', { state: 'waiting', started: true }), task('c', '1', { dependsOn: ['b'] }), task('d', '2', { state: 'ready' })])
    expect(assessment).toMatchObject({ possible: true, toCompensate: ['a', 'b'], toSkip: ['c', 'd'], fees: [] })
  })

  it('is refused once a task with a hard point of no return has started, and says which', () => {
    const tasks = (state: AssessedTask['state'], started: boolean) => [task('line', '1', done), task('ship', '1', { state, started, ponr: 'hard', dependsOn: ['line'] })]
    expect(assessCancellation(tasks('pending', false)).possible).toBe(true)
    expect(assessCancellation(tasks('ready', false)).possible).toBe(true)
    for (const state of ['running', 'waiting', 'completed'] as const) {
      expect(assessCancellation(tasks(state, true))).toMatchObject({ possible: false, lockedBy: [{ taskId: 'ship', orderItemId: '1' }], lockedItems: ['1'] })
    }
  })

  it('is possible again when that task failed, or was undone', () => {
    for (const state of ['failed', 'compensated', 'skipped'] as const) expect(assessCancellation([task('ship', '1', { state, started: true, ponr: 'hard' })]).possible).toBe(true)
  })

  it('locks everything upstream, through other items too', () => {
    const tasks = [task('line', '1', done), task('check', '2', { ...done, dependsOn: ['line'] }), task('ship', '3', { state: 'running', started: true, ponr: 'hard', ponrReach: 'task', dependsOn: ['check'] }), task('other', '4', done)]
    expect(assessCancellation(tasks).lockedItems).toEqual(['1', '2', '3'])
    expect(assessCancellation(tasks, new Set(['4'])).possible).toBe(true)
    expect(assessCancellation(tasks, new Set(['1'])).possible).toBe(false)
  })

  it('reaches as far as its data says: a shipped handset does not lock the fibre line', () => {
    const order = (ponrReach: AssessedTask['ponrReach']) => [
      task('ship', '2', { rootItemId: '1', state: 'waiting', started: true, ponr: 'hard', ponrReach }),
      task('box', '2', { rootItemId: '1' }),
      task('line', '3', { rootItemId: '1', ...done }),
      task('else', '9', done),
    ]
    const locked = (reach: AssessedTask['ponrReach']) => assessCancellation(order(reach)).lockedItems
    expect(assessCancellation(order('item'), new Set(['3'])).possible).toBe(true)
    expect(locked('task')).toEqual(['2'])
    expect(locked('item')).toEqual(['2'])
    expect(locked('bundle')).toEqual(['2', '3'])
    expect(locked('order')).toEqual(['2', '3', '9'])
    expect(assessCancellation(order('task')).toSkip).toEqual(['box'])
  })

  it('costs the fee of each soft point of no return that was passed', () => {
    const fee = { unit: 'EUR', value: 9.99 }
    const assessment = assessCancellation([task('a', '1', { ...done, ponr: 'soft', fee }), task('b', '1', { ponr: 'soft', fee }), task('c', '2', { state: 'compensated', started: true, ponr: 'soft', fee })])
    expect(assessment).toMatchObject({ possible: true, fees: [{ taskId: 'a', ...fee }] })
  })
})
