/** What is sold together: converged packages, their parts, and the catalog of the virtual operator. */
import { everyDays, monthly, once, per, setup } from './offering-document.ts'
import type { SampleOffering } from './offering-document.ts'

/** A part has no price of its own: the package has it. */
const part = (id: string, name: string, specification: string, values: Record<string, string | number | boolean>): SampleOffering => ({
  id,
  name,
  description: `${name}, as part of a package`,
  specification,
  category: 'cat-packages',
  values,
  prices: [],
  onlyInBundle: true,
})

const included = (id: string, name: string): { id: string; name: string; lower: number; upper: number; default: number } => ({ id, name, lower: 1, upper: 1, default: 1 })
const optional = (id: string, name: string, upper: number): { id: string; name: string; lower: number; upper: number; default: number } => ({ id, name, lower: 0, upper, default: 0 })

export const packageOfferings: SampleOffering[] = [
  part('part-fibre-500', 'Fibre 500 in a package', 'spec-fibre', { downloadSpeed: 500, uploadSpeed: 500 }),
  part('part-fibre-1000', 'Fibre 1000 in a package', 'spec-fibre', { downloadSpeed: 1000, uploadSpeed: 1000 }),
  part('part-mobile-m', 'Mobile M in a package', 'spec-mobile', { dataGb: 20, unlimitedData: false, networkGeneration: '5G' }),
  part('part-tv-family', 'TV Family in a package', 'spec-tv', { package: 'family', channels: 120 }),
  part('part-router-7', 'Harbour Router 7 in a package', 'spec-router-7', {}),
  {
    id: 'family-line',
    name: 'Family Line',
    description: 'One more mobile line with 20 GB for somebody at home',
    specification: 'spec-mobile',
    category: 'cat-packages',
    values: { dataGb: 20, unlimitedData: false, networkGeneration: '5G' },
    prices: [monthly(9)],
    onlyInBundle: true,
  },
  {
    id: 'home-trio',
    name: 'Home Trio',
    description: 'Fibre 500, Mobile M and TV Family with the router, on one bill and for less',
    specification: 'spec-package',
    category: 'cat-packages',
    prices: [monthly(70, 'Monthly charge', [{ name: 'Together discount', amount: 15 }]), setup(39)],
    commitment: 24,
    parts: [included('part-fibre-500', 'Fibre 500 in a package'), included('part-mobile-m', 'Mobile M in a package'), included('part-tv-family', 'TV Family in a package'), included('part-router-7', 'Harbour Router 7 in a package'), optional('family-line', 'Family Line', 4)],
    relations: [{ type: 'recommends', id: 'lanternfish-standard', name: 'Lanternfish Standard' }],
  },
  {
    id: 'home-duo',
    name: 'Home Duo',
    description: 'Fibre 1000 and TV Family with the router',
    specification: 'spec-package',
    category: 'cat-packages',
    prices: [monthly(66, 'Monthly charge', [{ name: 'Together discount', percentage: 10 }]), setup(39)],
    commitment: 24,
    parts: [included('part-fibre-1000', 'Fibre 1000 in a package'), included('part-tv-family', 'TV Family in a package'), included('part-router-7', 'Harbour Router 7 in a package')],
  },
  {
    id: 'mobile-family',
    name: 'Mobile Family',
    description: 'Two to five mobile lines with 20 GB each',
    specification: 'spec-package',
    category: 'cat-packages',
    prices: [monthly(10)],
    parts: [{ id: 'family-line', name: 'Family Line', lower: 2, upper: 5, default: 2 }],
  },
]

const breeze = (id: string, name: string, description: string, dataGb: number, price: number, category = 'breeze-cat-lines'): SampleOffering => ({
  id,
  name,
  description,
  specification: 'breeze-spec-mobile',
  category,
  values: { dataGb },
  prices: [monthly(price)],
  channels: ['web', 'app'],
})

export const virtualOfferings: SampleOffering[] = [
  { ...breeze('breeze-3', 'Breeze 3', '3 GB. That is all', 3, 4), relations: [{ type: 'upgradesTo', id: 'breeze-10', name: 'Breeze 10' }] },
  { ...breeze('breeze-10', 'Breeze 10', '10 GB and unlimited calls', 10, 7), relations: [{ type: 'upgradesTo', id: 'breeze-30', name: 'Breeze 30' }] },
  breeze('breeze-30', 'Breeze 30', '30 GB and unlimited calls', 30, 11),
  { ...breeze('breeze-prepaid', 'Breeze Prepaid', '5 GB every 30 days', 5, 5), prices: [everyDays(30, 5), once(2, 'SIM')] },
  { id: 'breeze-more-data', name: 'More data', description: '5 GB more', specification: 'breeze-spec-option', category: 'breeze-cat-options', values: { option: 'data', dataGb: 5 }, prices: [once(3)] },
  { id: 'breeze-europe-week', name: 'Europe week', description: '2 GB in Europe for seven days', specification: 'breeze-spec-option', category: 'breeze-cat-options', values: { option: 'roaming', dataGb: 2, validDays: 7 }, prices: [once(4), per('MB', 0.01, 'Further data')] },
  { id: 'breeze-pebble-mini', name: 'Pebble Mini', description: 'The only phone we sell', specification: 'breeze-spec-pebble', category: 'breeze-cat-phones', prices: [once(189)], channels: ['web'] },
]
