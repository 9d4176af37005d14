/** References that lead nowhere, those that the definitions keep as plain text included. Pure. */
import { walk } from '../../tmf/references.ts'
import type { Finding } from './change-set-types.ts'
import { docOf, docsOf, finding, type Graph, type Promotion } from './graph.ts'
import { KINDS, kindNamed, type Doc, type KindName } from './kinds.ts'

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i

const dangling = (kind: KindName, id: string, path: string, to: string, target: string): Finding => finding('danglingReference', 'error', kind, id, path, `${path} refers to ${to} ${target}, which does not exist`)

const declared = (graph: Graph): Finding[] =>
  KINDS.flatMap(kind =>
    docsOf(graph, kind.name as KindName).flatMap(doc =>
      (kind.references ?? []).flatMap(({ path, to }) => {
        if (to === undefined || !kindNamed(to)) return []
        return [...walk(doc, path.split('.'), '')].flatMap(({ ref, at }) =>
          // An address of another system is that system's.
          typeof ref.id !== 'string' || (typeof ref.href === 'string' && ABSOLUTE.test(ref.href)) || docOf(graph, to as KindName, ref.id) ? [] : [dangling(kind.name as KindName, String(doc['id']), `${at}.id`, to, ref.id)],
        )
      }),
    ),
  )

const parents = (graph: Graph): Finding[] =>
  docsOf(graph, 'category').flatMap(doc => (typeof doc['parentId'] !== 'string' || docOf(graph, 'category', doc['parentId']) ? [] : [dangling('category', String(doc['id']), 'parentId', 'category', doc['parentId'])]))

const constraints = (graph: Graph): Finding[] =>
  docsOf<Doc & { id: string; constraint?: { id: string; '@referredType'?: string }[] }>(graph, 'productOfferingPrice').flatMap(doc =>
    (doc.constraint ?? []).flatMap((one, index) => (one['@referredType'] !== 'PriceRule' || docOf(graph, 'priceRule', one.id) ? [] : [dangling('productOfferingPrice', doc.id, `constraint[${index}].id`, 'priceRule', one.id)])),
  )

const NAMED: Readonly<Record<string, KindName>> = { productOffering: 'productOffering', productSpecification: 'productSpecification', category: 'category' }

const promotions = (graph: Graph): Finding[] =>
  docsOf<Promotion>(graph, 'promotion').flatMap(doc =>
    doc.lifecycleStatus === 'retirement'
      ? []
      : (doc.pattern ?? []).flatMap((pattern, p) => [
          ...pattern.criteriaGroup.flatMap((group, g) =>
            group.criteria.flatMap((one, c) => {
              const kind = NAMED[one.criteriaParameter]
              return kind === undefined || docOf(graph, kind, one.criteriaValue) ? [] : [dangling('promotion', doc.id, `pattern[${p}].criteriaGroup[${g}].criteria[${c}].criteriaValue`, kind, one.criteriaValue)]
            }),
          ),
          ...pattern.action.flatMap((one, a) => (one.actionEntityRef === undefined || docOf(graph, 'productOffering', one.actionEntityRef.id) ? [] : [dangling('promotion', doc.id, `pattern[${p}].action[${a}].actionEntityRef.id`, 'productOffering', one.actionEntityRef.id)])),
        ]),
  )

export const referenceFindings = (graph: Graph): Finding[] => [...declared(graph), ...parents(graph), ...constraints(graph), ...promotions(graph)]
