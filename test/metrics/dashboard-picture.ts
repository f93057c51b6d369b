import type { Prometheus } from './prometheus.ts';
export const picture = 'package.json';
export async function drawPicture(_p: Prometheus, _s: number, _r: (e: string) => string): Promise<void> {}
