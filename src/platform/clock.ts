/** Business time. Its offset lives in the database, so that every process shares it and a test can move a year in a second. */

export interface Clock {
  /** Business time now. */
  now(): Date
}
