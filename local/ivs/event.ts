/** What IVS puts on the default event bus: EventBridge's envelope, times in whole seconds (`YYYY-MM-DDThh:mm:ssZ`). */
export interface EventBridgeEvent {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: 'aws.ivs'
  readonly account: string
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: Readonly<Record<string, unknown>>
}
