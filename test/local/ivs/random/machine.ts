import { made } from '../conformance/furnished.ts'
import { exceptionOf, reasonOf } from '../room.ts'
import { ACCOUNT, REGION, type Stand, signer, stand } from '../stand.ts'

interface Participant {
  readonly id: string
  readonly token: string
  readonly stageArn: string
  /** Sessions it was in, in order. */
  readonly sessions: string[]
}

/** The local IVS under the same verbs as the model: things are known by their number, answers by their name. */
export class Machine {
  readonly stand: Stand = stand({ quotas: true })
  readonly stages: string[] = []
  readonly participants: Participant[] = []
  readonly compositions: string[] = []
  readonly keys: string[] = []
  readonly storages: string[] = []

  private readonly stageAt = (index: number): string =>
    this.stages[index] ?? `arn:aws:ivs:${REGION}:${ACCOUNT}:stage/none`

  private act(operation: string, input: Readonly<Record<string, unknown>>): string {
    return exceptionOf(this.stand, operation, input)
  }

  /** Performs a create and keeps its ARN; answers the exception's name otherwise. */
  private make(operation: string, input: Readonly<Record<string, unknown>>, member: string, into: string[]): string {
    try {
      into.push(made(this.stand, operation, input, member).arn ?? '')
      return 'none'
    } catch (error) {
      return error instanceof Error ? error.name : 'none'
    }
  }

  advance(ms: number): void {
    this.stand.now += ms
    this.stand.ivs.settle()
  }

  createStage(): void {
    this.make('CreateStage', {}, 'stage', this.stages)
  }
  deleteStage = (index: number): string => this.act('DeleteStage', { arn: this.stageAt(index) })

  mint(stage: number): string {
    const stageArn = this.stageAt(stage)
    const answer = this.act('CreateParticipantToken', { stageArn })
    if (answer !== 'none') return answer
    const input = { stageArn, duration: 20_160 }
    const { token = '', participantId: id = '' } = made(this.stand, 'CreateParticipantToken', input, 'participantToken')
    this.participants.push({ id, token, stageArn, sessions: [] })
    return answer
  }

  join(index: number): string {
    const one = this.participants[index]
    const result = this.stand.ivs.side.join({ token: one?.token })
    if (result.ok && one?.sessions.at(-1) !== result.value.sessionId) one?.sessions.push(result.value.sessionId)
    return reasonOf(result)
  }
  private of = (index: number) => ({ participantId: this.participants[index]?.id ?? '' })
  publish = (index: number): string => reasonOf(this.stand.ivs.side.publish(this.of(index)))
  unpublish = (index: number): string => reasonOf(this.stand.ivs.side.unpublish(this.of(index)))
  leave = (index: number): string => reasonOf(this.stand.ivs.side.leave(this.of(index)))
  disconnect = (index: number): string =>
    this.act('DisconnectParticipant', { stageArn: this.participants[index]?.stageArn, ...this.of(index) })

  create(kind: 'key' | 'storage'): string {
    if (kind === 'key') return this.make('ImportPublicKey', { publicKeyMaterial: signer().pem }, 'publicKey', this.keys)
    const s3 = { bucketName: 'bucket' }
    return this.make('CreateStorageConfiguration', { s3 }, 'storageConfiguration', this.storages)
  }
  remove = (kind: 'key' | 'storage', index: number): string =>
    kind === 'key'
      ? this.act('DeletePublicKey', { arn: this.keys[index] })
      : this.act('DeleteStorageConfiguration', { arn: this.storages[index] })

  compose(stage: number): string {
    const channelArn = `arn:aws:ivs:${REGION}:${ACCOUNT}:channel/channel${this.compositions.length}`
    const input = { stageArn: this.stageAt(stage), destinations: [{ channel: { channelArn } }] }
    return this.make('StartComposition', input, 'composition', this.compositions)
  }
  stopComposing = (index: number): string => this.act('StopComposition', { arn: this.compositions[index] })
}
