// What we take of the packages that talk to API servers. In the bundle they are a file of their own, which a program loads that talks to
// one: see scripts/build.ts.
export {
  AdmissionregistrationV1Api,
  ApiException,
  AuthorizationV1Api,
  CoreV1Api,
  createConfiguration,
  Observable,
  PatchStrategy,
  type RequestContext,
  ServerConfiguration,
  setHeaderOptions,
} from '@kubernetes/client-node';
export { SocksClient } from 'socks';
export { Agent, buildConnector, type Dispatcher, Pool, ProxyAgent, request } from 'undici';
export { parseDocument } from 'yaml';
