/** How the Serverless Framework makes a logical id of a function's name: `on-event` → `OnDashevent`. */
export function logicalNameOf(functionName: string): string {
  const spelled = functionName.replaceAll('-', 'Dash').replaceAll('_', 'Underscore')
  return spelled.charAt(0).toUpperCase() + spelled.slice(1)
}

/** The bus every account has, which AWS's own services put their events on. */
export const DEFAULT_BUS = 'default'

/** Where a bus may be named, its ARN may stand too. */
export const busNameOf = (nameOrArn: string): string => nameOrArn.replace(/^arn:.*:event-bus\//, '')
