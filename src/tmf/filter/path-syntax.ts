/**
 * The grammar of JSONPath filters (TMF630 part 6): `note[?(@.author=='Mary' && @.date>'2026-01-01')]`. Reads text into a tree and knows
 * no schema; a mistake is a 400 that says at which character. Written by hand: the libraries that are about evaluate scripts, or
 * evaluate documents only, and this grammar has to become SQL as well.
 */
import { fault, refuse, type Refusal } from '../../platform/errors.ts'

export type Sign = '==' | '!=' | '<' | '<=' | '>' | '>=' | '=~'

export type Literal = { kind: 'text'; value: string } | { kind: 'number'; value: number } | { kind: 'boolean'; value: boolean } | { kind: 'null' } | { kind: 'pattern'; value: string; ignoreCase: boolean }

export type Step = { name: string; at: number } | { where: Node; at: number }

export type Node =
  | { type: 'and' | 'or'; parts: Node[] }
  | { type: 'not'; part: Node }
  /** Something is there. */
  | { type: 'exists'; path: Step[] }
  | { type: 'compare'; path: Step[]; sign: Sign; literal: Literal; at: number }

const MAX_LENGTH = 2000
const MAX_DEPTH = 10
const MAX_TERMS = 40

const NAME = /[\p{L}_@][\p{L}\p{N}_@-]*/uy
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const SIGN = /==|!=|<=|>=|=~|<|>/y
const SPACE = /\s*/y
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** The filter with the mistake marked, as the answer shows it. */
const mistake = (of: string, text: string, at: number, what: string): Refusal => refuse.invalid([fault(of, `cannot be read at character ${at + 1}: ${what}`, text.slice(Math.max(0, at - 20), at + 40))])

class Reader {
  readonly text: string
  private at = 0
  private depth = 0
  private terms = 0

  readonly of: string

  constructor(text: string, of: string) {
    this.text = text
    this.of = of
  }

  private fail(what: string, at = this.at): never {
    throw mistake(this.of, this.text, at, what)
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }

  private space(): void {
    this.match(SPACE)
  }

  /** Takes the text when it comes next, spaces before it left out. */
  private take(text: string): boolean {
    this.space()
    if (!this.text.startsWith(text, this.at)) return false
    this.at += text.length
    return true
  }

