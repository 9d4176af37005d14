/** The modules that Tandem is made of, each after those it depends on. Settings can switch one off. */
import type { Module } from '../tmf/module.ts'

export const modules: readonly Module[] = []
