/** Which part of which document demands what a rule demands. */
export interface Source {
  readonly text: string;
  /** Where it can be read. */
  readonly url?: string;
}

/** A part of “Creating an Endpoints Object”, from whose tables most rules come. */
export function endpointsDocument(part: string): Source {
  return {
    text: `Creating an Endpoints Object, ${part}`,
    url: 'https://docs.otc.t-systems.com/en-us/api2/cce/cce_02_0059.html',
  };
}

/** Endpoints let a tenant reach through a load balancer or ingress controller what the tenant cannot reach. */
export const cve202125740: Source = {
  text: 'CVE-2021-25740',
  url: 'https://github.com/kubernetes/kubernetes/issues/103675',
};
