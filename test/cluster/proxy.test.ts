import { afterAll, beforeEach, expect, test } from 'vitest';
import { connect } from '../../src/cluster/connection.ts';
import { runCommand } from '../support/command.ts';
import {
  base64,
  createFolder,
  kubeconfigOf,
  pems,
  startHttpProxy,
  startSocksProxy,
  startStub,
  whoAsks,
} from '../support/kubeconfig.ts';

const { write, remove } = createFolder();
const stub = await startStub();
const proxies = {
  http: await startHttpProxy(stub.port),
  https: await startHttpProxy(stub.port, { tls: true }),
  refusing: await startHttpProxy(stub.port, { answer: 407 }),
  hanging: await startHttpProxy(stub.port, { answer: 'hang' }),
  socks5: await startSocksProxy(stub.port),
  login: await startSocksProxy(stub.port, 'pass@'),
};
const { http, https, refusing, hanging, socks5, login } = proxies;
afterAll(async () => {
  for (const { close } of [stub, ...Object.values(proxies)]) await close();
  remove();
});
beforeEach(() => {
  stub.arrivals.length = 0;
  for (const { asked } of Object.values(proxies)) asked.length = 0;
});

type Environment = Readonly<Record<string, string>>;

const server = 'https://api.example.com:6443';
const config = (cluster: Readonly<Record<string, unknown>> = {}) =>
  write(
    'config',
    kubeconfigOf({ server, 'certificate-authority-data': base64(pems.ca), ...cluster }, { token: 'the-token' }),
  );
const audit = (kubeconfig: string, env: Environment = {}) =>
  runCommand(['audit', '--kubeconfig', kubeconfig, '--timeout', '2s'], { env });

// what proxies were asked for is what kubectl 1.37.2 asked them with the same file and variables
test.each<[string, string, { readonly asked: readonly string[] }, readonly string[], Environment?]>([
  ['http', `http://${http.host}`, http, ['api.example.com:6443']],
  ['http with a name and password', `http://u:p%40@${http.host}`, http, ['api.example.com:6443 Basic dTpwQA==']],
  ['https', `https://${https.host}`, https, ['api.example.com:6443']],
  ['https by name', `https://localhost:${https.port}`, https, ['api.example.com:6443']],
  ['socks5', `socks5://${socks5.host}`, socks5, ['api.example.com:6443']],
  ['socks5 with a name and password', `socks5://u:pass%40@${login.host}`, login, ['u:pass@', 'api.example.com:6443']],
  ['http, whatever NO_PROXY says', `http://${http.host}`, http, ['api.example.com:6443'], { NO_PROXY: '*' }],
])('calls go through the proxy-url %s', async (_, url, proxy, asked, env) => {
  const { code, err } = await audit(config({ 'proxy-url': url }), env);
  expect(code, err).toBe(0);
  expect([...new Set(proxy.asked)]).toEqual(asked);
  expect(err).not.toContain('Warning');
  expect(stub.arrivals.map((arrival) => [arrival.serverName, whoAsks(arrival)])).toEqual(
    stub.arrivals.map(() => ['api.example.com', [['authorization', 'Bearer the-token']]]),
  );
});

test.each<[string, Environment]>([
  ['HTTPS_PROXY', { HTTPS_PROXY: `http://${http.host}`, https_proxy: 'http://127.0.0.1:1' }],
  ['https_proxy without a scheme', { https_proxy: http.host, no_proxy: 'example.org' }],
])('calls go through %s', async (_, env) => {
  const { code, err } = await audit(config(), env);
  expect(code, err).toBe(0);
  expect([...new Set(http.asked)]).toEqual(['api.example.com:6443']);
});

test.each<[string, string, number, RegExp]>([
  [
    'that refuses',
    `http://u:secret@${refusing.host}`,
    1,
    /through the proxy http:\/\/127\.0\.0\.1:\d+ \(proxy-url\): .*407/,
  ],
  [
    'that says nothing',
    `http://${hanging.host}`,
    1,
    /through the proxy http:\/\/127\.0\.0\.1:\d+ \(proxy-url\): .*timeout/,
  ],
  [
    'that is not there',
    'http://127.0.0.1:1',
    0,
    /through the proxy http:\/\/127\.0\.0\.1:1 \(proxy-url\): connect ECONNREFUSED/,
  ],
  [
    'that is not there, by SOCKS',
    'socks5://127.0.0.1:1',
    0,
    /through the proxy socks5:\/\/127\.0\.0\.1:1 \(proxy-url\): .*ECONNREFUSED/,
  ],
])('a proxy %s is named', async (_, url, count, message) => {
  const { code, err } = await audit(config({ 'proxy-url': url }));
  expect(code).toBe(2);
  expect(err).toMatch(/cannot reach the API server at api\.example\.com:6443 through/);
  expect(err).toMatch(message);
  expect(err).not.toContain('secret');
  expect(refusing.asked.length + hanging.asked.length).toBe(count);
});

