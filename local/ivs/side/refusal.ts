/**
 * Why the service turned an SDK client away: the reasons the web SDK knows (`StageErrorCode` and the server's own), and
 * NOT_CONNECTED for a step that only a connected participant can take.
 */
export type SideReason =
  | 'TOKEN_MISSING'
  | 'TOKEN_INVALID'
  | 'TOKEN_INVALID_SIGNATURE'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_NOT_ALLOWED'
  | 'STAGE_DELETED'
  | 'STAGE_AT_CAPACITY'
  | 'PARTICIPANT_DISCONNECTED'
  | 'TOKEN_EXCHANGE_REQUEST_INVALID'
  | 'TOKEN_EXCHANGE_FAILED'
  | 'PUBLISHER_NOT_FOUND'
  | 'STREAM_KEY_INVALID'
  | 'STREAM_KEY_IN_USE'
  | 'NOT_CONNECTED'
  | 'BAD_REQUEST'

/** `detail` says which rule, for a person; it never repeats a token or a claim's value. */
export interface SideRefusal {
  readonly code: SideReason
  readonly detail: string
}
