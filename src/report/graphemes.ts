let segmenter: Intl.Segmenter | undefined;

/** The characters as a reader counts them. Their tables take 10 ms to load, and most runs need none of them. */
export function graphemes(text: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}
