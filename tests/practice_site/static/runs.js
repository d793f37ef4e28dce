// A block's text as runs: pieces of text that share the same styles and link.
// A run: {text, styles: sorted array of names, link: address or null}.

export function run(text, styles = [], link = null) {
  return { text, styles: [...styles].sort(), link };
}

const isAlike = (a, b) => a.link === b.link && a.styles.join() === b.styles.join();

export function textOf(runs) {
  return runs.map((piece) => piece.text).join("");
}

export function joined(...lists) {
  const result = [];
  for (const piece of lists.flat()) {
    if (!piece.text) continue;
    const last = result.at(-1);
    if (last && isAlike(last, piece)) result[result.length - 1] = { ...last, text: last.text + piece.text };
    else result.push(piece);
  }
  return result;
}

export function slice(runs, from, to = Infinity) {
  const result = [];
  let start = 0;
  for (const piece of runs) {
    const end = start + piece.text.length;
    const text = piece.text.slice(Math.max(0, from - start), Math.max(0, Math.min(piece.text.length, to - start)));
    if (text) result.push({ ...piece, text });
    start = end;
  }
  return result;
}

/** The styles that text typed at this place takes over. */
export function stylesAt(runs, offset) {
  const before = slice(runs, 0, offset).at(-1) ?? runs[0];
  return before ? before.styles : [];
}
