// A real identity provider (oidc-provider, certified by the OpenID Foundation) for tests. It signs
// access tokens as RFC 9068 has them for the service "nrm". People need no password here: whoever
// comes to sign in is "person-1".
//   SIGUSR1: a new key signs from now on; the old one stays in the key set.
//   SIGUSR2: the old keys leave the key set.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { Provider } from 'oidc-provider';

const [port, certificate, key] = process.argv.slice(2);
const issuer = `https://localhost:${port}`;

function newKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'ES256' };
}

const resource = {
  scope: 'nrm:read nrm:decide',
  audience: 'nrm',
  accessTokenTTL: 300,
  accessTokenFormat: 'jwt',
  jwt: { sign: { alg: 'ES256' } },
};

// Kept beside the providers, so that a code of the old one is known to the new one.
const kept = new Map();
class Adapter {
  constructor(name) { this.name = name; }
  key(id) { return `${this.name}:${id}`; }
  async upsert(id, payload) {
    kept.set(this.key(id), payload);
    if (payload.uid) kept.set(`uid:${payload.uid}`, id);
  }
  async find(id) { return kept.get(this.key(id)); }
  async findByUid(uid) { return this.find(kept.get(`uid:${uid}`)); }
  async findByUserCode() {}
  async consume(id) { kept.get(this.key(id)).consumed = Math.floor(Date.now() / 1000); }
  async destroy(id) { kept.delete(this.key(id)); }
  async revokeByGrantId() {}
}

function provider(keys) {
  const made = new Provider(issuer, {
    adapter: Adapter,
    jwks: { keys },
    cookies: { keys: ['for tests only'] },
    clients: [
      {
        client_id: 'desk', client_secret: 'desk-secret', redirect_uris: [], response_types: [],
        grant_types: ['client_credentials'], id_token_signed_response_alg: 'ES256',
      },
      {
        client_id: 'nrm-cli', token_endpoint_auth_method: 'none', application_type: 'native',
        redirect_uris: ['http://127.0.0.1/callback'], response_types: ['code'],
        grant_types: ['authorization_code'], id_token_signed_response_alg: 'ES256',
      },
    ],
    pkce: { required: () => true, methods: ['S256'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:nrm',
        useGrantedResource: () => true,
        getResourceServerInfo: () => resource,
      },
    },
    extraTokenClaims: () => ({ org: 'authority', groups: ['deciders'] }),
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  });
  made.on('server_error', (ctx, error) => console.error(error));
  return made;
}

// Signs in person-1 and grants what was asked for, without asking.
async function interact(oidc, request, response) {
  const details = await oidc.interactionDetails(request, response);
  const grant = new oidc.Grant({ accountId: 'person-1', clientId: details.params.client_id });
  grant.addOIDCScope('openid');
  grant.addResourceScope('urn:nrm', resource.scope);
  await oidc.interactionFinished(request, response, {
    login: { accountId: 'person-1' },
    consent: { grantId: await grant.save() },
  });
}

let keys = [newKey()];
let oidc = provider(keys);
process.on('SIGUSR1', () => { keys = [newKey(), ...keys]; oidc = provider(keys); });
process.on('SIGUSR2', () => { keys = keys.slice(0, 1); oidc = provider(keys); });
createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  if (!request.url.startsWith('/interaction/')) return oidc.callback()(request, response);
  interact(oidc, request, response).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
}).listen(Number(port), '127.0.0.1');
