/** `npm run schema`: writes docs/schema anew from the models. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { jsonSchemas } from '../../src/model/jsonSchemas.js';

const directory = new URL('../../docs/schema/', import.meta.url);
mkdirSync(directory, { recursive: true });
for (const [name, text] of Object.entries(jsonSchemas())) writeFileSync(new URL(name, directory), text);
