/** What is sold on the mobile network: tariffs without a device, prepaid, for the young and for companies, options; and devices. */
import { everyDays, monthly, once, per, setup } from './offering-document.ts'
import type { SampleOffering, SamplePrice } from './offering-document.ts'

const roamingDay = per('day', 2.5, 'A day outside Europe')

const tariff = (id: string, name: string, description: string, dataGb: number, price: number, more: Partial<SampleOffering> = {}): SampleOffering => ({
  id,
  name,
  description,
  specification: 'spec-mobile',
  category: 'cat-sim-only',
  values: { dataGb, unlimitedData: dataGb === 0, networkGeneration: '5G' },
  prices: [monthly(price), roamingDay],
  ...more,
})

const option = (id: string, name: string, description: string, kind: string, prices: readonly SamplePrice[], values: Record<string, string | number> = {}): SampleOffering => ({
  id,
  name,
  description,
  specification: 'spec-mobile-option',
  category: 'cat-mobile-options',
  values: { option: kind, ...values },
  prices,
})

export const mobileOfferings: SampleOffering[] = [
  tariff('mobile-s', 'Mobile S', '5 GB, unlimited calls and texts', 5, 9, { relations: [{ type: 'upgradesTo', id: 'mobile-m', name: 'Mobile M' }] }),
  tariff('mobile-m', 'Mobile M', '20 GB, unlimited calls and texts, roaming in Europe', 20, 14, { relations: [{ type: 'upgradesTo', id: 'mobile-l', name: 'Mobile L' }] }),
  tariff('mobile-l', 'Mobile L', '60 GB, unlimited calls and texts, roaming in Europe', 60, 19, { relations: [{ type: 'upgradesTo', id: 'mobile-unlimited', name: 'Mobile Unlimited' }] }),
  tariff('mobile-unlimited', 'Mobile Unlimited', 'Data without limit at full speed', 0, 27, { relations: [{ type: 'upgradesTo', id: 'mobile-unlimited-max', name: 'Mobile Unlimited Max' }] }),
  tariff('mobile-unlimited-max', 'Mobile Unlimited Max', 'Data without limit, 100 GB of it outside Europe, two extra SIMs', 0, 39, { prices: [monthly(39)] }),
  tariff('mobile-m-24', 'Mobile M 24', '20 GB with a commitment of 24 months, for the price of a smaller one', 20, 14, { prices: [monthly(14, 'Monthly charge', [{ name: 'Thanks for staying', amount: 3, months: 24 }]), roamingDay], commitment: 24, relations: [{ type: 'excludes', id: 'mobile-m', name: 'Mobile M' }] }),
  tariff('mobile-youth-30', 'Mobile Young 30', '30 GB for everybody under 26', 30, 11, { segment: 'youth' }),
  tariff('mobile-youth-unlimited', 'Mobile Young Unlimited', 'Data without limit for everybody under 26', 0, 20, { segment: 'youth' }),
  tariff('mobile-senior', 'Mobile Easy', '2 GB, unlimited calls, a person on the line when you call us', 2, 8, { segment: 'senior' }),
  tariff('mobile-child', 'Mobile First', '1 GB and a list of numbers that can be called', 1, 5, { segment: 'family' }),
  tariff('mobile-data-50', 'Data 50', '50 GB for a tablet or a laptop', 50, 15),
  tariff('mobile-business-s', 'Mobile Business S', '10 GB, shared invoice, repair of the line first', 10, 12, { segment: 'business', category: 'cat-business' }),
  tariff('mobile-business-l', 'Mobile Business L', 'Data without limit, roaming in 80 countries', 0, 32, { segment: 'business', category: 'cat-business' }),
  tariff('mobile-6g-trial', 'Mobile Next', 'A trial on the network of tomorrow', 100, 1, { lifecycleStatus: 'In design' }),
  tariff('prepaid-start', 'Prepaid Start', 'A SIM with 10.00 to use as you like', 0, 0, { category: 'cat-prepaid', values: { dataGb: 0, unlimitedData: false, networkGeneration: '4G' }, prices: [once(10, 'SIM with credit'), per('minute', 0.09, 'Calls'), per('MB', 0.02, 'Data')] }),
  tariff('prepaid-12', 'Prepaid 12', '12 GB every 30 days, no contract', 12, 10, { category: 'cat-prepaid', prices: [everyDays(30, 10), once(1, 'SIM')] }),
  tariff('prepaid-30', 'Prepaid 30', '30 GB every 30 days, no contract', 30, 15, { category: 'cat-prepaid', prices: [everyDays(30, 15), once(1, 'SIM')] }),
  option('data-10', 'Data +10', 'Ten more gigabytes, for one month', 'data', [once(5)], { dataGb: 10, validDays: 30 }),
  option('roaming-world-week', 'World Week', '5 GB in 60 countries for seven days', 'roaming', [once(15)], { dataGb: 5, validDays: 7 }),
  option('calls-abroad', 'Calls Abroad', '200 minutes to 40 countries each month', 'international', [monthly(6)]),
  option('multi-sim', 'Multi SIM', 'A second SIM with the same number and data', 'multiSim', [monthly(4), setup(5)]),
  { id: 'device-cover', name: 'Device Cover', description: 'Repair after damage, replacement after theft', specification: 'spec-insurance', category: 'cat-mobile-options', values: { cover: 'damageAndTheft' }, prices: [monthly(7)], commitment: 3 },
]

