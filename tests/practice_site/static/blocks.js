// The editor's truth: a list of blocks. Every function returns a new list and leaves the old one alone.
// A block: {key, type, depth, runs, data}; `atomic` blocks (picture, table, line) have data and no text.

import { joined, run, slice, stylesAt, textOf } from "./runs.js";

let lastKey = 0;

export function block(type = "unstyled", runs = [], more = {}) {
  lastKey += 1;
  return { key: `k${lastKey.toString(36)}`, type, depth: 0, runs: joined(runs), data: {}, ...more };
}

export const isText = (item) => item.type !== "atomic";
export const lengthOf = (item) => textOf(item.runs).length;
export const emptyBlocks = () => [block()];

export function plainText(blocks) {
  return blocks.map((item) => (isText(item) ? textOf(item.runs) : item.data.text ?? "")).join("\n");
}

/** What the status bar counts: characters that are not white space. */
export function countOf(blocks) {
  return [...plainText(blocks).replace(/\s/gu, "")].length;
}

export const hasContent = (blocks) => countOf(blocks) > 0 || blocks.some((item) => !isText(item));

/** Put two ends of a selection in order. A point: {key, offset}. */
export function ordered(blocks, one, other) {
  const place = (point) => blocks.findIndex((item) => item.key === point.key);
  const isAhead = place(one) < place(other) || (one.key === other.key && one.offset <= other.offset);
  return isAhead ? [one, other] : [other, one];
}

const rest = (blocks, key) => blocks.slice(blocks.findIndex((item) => item.key === key) + 1);
const before = (blocks, key) => blocks.slice(0, blocks.findIndex((item) => item.key === key));
const find = (blocks, key) => blocks.find((item) => item.key === key);

function isEverything(blocks, from, to) {
  const last = blocks.at(-1);
  return from.key === blocks[0].key && from.offset === 0 && to.key === last.key && to.offset >= lengthOf(last);
}

/** Without what stands between the two points. Deleting everything leaves one plain empty block. */
export function removed(blocks, from, to) {
  if (from.key === to.key && from.offset === to.offset) return { blocks, at: from };
  if (isEverything(blocks, from, to)) {
    const empty = emptyBlocks();
    return { blocks: empty, at: { key: empty[0].key, offset: 0 } };
  }
  const first = find(blocks, from.key);
  const head = isText(first) ? first : block();
  const merged = { ...head, runs: joined(slice(first.runs, 0, from.offset), slice(find(blocks, to.key).runs, to.offset)) };
  return {
    blocks: [...before(blocks, from.key), merged, ...rest(blocks, to.key)],
    at: { key: merged.key, offset: from.offset },
  };
}

export function withText(blocks, at, text) {
  const target = find(blocks, at.key);
  if (!isText(target)) {
    const added = block("unstyled", [run(text)]);
    return {
      blocks: [...before(blocks, at.key), target, added, ...rest(blocks, at.key)],
      at: { key: added.key, offset: text.length },
    };
  }
  const typed = run(text, stylesAt(target.runs, at.offset));
  const changed = { ...target, runs: joined(slice(target.runs, 0, at.offset), [typed], slice(target.runs, at.offset)) };
  return {
    blocks: blocks.map((item) => (item === target ? changed : item)),
    at: { key: changed.key, offset: at.offset + text.length },
  };
}

/** What Enter does: lists and quotes go on, headings do not; Enter on an empty item ends the list. */
export function split(blocks, at) {
  const target = find(blocks, at.key);
  const goesOn = target.type.endsWith("list-item") || ["blockquote", "code-block"].includes(target.type);
  if (goesOn && lengthOf(target) === 0) {
    return { blocks: blocks.map((item) => (item === target ? { ...item, type: "unstyled", depth: 0 } : item)), at };
  }
  const head = { ...target, runs: slice(target.runs, 0, at.offset) };
  const tail = block(goesOn ? target.type : "unstyled", slice(target.runs, at.offset), { depth: goesOn ? target.depth : 0 });
  return {
    blocks: [...before(blocks, at.key), head, tail, ...rest(blocks, at.key)],
    at: { key: tail.key, offset: 0 },
  };
}

/** What Backspace does at a place without a selection. */
export function backspaced(blocks, at) {
  const target = find(blocks, at.key);
  if (at.offset > 0) {
    const units = [...textOf(target.runs).slice(0, at.offset)].at(-1).length; // an emoji has two
    return removed(blocks, { key: at.key, offset: at.offset - units }, at);
  }
  if (target.type !== "unstyled" && isText(target)) {
    return { blocks: blocks.map((item) => (item === target ? { ...item, type: "unstyled", depth: 0 } : item)), at };
  }
  const previous = before(blocks, at.key).at(-1);
  if (!previous) return { blocks, at };
  if (!isText(previous)) return { blocks: blocks.filter((item) => item !== previous), at };
  return removed(blocks, { key: previous.key, offset: lengthOf(previous) }, at);
}

/** What Delete does at a place without a selection. */
export function deletedForward(blocks, at) {
  const target = find(blocks, at.key);
  if (at.offset < lengthOf(target)) {
    const units = [...textOf(target.runs).slice(at.offset)][0].length;
    return removed(blocks, at, { key: at.key, offset: at.offset + units });
  }
  const next = rest(blocks, at.key)[0];
  return next ? removed(blocks, at, { key: next.key, offset: 0 }) : { blocks, at };
}

const endOf = (item) => ({ key: item.key, offset: lengthOf(item) });

/** Put a pasted fragment in. An empty block is replaced; else first and last block melt into what is there. */
export function inserted(blocks, at, fragment) {
  if (!fragment.length) return { blocks, at };
  const target = find(blocks, at.key);
  const ahead = before(blocks, at.key);
  const behind = rest(blocks, at.key);
  if (isText(target) && lengthOf(target) === 0) {
    return { blocks: [...ahead, ...fragment, ...behind], at: endOf(fragment.at(-1)) };
  }
  const [first, ...others] = fragment;
  const meltsIn = isText(target) && isText(first);
  const head = meltsIn
    ? [{ ...target, runs: joined(slice(target.runs, 0, at.offset), first.runs) }]
    : [{ ...target, runs: slice(target.runs, 0, at.offset) }, first];
  const middle = [...head, ...others];
  const last = middle.at(-1);
  const tail = slice(target.runs, at.offset);
  const end = endOf(last);
  if (tail.length && isText(last)) middle[middle.length - 1] = { ...last, runs: joined(last.runs, tail) };
  else if (tail.length) middle.push(block("unstyled", tail));
  return { blocks: [...ahead, ...middle, ...behind], at: end };
}
