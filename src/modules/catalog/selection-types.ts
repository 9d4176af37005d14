/** What the configurator is asked and what it answers. */
import type { ChosenValue } from './configuration.ts'
import type { LoadedOffering } from './offering-loader.ts'

export interface SelectedItem {
  /** Unique in the selection. */
  id: string
  offeringId: string
  /** Default 1. Of a part of a bundle: how many in all, not for each bundle. */
  quantity?: number
  characteristic?: readonly ChosenValue[]
  /** Names of values that the product has already, where it is one of the customer's. */
  had?: readonly string[]
  /** The item of the bundle that it is a part of. */
  partOf?: string
  /** The configurator has put it in. */
  defaulted?: boolean
}

export interface SelectionRequest {
  item: readonly SelectedItem[]
  /** All that is named, the parts of bundles within them; offerings that these relate to as well, where fixes should be checked to the end. */
  offerings: ReadonlyMap<string, LoadedOffering>
  /** Offerings of what the customer has already: they count for what is required and excluded. */
  existing?: readonly string[]
  now: Date
  /**
   * empty (default): a bundle that names no parts gets those that it has by default. required: a bundle gets each part that it cannot be without,
   * also beside parts that were named: what a person sees who is still choosing. nothing: it is judged as it is.
   */
  complete?: 'empty' | 'required' | 'nothing'
}

export type FindingCode = 'offeringUnknown' | 'notSellable' | 'quantityOutOfLimits' | 'groupOutOfLimits' | 'notInBundle' | 'valueNotAllowed' | 'valueMissing' | 'characteristicUnknown' | 'requiresOffering' | 'excludedByOffering' | 'requiresCharacteristic' | 'excludedByCharacteristic'

/** What is wrong with a selection. */
export interface Finding {
  code: FindingCode
  message: string
  itemId: string
  offeringId: string
  /** The other offering, the characteristic or the group that it is about. */
  about?: string
  /** The place of the value that it is about among those of the item, and what of it. */
  value?: { at: number; part: 'name' | 'value' }
  /** Something is missing that can still be chosen; the others contradict what was chosen. */
  incomplete: boolean
  /** What would mend it alone, the mildest first. */
  fix: Fix[]
}

/** A change of the selection. */
export type Fix =
  | { action: 'add'; offeringId: string; quantity: number; partOf?: string; message: string }
  | { action: 'remove'; itemId: string; message: string }
  | { action: 'setQuantity'; itemId: string; quantity: number; message: string }
  | { action: 'setValue'; itemId: string; characteristic: string; value: unknown; message: string }
  | { action: 'removeValue'; itemId: string; characteristic: string; message: string }

export interface Reason {
  code: string
  message: string
}

export interface CharacteristicChoice {
  name: string
  valueType?: string
  least: number
  most?: number
  configurable: boolean
  regex?: string
  /** Values that it has now. */
  chosen: readonly unknown[]
  /** The values were not chosen but preset. */
  defaulted: boolean
  /** What can be chosen; empty when anything can. */
  value: { value?: unknown; valueFrom?: number; valueTo?: number; rangeInterval?: string; regex?: string; isDefault: boolean; isSelected: boolean; isSelectable: boolean }[]
}

export interface ChoiceGroupState {
  id: string
  name: string
  lower: number
  upper?: number
  chosen: number
}

/** An offering that is or can be in the selection, and what follows from the rest of it. */
export interface Choice {
  /** Of what is selected; an offering that a bundle has and that is not selected has none. */
  itemId?: string
  offeringId: string
  name: string
  /** selected: chosen. defaulted: put in because nothing was said. required: it has to be there. excluded: it cannot be. allowed: it can be added. */
  state: 'selected' | 'defaulted' | 'required' | 'excluded' | 'allowed'
  quantity: number
  /** Of a part: fewest, most and how many by default, over all of the bundle. */
  lower?: number
  upper?: number
  preset?: number
  /** Of a part that is in a group to choose from: the group, the outer one first, with limits over all of the bundle and how many are chosen of it. */
  group?: ChoiceGroupState[]
  reason: Reason[]
  characteristic: CharacteristicChoice[]
  child: Choice[]
}

export interface SelectionAnswer {
  /** Nothing is missing and nothing contradicts. */
  valid: boolean
  /** Nothing that was chosen contradicts: it can still be completed. */
  possible: boolean
  /** The selection, completed. */
  item: (SelectedItem & { quantity: number; characteristic: ChosenValue[] })[]
  choice: Choice[]
  finding: Finding[]
  /** The smallest change that was found to make it valid; empty when it is valid, or when there is none. */
  fix: Fix[]
}
