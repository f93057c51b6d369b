import { api } from './api.ts';
import { type Configuration, configurationPath } from './names.ts';

/** What all webhooks of a configuration of ours trust, in base64; empty where that is nothing, or not the same. */
export async function caBundle(one: Configuration): Promise<string> {
  const { body } = await api().get(configurationPath(one));
  const [bundle = '', ...others] = new Set(body.webhooks?.map(({ clientConfig }) => clientConfig.caBundle ?? ''));
  return others.length === 0 ? bundle : '';
}
