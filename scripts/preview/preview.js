// Runs in the page.
const wanted = new URLSearchParams(location.search);
const systemDark = matchMedia('(prefers-color-scheme: dark)').matches;
const theme = wanted.get('theme') ?? (systemDark ? 'dark' : 'light');
document.documentElement.dataset.theme = theme;
mermaid.initialize({ startOnLoad: false, theme: theme === 'dark' ? 'dark' : 'default' });

// A diagram that is folded away has no size to be drawn in.
const draw = (place) => {
  const nodes = [...place.querySelectorAll('pre.mermaid:not([data-processed])')];
  mermaid.run({ nodes: nodes.filter((node) => node.offsetParent !== null) });
};
for (const fold of document.querySelectorAll('details')) {
  fold.open ||= wanted.has('open');
  fold.addEventListener('toggle', () => draw(fold));
}
draw(document);
