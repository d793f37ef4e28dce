// Waits for an element that a pointer can reach. args: selector, label (its exact text, or empty).

const isThere = (node) =>
  node.checkVisibility() && !node.disabled && (!args.label || visible(node.textContent) === visible(args.label));

run(async () => {
  const found = await seen(() => {
    const element = all(args.selector).find(isThere);
    return trouble() ?? (element ? { kind: "found", element } : null);
  });
  return found ?? { kind: "waiting", url: location.href, words: wordsOfPage() };
});
