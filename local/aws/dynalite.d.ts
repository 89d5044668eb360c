declare module 'dynalite' {
  import type { Server } from 'node:http'

  /** An embedded DynamoDB; `path` is a LevelDB directory, without it everything is in memory. */
  function dynalite(options?: {
    path?: string
    createTableMs?: number
    deleteTableMs?: number
    updateTableMs?: number
  }): Server
  export = dynalite
}

declare module 'dynalite/db/index.js' {
  const db: { itemSize(item: Readonly<Record<string, unknown>>): number }
  export = db
}
