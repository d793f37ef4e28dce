// Blocks to the HTML that the site stores. No white space between tags.

const TAGS = {
  "header-one": "h1", "header-two": "h2", "header-three": "h3", "header-four": "h4", "header-five": "h5",
  "header-six": "h6", unstyled: "p", blockquote: "blockquote",
};
const STYLE_TAGS = { BOLD: "b", ITALIC: "i", CODE: "code", UNDERLINE: "u", STRIKETHROUGH: "s" };

export function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

function runHtml(piece) {
  let html = escaped(piece.text).replace(/\n/g, "<br>");
  for (const style of piece.styles) html = `<${STYLE_TAGS[style]}>${html}</${STYLE_TAGS[style]}>`;
  return piece.link ? `<a href="${escaped(piece.link)}">${html}</a>` : html;
}

const inlineHtml = (item) => item.runs.map(runHtml).join("");

function codeHtml(item) {
  const text = item.runs.map((piece) => escaped(piece.text)).join("");
  return `<pre lang="${escaped(item.data.lang ?? "")}">${text}</pre>`;
}

function atomicHtml(data) {
  if (data.kind !== "picture") return data.html;
  const src = escaped(data.src);
  const caption = escaped(data.caption ?? "");
  return `<figure data-size="normal"><img src="${src}" data-caption="${caption}" data-size="normal" data-original-src="${src}"></figure>`;
}

const listTag = (item) => (item.type === "ordered-list-item" ? "ol" : "ul");

/** One list, with the lists of deeper items inside the item before them. Returns [html, next index]. */
function listHtml(blocks, start) {
  const { depth, type } = blocks[start];
  const items = [];
  let index = start;
  while (index < blocks.length && blocks[index].type.endsWith("list-item")) {
    const item = blocks[index];
    if (item.depth < depth || (item.depth === depth && item.type !== type)) break;
    if (item.depth > depth && items.length) {
      const [inner, next] = listHtml(blocks, index);
      items[items.length - 1] += inner;
      index = next;
    } else {
      items.push(inlineHtml(item));
      index += 1;
    }
  }
  const tag = listTag(blocks[start]);
  return [`<${tag}>${items.map((html) => `<li>${html}</li>`).join("")}</${tag}>`, index];
}

export function htmlOf(blocks) {
  let html = "";
  let index = 0;
  while (index < blocks.length) {
    const item = blocks[index];
    if (item.type.endsWith("list-item")) {
      const [list, next] = listHtml(blocks, index);
      html += list;
      index = next;
      continue;
    }
    if (item.type === "atomic") html += atomicHtml(item.data);
    else if (item.type === "code-block") html += codeHtml(item);
    else html += `<${TAGS[item.type]}>${inlineHtml(item)}</${TAGS[item.type]}>`;
    index += 1;
  }
  return blocks.length === 1 && html === "<p></p>" ? "" : html;
}
