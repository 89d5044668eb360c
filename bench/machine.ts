import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

/** What a number was measured on. Nothing here says which machine, only of what class. */
export interface MachineFacts {
  readonly at: string
  readonly node: string
  readonly openssl: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  /** Processes that wanted a core, on average over the minute before: above `cores`, others were at work. */
  readonly load: number
}

export const machineFacts = (): MachineFacts => ({
  at: new Date().toISOString(),
  node: process.version,
  openssl: process.versions.openssl ?? '',
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model ?? '',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
})
