// Draft.js content as the blocks that the practice site's html_out.js writes.

import { block } from "/static/blocks.js";
import { run } from "/static/runs.js";

const KNOWN_STYLES = new Set(["BOLD", "ITALIC", "CODE", "UNDERLINE", "STRIKETHROUGH"]);

function picture(entity) {
  return block("atomic", [], { data: { kind: "picture", src: entity.getData().src, caption: "", text: "" } });
}

/** A Draft.js block with pictures in its text becomes several: text, picture, text. */
function partsOf(source, content) {
  const parts = [];
  let runs = [];
  const type = source.getType() === "atomic" ? "unstyled" : source.getType();
  const flush = () => {
    if (runs.length) parts.push(block(type, runs, { depth: source.getDepth(), data: { lang: "" } }));
    runs = [];
  };
  const text = source.getText();
  let lastKey = null;
  source.getCharacterList().forEach((character, index) => {
    const key = character.getEntity();
    const entity = key ? content.getEntity(key) : null;
    const isNew = key !== lastKey; // a picture stands for a camera emoji, which has two places
    lastKey = key;
    if (entity?.getType() === "IMAGE") {
      flush();
      if (isNew) parts.push(picture(entity));
      return;
    }
    const styles = character.getStyle().toArray().filter((style) => KNOWN_STYLES.has(style));
    const link = entity?.getType() === "LINK" ? entity.getData().url ?? entity.getData().href : null;
    runs.push(run(text[index], styles, link));
  });
  flush();
  return parts.length ? parts : [block(type)];
}

const known = new WeakMap();

/** Draft.js content never changes, so what was worked out once stays true; only a picture's address, which is
 * kept elsewhere, can change. Then call `forget`. */
export function blocksOfContent(content) {
  if (!known.has(content)) known.set(content, content.getBlocksAsArray().flatMap((source) => partsOf(source, content)));
  return known.get(content);
}

export function forget(content) {
  known.delete(content);
}
