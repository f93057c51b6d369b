/** Of what a run of the suite writes down. `E2E_REPORT` names another, for runs that go on at once. */
export const folder = process.env.E2E_REPORT || 'dist/e2e';
