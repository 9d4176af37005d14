/** What coverage asks of addresses: where one is, by its id or by its words. They are the place module's. */
import type { Sql } from '../../platform/database/sql.ts'
import { addressById, addressesByWords, type LocatedAddress } from '../place/index.ts'
import type { AddressFields } from './place.ts'

export type ServiceAddress = LocatedAddress

export const getAddress = (sql: Sql, brand: string, id: string): Promise<ServiceAddress | undefined> => addressById(sql, brand, id)

/** Addresses with this street and number in this postcode or town, in any spelling (flats of one house can be several), at most six. */
export const findAddresses = (sql: Sql, brand: string, fields: AddressFields): Promise<ServiceAddress[]> => addressesByWords(sql, brand, fields)
