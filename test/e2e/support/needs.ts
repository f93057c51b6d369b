declare module 'vitest' {
  export interface TaskMeta {
    /** Why it is skipped. */
    reason?: string;
  }
}

/** Options of tests, or of a group of them, that run only where something is there; the report gives the reason where it is not. */
export function needs(there: unknown, reason: string) {
  return there ? {} : { skip: true, meta: { reason } };
}
