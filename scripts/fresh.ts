// Fails if committed generated files differ from what the sources generate.
import { stale } from './stale.ts';

const files = await stale();
if (files.length > 0) {
  console.error(`Out of date: ${files.join(', ')}. Run "npm run generate", "npm run docs" and "npm run build".`);
  process.exitCode = 1;
}
