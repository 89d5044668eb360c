/** How the Serverless Framework makes a logical id of a function's name: `on-event` → `OnDashevent`. */
export function logicalNameOf(functionName: string): string {
  const spelled = functionName.replaceAll('-', 'Dash').replaceAll('_', 'Underscore')
  return spelled.charAt(0).toUpperCase() + spelled.slice(1)
}