  private expect(text: string): void {
    if (!this.take(text)) this.fail(this.at >= this.text.length ? `it ends where ${text} should come` : `${text} should come here`)
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) this.fail(`it is nested deeper than ${MAX_DEPTH} levels`)
    const result = read()
    this.depth--
    return result
  }

  private term(): void {
    if (++this.terms > MAX_TERMS) this.fail(`it has more than ${MAX_TERMS} terms`)
  }

  /** Paths, of which one must lead to something: comma and semicolon mean or. */
  filter(): Node {
    const parts: Node[] = []
    do {
      this.space()
      const dollar = this.take('$')
      this.term()
      const path = this.path(!dollar)
      if (path.length === 0) this.fail('a path should come here, as in attribute[?(@.name==\'value\')]')
      parts.push({ type: 'exists', path })
    } while (this.take(',') || this.take(';'))
    this.space()
    if (this.at < this.text.length) this.fail('nothing more should come here')
    return parts.length === 1 ? parts[0]! : { type: 'or', parts }
  }

  /** Names, lists and conditions up to where the path ends. `bare`: it begins with a name, without a dot. */
  private path(bare: boolean): Step[] {
    const steps: Step[] = []
    if (bare) {
      const at = this.at
      const name = this.match(NAME)
      if (name !== undefined) steps.push({ name, at })
    }
    for (;;) {
      const at = this.at
      if (this.take('.')) {
        if (this.text.startsWith('.', this.at)) this.fail('.. (any depth) cannot be used: name the attributes on the way')
        if (this.take('*')) this.fail('.* cannot be used: name the attribute')
        const start = this.at
        const name = this.match(NAME)
        if (name === undefined) this.fail("a name should come here (names with other characters: ['…'])")
        if (this.text.startsWith('(', this.at)) this.fail(`functions such as ${name}() cannot be used`, start)
        steps.push({ name, at: start })
      } else if (this.take('[')) {
        this.space()
        if (this.take('*')) this.expect(']')
        else if (this.take('?')) {
          const where = this.nested(() => this.or())
          this.expect(']')
          steps.push({ where, at })
        } else if (this.text[this.at] === "'" || this.text[this.at] === '"') {
          const start = this.at
          steps.push({ name: this.quoted(), at: start })
          this.expect(']')
        } else this.fail("[?(…)], [*] or ['name'] should come here; positions cannot be used: a list has no order that a filter could mean")
      } else return steps
    }
  }

  private or(): Node {
    const parts = [this.and()]
    while (this.take('||')) parts.push(this.and())
    return parts.length === 1 ? parts[0]! : { type: 'or', parts }
  }

  private and(): Node {
    const parts = [this.unary()]
    while (this.take('&&')) parts.push(this.unary())
    return parts.length === 1 ? parts[0]! : { type: 'and', parts }
  }

  private unary(): Node {
    this.space()
    if (this.text.startsWith('!', this.at) && this.text[this.at + 1] !== '=') {
      this.at++
      return { type: 'not', part: this.nested(() => this.unary()) }
    }
    if (this.take('(')) {
      const inner = this.nested(() => this.or())
      this.expect(')')
      return inner
    }
    return this.comparison()
  }

  private comparison(): Node {
    this.term()
    this.space()
    const at = this.at
    if (this.take('$')) this.fail('a condition is about @, the element itself, not about $', at)
    if (this.take('@')) {
      const path = this.path(false)
      this.space()
      const sign = this.match(SIGN) as Sign | undefined
      if (sign === undefined) {
        if (this.text[this.at] === '=') this.fail('equality is written ==')
        return { type: 'exists', path }
      }
      return { type: 'compare', path, sign, literal: this.literal(sign), at }
    }
    const literal = this.literal('==')
    this.space()
    const sign = this.match(SIGN) as Sign | undefined
    if (sign === undefined) this.fail('a comparison should come here')
    if (sign === '=~') this.fail('a pattern stands on the right of =~')
    this.space()
    if (!this.take('@')) this.fail('@ should come here: one side of a comparison is the element')
    const mirrored: Readonly<Record<string, Sign>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }
    return { type: 'compare', path: this.path(false), sign: mirrored[sign] ?? sign, literal, at }
  }

  private literal(sign: Sign): Literal {
    this.space()
    const first = this.text[this.at]
    if (first === '@' || first === '$') this.fail('a value should come here: two attributes cannot be compared with each other')
    if (sign === '=~') {
      if (first === '/') return this.pattern()
      if (first === "'" || first === '"') return { kind: 'pattern', value: this.quoted(), ignoreCase: false }
      this.fail('a pattern should come here: /…/, /…/i or a quoted text')
    }
    if (first === "'" || first === '"') return { kind: 'text', value: this.quoted() }
    const start = this.at
    const word = this.match(/true|false|null/y)
    if (word !== undefined) {
      if (/[\p{L}\p{N}_]/u.test(this.text[this.at] ?? '')) this.fail('texts are written in quotes', start)
      return word === 'null' ? { kind: 'null' } : { kind: 'boolean', value: word === 'true' }
    }
    const digits = this.match(NUMBER)
    if (digits === undefined) this.fail(first === undefined ? 'it ends where a value should come' : 'a value should come here: a quoted text, a number, true, false or null')
    const value = Number(digits)
    if (!Number.isFinite(value) || digits.replace(/[eE].*|[-.]/g, '').replace(/^0+/, '').length > 15) this.fail('the number has more digits than can be compared exactly', start)
    return { kind: 'number', value }
  }

  private pattern(): Literal {
    const start = this.at++
    let value = ''
    for (;;) {
      const char = this.text[this.at++]
      if (char === undefined) this.fail('the pattern that begins here has no end', start)
      if (char === '/') break
      value += char === '\\' && this.text[this.at] === '/' ? this.text[this.at++]! : char === '\\' ? char + (this.text[this.at++] ?? '') : char
    }
    const flags = this.match(/[a-z]+/y) ?? ''
    if (flags !== '' && flags !== 'i') this.fail('a pattern has no flag but i')
    return { kind: 'pattern', value, ignoreCase: flags === 'i' }
  }

  private quoted(): string {
    const start = this.at
    const quote = this.text[this.at++]!
    let value = ''
    for (;;) {
      const char = this.text[this.at++]
      if (char === undefined) this.fail('the text that begins here has no end', start)
      if (char === quote) break
      value += char === '\\' ? this.escape() : char
    }
    if (value.includes('\0') || !value.isWellFormed()) this.fail('the text holds a character that cannot be stored', start)
    return value
  }

  private escape(): string {
    const char = this.text[this.at++]
    if (char === undefined) this.fail('the text ends with a backslash')
    if (char === 'u') {
      const hex = this.match(/[0-9a-fA-F]{4}/y)
      if (hex === undefined) this.fail('\\u has four hexadecimal digits')
      return String.fromCharCode(Number.parseInt(hex, 16))
    }
    if (char === '\\' || char === '/' || char === "'" || char === '"') return char
    return ESCAPES[char] ?? this.fail(`\\${char} means nothing; a backslash is written \\\\`, this.at - 2)
  }
}

/** Reads a filter. Throws a Refusal (400) that says where it cannot be read; `of` is what it calls the text. */
export function readFilter(text: string, of = 'filter'): Node {
  if (text.length > MAX_LENGTH) throw refuse.invalid([fault(of, `must be at most ${MAX_LENGTH} characters long`)])
  return new Reader(text, of).filter()
}

/**
 * The pairs of a raw query string. `&&` inside a filter that came unencoded does not end it: a filter goes on until its brackets close.
 */
export function pairsOf(raw: string): string[] {
  if (!raw.includes('filter=')) return raw.split('&').filter(pair => pair !== '')
  const pairs: string[] = []
  let open: Open | undefined
  for (const piece of raw.split('&')) {
    if (open === undefined) pairs.push(piece)
    else pairs[pairs.length - 1] += `&${piece}`
    if (open !== undefined || piece.startsWith('filter=')) open = follow(open ?? { depth: 0, quote: '', escaped: false }, piece)
  }
  return pairs.filter(pair => pair !== '')
}

/** Where a filter stands at the end of a piece. */
interface Open {
  depth: number
  quote: string
  escaped: boolean
}

const follow = ({ depth, quote, escaped }: Open, piece: string): Open | undefined => {
  for (const char of piece.replace(/%(2[2789]|5[BbCcDd])/g, code => String.fromCharCode(Number.parseInt(code.slice(1), 16)))) {
    if (escaped) escaped = false
    else if (char === '\\') escaped = true
    else if (quote !== '') quote = char === quote ? '' : quote
    else if (char === "'" || char === '"') quote = char
    else if (char === '[' || char === '(') depth++
    else if (char === ']' || char === ')') depth--
  }
  return depth > 0 ? { depth, quote, escaped } : undefined
}
