/** Series of the chosen pods; names without a prefix are our own. `labels`: which of them, as in PromQL. */
export function own(name: string, labels?: string): string {
  const series = /^(?:nodejs|process)_/.test(name) ? name : `endpoints_webhook_${name}`;
  return `${series}{namespace=~"$namespace",job=~"$job"${labels === undefined ? '' : `,${labels}`}}`;
}

/** Of a counter. */
export function perSecond(series: string): string {
  return `rate(${series}[$__rate_interval])`;
}

/** Of a histogram, by these labels. */
export function quantile(part: number, buckets: string, ...labels: string[]): string {
  return `histogram_quantile(${part}, sum by (${['le', ...labels].join(', ')}) (${perSecond(buckets)}))`;
}
