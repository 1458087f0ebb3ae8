let segmenter: Intl.Segmenter | undefined;

/** Characters as users perceive them. Created on first use: the tables take 10 ms to load, and most runs do not need them. */
export function graphemes(text: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}
