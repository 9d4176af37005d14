/** How the tests run: one database server for the run, one database for each test file that asks for one. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Test files are independent; a module that one of them loaded is of no use to another.
    pool: 'forks',
    // More than the cores of a small machine: much of a file's time is waiting for jobs, leases and started processes.
    maxWorkers: 3,
  },
})
