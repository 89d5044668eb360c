import { resolve } from 'node:path'
import type { Assumptions } from '../../local/ivs/assumptions.ts'
import { startTwin as start, type Twin } from '../../local/twin.ts'

export interface TestTwin extends Twin {
  readonly api: string
  /** `<api>/_local` */
  readonly control: string
  /** Every line that the functions and the twin printed so far, as `source: line`. */
  readonly logs: string[]
  /** A control route, JSON in and out; fails on anything but a 2xx. */
  local<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T>
}

export interface TestTwinOptions {
  readonly directory?: string
  readonly data?: string
  readonly port?: number
  readonly bundles?: boolean
  readonly bundlesDirectory?: string
  readonly quotas?: boolean
  readonly assume?: Partial<Assumptions>
  readonly missingResourceDenied?: boolean
  readonly env?: Readonly<Record<string, string>>
}

const REPOSITORY = resolve(import.meta.dirname, '../..')

/** A twin in this process, on free ports, that sees nothing of this process's environment. */
export async function startTwin(options: TestTwinOptions = {}): Promise<TestTwin> {
  const logs: string[] = []
  const twin = await start(
    {
      directory: options.directory ?? REPOSITORY,
      port: options.port ?? 0,
      ivsPort: 0,
      dynamoDbPort: 0,
      ...(options.data === undefined ? {} : { dataDirectory: options.data }),
      bundles: options.bundles ?? false,
      ...(options.bundlesDirectory === undefined ? {} : { bundlesDirectory: options.bundlesDirectory }),
      quotas: options.quotas ?? false,
      assume: options.assume ?? {},
      missingResourceDenied: options.missingResourceDenied ?? true,
      env: options.env ?? {},
    },
    (source, line) => logs.push(`${source}: ${line}`),
  )
  const control = `${twin.info.api}/_local`
  const local = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${control}${path}`, {
      method,
      body: body === undefined ? null : JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${method} /_local${path} answered ${response.status}`)
    return (response.status === 204 ? undefined : await response.json()) as T
  }
  return { ...twin, api: twin.info.api, control, logs, local }
}
