// HTML to blocks, through the map of tags that the editor knows. Everything else loses its tag and keeps its text.

import { block } from "./blocks.js";
import { run } from "./runs.js";

const BLOCK_TYPES = {
  H1: "header-one", H2: "header-two", H3: "header-three", H4: "header-four", H5: "header-five", H6: "header-six",
  BLOCKQUOTE: "blockquote", PRE: "code-block", P: "unstyled", DIV: "unstyled", SECTION: "unstyled", ARTICLE: "unstyled",
};
const STYLES = {
  STRONG: "BOLD", B: "BOLD", EM: "ITALIC", I: "ITALIC", CODE: "CODE", KBD: "CODE", U: "UNDERLINE", S: "STRIKETHROUGH",
  DEL: "STRIKETHROUGH",
};
const IGNORED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "TITLE", "META", "LINK", "HEAD"]);

class Reader {
  constructor() {
    this.blocks = [];
    this.current = null;
    this.outer = [];
    this.lists = [];
    this.styles = [];
    this.link = null;
  }

  read(node) {
    if (node.nodeType === Node.TEXT_NODE) this.readText(node.data);
    else if (node.nodeType === Node.ELEMENT_NODE && !IGNORED.has(node.tagName)) this.readElement(node);
  }

  readElement(element) {
    const tag = element.tagName;
    if (tag === "BR") this.add("\n");
    else if (tag === "IMG") this.addPicture(element, "");
    else if (tag === "FIGURE") this.readFigure(element);
    else if (tag === "TABLE") this.addAtomic({ kind: "table", html: tableHtml(element), text: element.textContent });
    else if (tag === "HR") this.addAtomic({ kind: "line", html: "<hr>", text: "" });
    else if (tag === "UL" || tag === "OL") this.readList(element);
    else if (tag === "LI") this.readItem(element);
    else if (BLOCK_TYPES[tag]) this.readBlock(element, BLOCK_TYPES[tag]);
    else this.readInline(element);
  }

  readChildren(element) {
    element.childNodes.forEach((child) => this.read(child));
  }

  readBlock(element, type) {
    if (this.lists.length && type === "unstyled") return this.readParagraphOfItem(element);
    const isQuoted = this.outer.at(-1) === "blockquote" && type === "unstyled";
    this.close();
    this.outer.push(isQuoted ? "blockquote" : type);
    this.data = type === "code-block" ? { lang: element.getAttribute("lang") ?? "" } : {};
    this.readChildren(element);
    this.close();
    this.outer.pop();
    this.data = {};
  }

  readParagraphOfItem(element) {
    if (this.current?.runs.length) this.add("\n");
    this.readChildren(element);
  }

  readList(element) {
    this.close();
    this.lists.push(element.tagName === "OL" ? "ordered-list-item" : "unordered-list-item");
    this.readChildren(element);
    this.close();
    this.lists.pop();
  }

  readItem(element) {
    this.close();
    this.outer.push(this.lists.at(-1) ?? "unordered-list-item");
    this.readChildren(element);
    this.close();
    this.outer.pop();
  }

  readInline(element) {
    const style = STYLES[element.tagName];
    const isCodeOfBlock = style === "CODE" && this.outer.includes("code-block");
    const link = this.link;
    if (element.tagName === "A" && element.getAttribute("href")) this.link = element.getAttribute("href");
    if (style && !isCodeOfBlock) this.styles.push(style);
    this.readChildren(element);
    if (style && !isCodeOfBlock) this.styles.pop();
    this.link = link;
  }

  readFigure(element) {
    const picture = element.querySelector("img");
    const table = element.querySelector("table");
    if (picture) this.addPicture(picture, element.querySelector("figcaption")?.textContent ?? "");
    else if (table) this.readElement(table);
    else this.readChildren(element);
  }

  readText(data) {
    if (this.outer.includes("code-block")) return this.add(data);
    const text = data.replace(/[\t\n\r\f ]+/g, " ");
    const isAtStart = !this.current?.runs.length || this.current.runs.at(-1).text.endsWith("\n");
    this.add(isAtStart ? text.replace(/^ /, "") : text);
  }

  add(text) {
    if (!text) return;
    this.current ??= { type: this.outer.at(-1) ?? "unstyled", runs: [] };
    this.current.runs.push(run(text, [...new Set(this.styles)], this.link));
  }

  addPicture(element, caption) {
    const src = element.getAttribute("src") ?? "";
    if (src) this.addAtomic({ kind: "picture", src, caption: caption || element.getAttribute("data-caption") || "", text: "" });
  }

  addAtomic(data) {
    this.close();
    this.blocks.push(block("atomic", [], { data }));
  }

  close() {
    const done = this.current;
    this.current = null;
    if (!done) return;
    const last = done.runs.at(-1);
    if (done.type === "code-block") last.text = last.text.replace(/\n$/, "");
    else last.text = last.text.replace(/[ \n]+$/, "");
    if (!done.runs.some((piece) => piece.text)) return;
    const depth = done.type.endsWith("list-item") ? Math.max(0, this.lists.length - 1) : 0;
    this.blocks.push(block(done.type, done.runs, { depth, data: this.data ?? {} }));
  }
}

function tableHtml(table) {
  const rows = [...table.querySelectorAll("tr")].map((row) => {
    const cells = [...row.children].map((cell) => {
      const tag = cell.tagName === "TH" ? "th" : "td";
      const text = document.createElement(tag);
      text.textContent = cell.textContent;
      return text.outerHTML;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  const marks = 'data-draft-node="block" data-draft-type="table" data-size="normal"';
  return `<table ${marks}><tbody>${rows.join("")}</tbody></table>`;
}

export function blocksOf(html) {
  const reader = new Reader();
  reader.readChildren(new DOMParser().parseFromString(html, "text/html").body);
  reader.close();
  return reader.blocks;
}

/** Plain text: every line a paragraph, as it is; no Markdown is understood. */
export function blocksOfText(text) {
  return text.replace(/\r\n?/g, "\n").split("\n").map((line) => block("unstyled", [run(line)]));
}
