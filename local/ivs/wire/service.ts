import type { InputOf, OutputOf, Row, Rows } from '../model/row.ts'
import type { World } from '../world/world.ts'

/** What an operation does: throws an IvsException before it has changed anything, or answers its output. */
export type Effects<R extends Rows> = {
  readonly [Name in keyof R]: (world: World, input: InputOf<R[Name]>) => OutputOf<R[Name]>
}

export interface Operation {
  readonly name: string
  readonly row: Row
  readonly effect: (world: World, input: Record<string, unknown>) => Readonly<Record<string, unknown>>
}

/** One AWS service: its rows and what each does. Another service is another value of this type. */
export interface Service {
  readonly operations: ReadonlyMap<string, Operation>
}

export function serviceOf<R extends Rows>(rows: R, effects: Effects<R>): Service {
  const operations = Object.entries(rows).map(([name, row]): [string, Operation] => [
    name,
    {
      name,
      row: { ...row, path: row.path || `/${name}` },
      // The checker makes an input of exactly the row's shape; TypeScript cannot follow that through the table.
      effect: effects[name as keyof R] as unknown as Operation['effect'],
    },
  ])
  return { operations: new Map(operations) }
}
