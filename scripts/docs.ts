// Prints what is printed from the code into the files that carry it.
import { writeFileSync } from 'node:fs';
import { printedFiles } from './printed.ts';

for (const { file, text } of await printedFiles()) {
  writeFileSync(file, text);
  console.log(`printed ${file}`);
}
