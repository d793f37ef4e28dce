// Waits for an element that a pointer can reach, and moves it to the middle of the window: a bar that stays at the
// window's edge may cover what the browser takes to be in sight. args: selector, label (its exact text, or empty),
// isBeginning (the text may go on after the label).

function isThere(node) {
  const text = visible(node.textContent);
  const label = visible(args.label);
  const fits = !label || text === label || (args.isBeginning && text.startsWith(label));
  return fits && node.checkVisibility() && !node.disabled;
}

run(async () => {
  const found = await seen(() => {
    const element = all(args.selector).find(isThere);
    element?.scrollIntoView({ block: "center", behavior: "instant" });
    return trouble() ?? (element ? { kind: "found", element } : null);
  });
  return found ?? surroundings("waiting");
});