/** The proxy for a server, as a connection names it. */
const proxyFor = (of: string, environment: Environment, more = {}) =>
  connect(config({ server: of, ...more }), undefined, { environment }).proxy;
const proxied = 'http://p:3128 (HTTPS_PROXY)';

// each as Go's httpproxy decides it
test.each<[string, string, boolean]>([
  [server, '', true],
  [server, '*', false],
  [server, 'example.com', false],
  [server, '.example.com', false],
  [server, '*.example.com', false],
  [server, 'EXAMPLE.com:6443 , x', false],
  [server, 'example.com:443', true],
  [server, 'ample.com', true],
  [server, 'api.example.com', false],
  [server, '*api.example.com', true],
  ['https://example.com', 'example.com:443', false],
  ['https://example.com', '.example.com', true],
  ['https://10.1.2.3:6443', '10.1.0.0/16', false],
  ['https://10.1.2.3:6443', '10.2.0.0/16', true],
  ['https://10.1.2.3:6443', '10.1.2.3', false],
  ['https://10.1.2.3:6443', '10.1.2.3:6443', false],
  ['https://10.1.2.3:6443', '10.1.2.3:443', true],
  ['https://10.1.2.3:6443', '1.2.3', true],
  ['https://10.1.2.3:6443', '10.1.0.0/99,fd00::/8', true],
  ['https://[fd00::1]:6443', 'fd00::/8', false],
  ['https://[fd00::1]:6443', '[fd00::1]:6443', false],
  ['https://[fd00::1]:6443', 'fd00:0::1', false],
  ['https://[fd00::1]:6443', '[fd00::1]:443', true],
  ['https://localhost:6443', '', false],
  ['https://127.9.9.9:6443', '', false],
  ['https://[::1]:6443', '', false],
])('%s with NO_PROXY=%s goes through a proxy: %s', (of, noProxy, through) => {
  expect(proxyFor(of, { HTTPS_PROXY: 'http://p:3128', NO_PROXY: noProxy })).toBe(through ? proxied : undefined);
  expect(proxyFor(of, { HTTPS_PROXY: 'http://p:3128', no_proxy: noProxy })).toBe(through ? proxied : undefined);
});

test('the API server of the own cluster is never called through a proxy of the environment', () => {
  const variables = { HTTPS_PROXY: 'http://p:3128', KUBERNETES_SERVICE_HOST: '10.96.0.1' };
  expect(proxyFor('https://10.96.0.1', variables)).toBeUndefined();
  expect(proxyFor('https://10.96.0.2', variables)).toBe(proxied);
});

test.each<[string, Environment, object, RegExp]>([
  [
    'a proxy-url that kubectl refuses',
    {},
    { 'proxy-url': 'socks5h://p' },
    /the proxy-url of the cluster c of .* has the scheme socks5h: one of http, https, socks5/,
  ],
  [
    'a password that is no text',
    {},
    { 'proxy-url': 'http://u:secret%zz@p' },
    /the proxy-url of .* is no URL of a proxy/,
  ],
  [
    'a proxy-url that is none',
    {},
    { 'proxy-url': 'u:secret@p' },
    /the proxy-url of the cluster c of .* is no URL of a proxy/,
  ],
  [
    'HTTPS_PROXY of another scheme',
    { HTTPS_PROXY: 'ftp://p' },
    {},
    /HTTPS_PROXY has the scheme ftp: one of http, https, socks5, socks5h/,
  ],
  ['HTTPS_PROXY that is none', { HTTPS_PROXY: 'http://u:secret@ p' }, {}, /HTTPS_PROXY is no URL of a proxy/],
  [
    'credentials by http through a proxy',
    {},
    { server: 'http://localhost:80', 'proxy-url': 'http://p' },
    /has credentials, which are not sent by http/,
  ],
])('%s is refused', (_, environment, more, message) => {
  expect(() => proxyFor(server, environment, more)).toThrow(message);
  expect(() => proxyFor(server, environment, more)).not.toThrow(/secret/);
});
