/** Of the page: light and dark by the reader's choice, black on white on paper. */
export const style = `
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --bad: #b3261e; --warn: #8a5a00; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --warn: #ffca66; --good: #7bd89b; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .4rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
p { margin: .4rem 0; max-width: 60rem; }
code, pre { font: .875em/1.45 ui-monospace, monospace; overflow-wrap: break-word; }
pre { background: var(--soft); padding: .8rem; white-space: pre-wrap; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .8rem 0; }
dl.facts dt { opacity: .75; } dl.facts dd { margin: 0; }
ul.sums { display: flex; flex-wrap: wrap; gap: .6rem; list-style: none; padding: 0; margin: 1rem 0; }
ul.sums li { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .9rem; }
ul.sums b { display: block; font-size: 1.5rem; line-height: 1.2; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; opacity: .75; padding: .2rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--soft); }
tbody th { font-weight: 600; min-width: 9rem; overflow-wrap: break-word; }
.id { white-space: nowrap; }
td ul { margin: 0; padding-left: 1.1rem; }
.error, .everyone { color: var(--bad); font-weight: 700; }
.warning { color: var(--warn); font-weight: 700; }
.clean { color: var(--good); font-weight: 700; }
.system { opacity: .75; }
footer { margin-top: 3rem; font-size: .85rem; opacity: .75; }
@media print {
  :root { color-scheme: light; } body { font-size: 10pt; max-width: none; padding: 0; }
  tr { break-inside: avoid; } h2, h3 { break-after: avoid; } .wide { overflow: visible; } thead { display: table-header-group; }
}
`;
