// Blocks as DOM nodes of the shape that Draft.js makes.

import { isText, lengthOf } from "./blocks.js";

const TAGS = {
  "header-one": "h1", "header-two": "h2", "header-three": "h3", "header-four": "h4", "header-five": "h5",
  "header-six": "h6", blockquote: "blockquote", "code-block": "pre", atomic: "figure",
  "unordered-list-item": "li", "ordered-list-item": "li",
};
const STYLE_CSS = {
  BOLD: "font-weight:bold", ITALIC: "font-style:italic", UNDERLINE: "text-decoration:underline",
  STRIKETHROUGH: "text-decoration:line-through", CODE: "font-family:monospace;background:#f2f3f5",
};

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function leaf(key, piece, index) {
  const text = element("span", { "data-text": "true" }, piece.text);
  const span = element("span", { "data-offset-key": `${key}-0-${index}` }, text);
  const css = piece.styles.map((style) => STYLE_CSS[style]).join(";");
  if (css) span.setAttribute("style", css);
  return piece.link ? element("a", { class: "Link", href: piece.link }, span) : span;
}

function emptyLeaf(key) {
  return element("span", { "data-offset-key": `${key}-0-0` }, element("br", { "data-text": "true" }));
}

function atomicNode({ data }) {
  const holder = element("div", { contenteditable: "false" });
  if (data.kind !== "picture") {
    holder.innerHTML = data.html; // made by html_in.js from text alone
    return holder;
  }
  holder.append(element("img", { src: data.src, alt: "" }));
  if (data.isUploading) holder.append(element("span", { class: "Image-uploading" }, "上传中"));
  if (data.caption) holder.append(element("figcaption", {}, data.caption));
  return holder;
}

export function nodeOf(item, editorKey) {
  const key = `${item.key}-0-0`;
  const node = element(TAGS[item.type] ?? "div", { "data-block": "true", "data-editor": editorKey, "data-offset-key": key });
  if (!isText(item)) {
    node.append(atomicNode(item));
    return node;
  }
  if (item.type.endsWith("list-item")) {
    const kind = item.type.startsWith("unordered") ? "unordered" : "ordered";
    node.className = `public-DraftStyleDefault-${kind}ListItem public-DraftStyleDefault-depth${item.depth}`;
  }
  const line = element("div", { "data-offset-key": key, class: "public-DraftStyleDefault-block public-DraftStyleDefault-ltr" });
  line.append(...(lengthOf(item) ? item.runs.map((piece, i) => leaf(item.key, piece, i)) : [emptyLeaf(item.key)]));
  node.append(line);
  return node;
}

/** The block nodes with the lists around their items. */
export function arranged(blocks, nodeFor) {
  const result = [];
  let list = null;
  for (const item of blocks) {
    const tag = { "unordered-list-item": "ul", "ordered-list-item": "ol" }[item.type];
    if (!tag) {
      list = null;
      result.push(nodeFor(item));
      continue;
    }
    if (list?.tagName.toLowerCase() !== tag) {
      list = element(tag, { class: `public-DraftStyleDefault-${tag}` });
      result.push(list);
    }
    list.append(nodeFor(item));
  }
  return result;
}
