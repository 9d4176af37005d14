/** What the provider's services need of a line, and the rules by which lines and offers are refused in Doggerhaven. */
import { brands, type SampleRecord } from './record.ts'

export const qualificationRecords: SampleRecord[] = [
  // Whatever is sold with broadband is sold only where a line can carry it.
  { brand: brands.own, resource: 'serviceNeed', id: 'need-broadband', doc: { name: 'Broadband', serviceSpecification: { id: 'cfs-broadband', name: 'Broadband' } } },
  {
    brand: brands.own,
    resource: 'qualificationRule',
    id: 'rule-television-speed',
    doc: {
      name: 'Television needs its speed', kind: 'technical', expression: 'line.download >= 25.0', reasonCode: 'tooSlowForTelevision', reason: 'Television needs at least 25 Mbit/s on this line',
      serviceSpecification: [{ id: 'cfs-tv', name: 'Television' }], priority: 10,
    },
  },
  {
    brand: brands.own,
    resource: 'qualificationRule',
    id: 'rule-copper-distance',
    doc: {
      name: 'Copper reaches 4 km', kind: 'technical', expression: 'line.technology != "copper" || distance < 4000.0', reasonCode: 'tooFarForCopper', reason: 'The house is more than 4 km of cable from the exchange',
      serviceSpecification: [{ id: 'cfs-broadband', name: 'Broadband' }], origin: { latitude: 54.72, longitude: 2.75 },
    },
  },
  {
    brand: brands.own,
    resource: 'qualificationRule',
    id: 'rule-closed-customers',
    doc: { name: 'Nothing for closed customers', kind: 'commercial', expression: 'customer.status != "closed"', reasonCode: 'customerClosed', reason: 'This customer has left: make a new one first' },
  },
]
