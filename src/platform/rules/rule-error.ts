/** Why a rule was not taken or has no result, with its place in the expression, for whoever wrote it. */

export type RuleErrorCode = 'syntax' | 'type' | 'notAllowed' | 'tooLarge' | 'budget' | 'evaluation'

export interface RulePosition {
  line: number
  column: number
}

export class RuleError extends Error {
  readonly code: RuleErrorCode
  /** Both from 1. */
  readonly position: RulePosition | undefined
  constructor(code: RuleErrorCode, text: string, position?: RulePosition, cause?: unknown) {
    super(position === undefined ? text : `${text} (line ${String(position.line)}, column ${String(position.column)})`, cause === undefined ? undefined : { cause })
    this.name = 'RuleError'
    this.code = code
    this.position = position
  }
}

export const positionAt = (expression: string, offset: number): RulePosition => {
  const before = expression.slice(0, offset)
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') }
}
