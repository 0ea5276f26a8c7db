// Ajv against our decoder: reads lines {schema, document, accepted} and fails at the first
// document on which the two differ. usage: schema_documents ROUNDS | node agree.mjs
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const folder = new URL('../../schemas/', import.meta.url);
const base = 'https://nrm.example/schemas/';
const read = (path) => JSON.parse(readFileSync(new URL(path, folder), 'utf8'));

// strict: a keyword or format that Ajv does not know is an error, not ignored. `required` may
// stand without `properties` ("not both events and rejection").
const ajv = new Ajv2020({ strict: true, strictRequired: false });
addFormats.default(ajv);

const paths = readdirSync(folder, { recursive: true })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.schema.json'));
for (const path of paths) ajv.addSchema(read(path));
// Forms are components of the API's description: one schema with a definition for each.
const components = JSON.parse(
  JSON.stringify(read('openapi.json').components.schemas)
    .replaceAll('"#/components/schemas/', '"#/$defs/'),
);
for (const schema of Object.values(components)) delete schema.example;
ajv.addSchema({ $id: base + 'openapi.json', $defs: components });

const validators = new Map();
function validator(name) {
  if (!validators.has(name)) {
    const $ref = base + name.replace('#/components/schemas/', '#/$defs/');
    validators.set(name, ajv.compile({ $ref }));
  }
  return validators.get(name);
}

const counts = { accepted: 0, refused: 0 };
for await (const line of createInterface({ input: process.stdin })) {
  const { schema, document, accepted } = JSON.parse(line);
  const validate = validator(schema);
  if (validate(JSON.parse(document)) !== accepted) {
    console.error(`${schema}: our decoder ${accepted ? 'accepts' : 'refuses'}, Ajv does not agree`);
    console.error(`  Ajv: ${ajv.errorsText(validate.errors)}`);
    console.error(`  document: ${document.slice(0, 4000)}`);
    process.exit(1);
  }
  ++counts[accepted ? 'accepted' : 'refused'];
}

// Every event, command, form and envelope was looked at, and both verdicts were common.
const events = paths.filter((path) => path.startsWith('events/')).length;
const commands = paths.filter((path) => path.startsWith('commands/')).length;
const forms = Object.keys(components).filter((name) => name.endsWith('Form')).length;
console.log(
  `${counts.accepted} documents accepted and ${counts.refused} refused by both, ` +
    `under ${validators.size} schemas`,
);
const wanted = events + commands + forms + 2;
if (validators.size !== wanted || counts.accepted < 4000 || counts.refused < 20000) {
  console.error(`too few: wanted ${wanted} schemas, 4000 accepted, 20000 refused`);
  process.exit(1);
}
