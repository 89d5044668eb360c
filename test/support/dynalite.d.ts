declare module 'dynalite' {
  import type { Server } from 'node:http'
  // biome-ignore lint/style/noDefaultExport: the package has no other export
  export default function dynalite(options?: {
    path?: string
    createTableMs?: number
    deleteTableMs?: number
    updateTableMs?: number
  }): Server
}
