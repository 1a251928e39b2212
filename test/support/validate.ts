import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

function compile(name: string): ValidateFunction {
  const file = new URL(`../../docs/schema/${name}.json`, import.meta.url);
  const ajv = new Ajv2020({
    allErrors: true,
    allowUnionTypes: true,
    formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) },
  });
  return ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
}

const validators = new Map<string, ValidateFunction>();

/** Checks a document against a schema of docs/schema with ajv: a witness that is independent of zod. */
export function schemaErrors(
  name: 'doctor' | 'dump' | 'fds' | 'hang' | 'inject' | 'profile' | 'ps' | 'repl' | 'watch' | 'why',
  document: unknown,
): string[] {
  const validate = validators.get(name) ?? compile(name);
  validators.set(name, validate);
  if (validate(document)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}
