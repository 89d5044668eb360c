/** Whether a stage has a session right now. One call of five a second. Throws `Fault`: `quota_backoff`, `ivs_error`. */
export interface LiveStages {
  isLive(stageArn: string): Promise<boolean>
}
