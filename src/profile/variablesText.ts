/** Of one value: what tells it from others is mostly at its beginning. */
const mostCharacters = 80;

interface DescribedVariable {
  readonly name: string;
  readonly repr?: string;
}

/**
 * Variables as a person writes a call: "path='/slow', n=3".
 * @param json an object with the member `variables` of a frame in a dump (model/agentReport.ts)
 * @param names only these, in this order; null: all
 * @throws SyntaxError, TypeError when it is no such object
 */
export function variablesText(json: string, names: readonly string[] | null): string {
  const { variables } = JSON.parse(json) as { readonly variables: readonly DescribedVariable[] };
  const chosen =
    names === null ? variables : names.flatMap((name) => variables.find((each) => each.name === name) ?? []);
  return chosen.map(({ name, repr = '?' }) => `${name}=${shortened(repr)}`).join(', ');
}

function shortened(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}…`;
}
