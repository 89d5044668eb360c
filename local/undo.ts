/** What has to be stopped, last started first. */
export interface Undo {
  add(step: () => unknown): void
  run(): Promise<void>
}

export function createUndo(): Undo {
  const steps: (() => unknown)[] = []
  return {
    add: (step) => steps.push(step),
    run: async () => {
      for (let step = steps.pop(); step; step = steps.pop()) await step()
    },
  }
}
