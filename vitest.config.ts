import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Most of what an end-to-end test does is to wait: as many at once as there are cores, and never one alone.
    maxWorkers: Math.max(2, availableParallelism()),
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Beyond what a test waits for by itself, so that it says what did not come; a hook may build and start whole stacks.
    testTimeout: 60_000,
    hookTimeout: 180_000,
    reporters: ['default', './tools/plain-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['lib/**/*.ts', 'functions/**/*.ts'],
      reporter: ['text-summary', 'lcovonly'],
    },
  },
})
