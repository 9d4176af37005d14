/** The categories that both brands list their offerings under. */

export type Category = readonly [id: string, name: string, description: string, parent?: string]

export const ownCategories: Category[] = [
  ['cat-internet', 'Internet at home', 'Lines over fibre, cable, copper and 5G'],
  ['cat-home-options', 'Home options', 'What can be added to a home line', 'cat-internet'],
  ['cat-television', 'Television', 'Channel packages'],
  ['cat-streaming', 'Streaming', 'Partners whose films and series come with us', 'cat-television'],
  ['cat-mobile', 'Mobile', 'Phone numbers with voice and data'],
  ['cat-sim-only', 'SIM only', 'Tariffs without a device', 'cat-mobile'],
  ['cat-prepaid', 'Prepaid', 'Pay first, no contract', 'cat-mobile'],
  ['cat-mobile-options', 'Mobile options', 'What can be added to a mobile line', 'cat-mobile'],
  ['cat-business', 'Business', 'For companies', 'cat-mobile'],
  ['cat-devices', 'Devices', 'Phones and everything that connects'],
  ['cat-phones', 'Phones', 'Phones', 'cat-devices'],
  ['cat-tablets-and-watches', 'Tablets and watches', 'Tablets and watches', 'cat-devices'],
  ['cat-home-devices', 'Home devices', 'Routers, boxes, Wi-Fi', 'cat-devices'],
  ['cat-packages', 'Packages', 'Several products for less'],
]

export const virtualCategories: Category[] = [
  ['breeze-cat-lines', 'Lines', 'Four of them'],
  ['breeze-cat-options', 'Options', 'Two of them'],
  ['breeze-cat-phones', 'Phones', 'One of them'],
]

const names = new Map([...ownCategories, ...virtualCategories].map(([id, name]) => [id, name]))

/** Name of a category of the sample. */
export const categoryName = (id: string): string => {
  const name = names.get(id)
  if (name === undefined) throw new Error(`The sample has no category ${id}`)
  return name
}
