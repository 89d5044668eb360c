import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { type ItemValue, toWire } from './attribute-values.dynamodb.ts'

/**
 * Collects the names and values of one request's expressions. Both engines refuse a name or value that is declared and not
 * used, so each is declared by being used.
 */
export class Expression {
  readonly #names: Record<string, string> = {}
  readonly #values: Record<string, AttributeValue> = {}

  /** A placeholder for an attribute whose name is data or a reserved word. */
  name(placeholder: string, attribute: string): string {
    this.#names[`#${placeholder}`] = attribute
    return `#${placeholder}`
  }

  value(placeholder: string, value: ItemValue): string {
    this.#values[`:${placeholder}`] = toWire(value)
    return `:${placeholder}`
  }

  get parts(): {
    ExpressionAttributeNames?: Record<string, string>
    ExpressionAttributeValues?: Record<string, AttributeValue>
  } {
    return {
      ...(Object.keys(this.#names).length > 0 && { ExpressionAttributeNames: this.#names }),
      ...(Object.keys(this.#values).length > 0 && { ExpressionAttributeValues: this.#values }),
    }
  }
}
