import { resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type Bundles, buildBundles } from '../../local/lambda/bundles.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the bundles of this run are. */
    bundles: string
  }
}

let built: Bundles | undefined

/** Builds the bundles once for all test files of a run. */
export async function setup(project: TestProject): Promise<void> {
  built = await buildBundles(resolve(import.meta.dirname, '../..'), 'local')
  project.provide('bundles', built.directory)
}

export const teardown = async (): Promise<void> => built?.remove()
