import { type Block, fold } from './blocks.ts';
import { codeBlock, markdown } from './escape.ts';
import { nameNodes } from './groups.ts';
import type { Report } from './model.ts';

/** The ends of the logs that were asked for, folded, each line as it is. */
export function logBlocks({ logs }: Report): Block[] {
  return logs.map(({ node, service, lines }) => ({
    text: fold(
      `Log of ${markdown(service, 80)} on ${markdown(nameNodes([node], 1))}, its end`,
      codeBlock(lines, 'text'),
    ),
    rank: 3,
  }));
}
