/** An event as it is on a bus: EventBridge's envelope, `time` in whole seconds (`YYYY-MM-DDThh:mm:ssZ`). */
export interface BusEvent {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: Readonly<Record<string, unknown>>
}

/** What a fault may name an event by: its detail type, or the name that AWS's own services put into its detail. */
export function namesOf({ 'detail-type': type, detail }: BusEvent): readonly string[] {
  return typeof detail.event_name === 'string' ? [type, detail.event_name] : [type]
}
