/**
 * Which parties are one person, as it follows from merges alone: merges are the edges of a forest, a cluster is what hangs together, and
 * the party that leads it follows from the order of the merges. Taking one away gives exactly what the others say. Pure.
 */

export interface Edge {
  id: string
  survivor: string
  merged: string
}

/**
 * The leader of each party that a merge names, in the order in which the merges were made: the leader of the survivor's side stays.
 * A merge of two that are one already changes nothing.
 */
export const leadersOf = (edges: readonly Edge[]): Map<string, string> => {
  const leaders = new Map<string, string>()
  for (const { survivor, merged } of edges) {
    const stays = leaders.get(survivor) ?? survivor
    const goes = leaders.get(merged) ?? merged
    leaders.set(survivor, stays)
    leaders.set(merged, goes)
    for (const [party, leader] of leaders) if (leader === goes) leaders.set(party, stays)
  }
  return leaders
}

/** What a merge taken away leaves of a cluster: who leads each member now. A member that is alone leads itself. */
export const without = (edges: readonly Edge[], id: string, members: readonly string[]): Map<string, string> => {
  const leaders = leadersOf(edges.filter(edge => edge.id !== id))
  return new Map(members.map(member => [member, leaders.get(member) ?? member]))
}
