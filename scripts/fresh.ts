// Fails where what is committed is not what the sources give.
import { stale } from './stale.ts';

const files = await stale();
if (files.length > 0) {
  console.error(
    `Not what the sources give: ${files.join(', ')}. Run "npm run generate", "npm run docs" and "npm run build".`,
  );
  process.exitCode = 1;
}
