import { api } from './api.ts';
import { type Configuration, configurationPath } from './names.ts';

/** What a configuration of ours trusts, in base64; empty where that is nothing. */
export async function caBundle(one: Configuration): Promise<string> {
  const { body } = await api().get(configurationPath(one));
  return body.webhooks?.[0]?.clientConfig.caBundle ?? '';
}