const goods = (id: string, name: string, description: string, specification: string, category: string, price: number, more: Partial<SampleOffering> = {}): SampleOffering => ({
  id,
  name,
  description,
  specification,
  category,
  prices: [once(price)],
  ...more,
})

export const deviceOfferings: SampleOffering[] = [
  goods('phone-aura-9', 'Aura 9', 'A phone with two cameras and a day and a half of battery', 'spec-aura-9', 'cat-phones', 549, { relations: [{ type: 'recommends', id: 'device-cover', name: 'Device Cover' }] }),
  goods('phone-aura-9-pro', 'Aura 9 Pro', 'A phone with three cameras and a screen that bright light does not bother', 'spec-aura-9-pro', 'cat-phones', 849, { relations: [{ type: 'recommends', id: 'device-cover', name: 'Device Cover' }] }),
  goods('phone-pebble-mini', 'Pebble Mini', 'A small phone that fits a pocket', 'spec-pebble-mini', 'cat-phones', 199),
  goods('phone-tern-fold', 'Tern Fold', 'A phone that unfolds into a tablet', 'spec-tern-fold', 'cat-phones', 1290),
  goods('phone-raft-easy', 'Raft Easy', 'Big keys, loud ring, emergency button', 'spec-raft-senior', 'cat-phones', 79),
  goods('tablet-kelp-11', 'Kelp 11', 'A tablet with an eleven inch screen', 'spec-kelp-11', 'cat-tablets-and-watches', 389),
  goods('watch-skerry', 'Skerry Watch', 'A watch with its own line', 'spec-skerry-watch', 'cat-tablets-and-watches', 249, { relations: [{ type: 'recommends', id: 'multi-sim', name: 'Multi SIM' }] }),
  goods('router-harbour-7', 'Harbour Router 7', 'Wi-Fi 7, 2.5 Gbit/s ports', 'spec-router-7', 'cat-home-devices', 149),
  goods('router-harbour-6', 'Harbour Router 6', 'Wi-Fi 6, for lines up to 1 Gbit/s', 'spec-router-6', 'cat-home-devices', 79),
  goods('wifi-pod', 'Wi-Fi Pod', 'Carries the Wi-Fi into one more room', 'spec-wifi-pod', 'cat-home-devices', 0, { prices: [monthly(4, 'Rent')] }),
  goods('tv-box', 'TV Box 4K', 'The box under the television', 'spec-tv-box', 'cat-home-devices', 0, { prices: [monthly(3, 'Rent'), once(10, 'Shipping')] }),
]
