// The practice site's own editor. Its blocks are the truth: what scripts do to the DOM behind its back neither
// counts nor is saved, and is gone with the next change.

import { arranged, nodeOf } from "./block_view.js";
import * as model from "./blocks.js";
import { blocksOf, blocksOfText } from "./html_in.js";
import { htmlOf } from "./html_out.js";

const INPUTS = {
  insertText: (editor, event) => editor.type(event.data ?? ""),
  insertReplacementText: (editor, event) => editor.type(event.data ?? event.dataTransfer?.getData("text/plain") ?? ""),
  insertCompositionText: () => {},
  insertParagraph: (editor) => editor.change(model.split),
  insertLineBreak: (editor) => editor.type("\n"),
  deleteContentBackward: (editor) => editor.erase(model.backspaced),
  deleteContentForward: (editor) => editor.erase(model.deletedForward),
  deleteByCut: (editor) => editor.erase(model.backspaced),
};

class BodyEditor {
  constructor(host, handlers) {
    this.handlers = handlers;
    this.key = Math.random().toString(36).slice(2, 7);
    this.blocks = model.emptyBlocks();
    this.nodes = new Map();
    host.innerHTML = `
      <div class="DraftEditor-root">
        <div class="public-DraftEditorPlaceholder-root"><div class="public-DraftEditorPlaceholder-inner">请输入正文</div></div>
        <div class="DraftEditor-editorContainer">
          <div class="notranslate public-DraftEditor-content" contenteditable="true" role="textbox" spellcheck="false">
            <div data-contents="true"></div>
          </div>
        </div>
      </div>`;
    this.placeholder = host.querySelector(".public-DraftEditorPlaceholder-root");
    this.root = host.querySelector(".public-DraftEditor-content");
    this.contents = host.querySelector("[data-contents]");
    this.moveTo({ key: this.blocks[0].key, offset: 0 });
    this.listen();
    this.render();
  }

  listen() {
    this.root.addEventListener("beforeinput", (event) => this.onBeforeInput(event));
    this.root.addEventListener("compositionend", (event) => this.type(event.data ?? ""));
    this.root.addEventListener("paste", (event) => this.onPaste(event));
    this.root.addEventListener("drop", (event) => event.preventDefault());
    document.addEventListener("selectionchange", () => this.readSelection());
  }

  html() {
    return htmlOf(this.blocks);
  }

  count() {
    return model.countOf(this.blocks);
  }

  hasContent() {
    return model.hasContent(this.blocks);
  }

  load(html) {
    const blocks = blocksOf(html);
    this.blocks = blocks.length ? blocks : model.emptyBlocks();
    this.moveTo({ key: this.blocks[0].key, offset: 0 });
    this.render();
    this.takeInPictures();
  }

  append(html) {
    const last = this.blocks.at(-1);
    this.moveTo({ key: last.key, offset: model.lengthOf(last) });
    this.blocks = model.hasContent(this.blocks) ? [...this.blocks, ...blocksOf(html)] : blocksOf(html);
    this.changed(this.endPoint());
  }

  insertPicture(file) {
    const picture = model.block("atomic", [], {
      data: { kind: "picture", src: URL.createObjectURL(file), caption: "", text: "", isUploading: true, file },
    });
    this.put([picture, model.block()]);
  }

  onBeforeInput(event) {
    const act = INPUTS[event.inputType];
    if (event.inputType === "insertCompositionText") return;
    event.preventDefault();
    this.readSelection();
    if (act) act(this, event);
  }

  onPaste(event) {
    event.preventDefault();
    this.readSelection();
    const html = event.clipboardData?.getData("text/html") ?? "";
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (html) this.put(blocksOf(html));
    else if (text) {
      this.put(blocksOfText(text));
      this.handlers.onPlainText(text, (parsed) => this.replaceAll(parsed));
    }
  }

  replaceAll(html) {
    this.blocks = blocksOf(html);
    this.changed(this.endPoint());
  }

  type(text) {
    if (text) this.change((blocks, at) => model.withText(blocks, at, text));
  }

  put(fragment) {
    this.change((blocks, at) => model.inserted(blocks, at, fragment));
    this.takeInPictures();
  }

  erase(atPoint) {
    const [from, to] = model.ordered(this.blocks, this.anchor, this.focus);
    const isPoint = from.key === to.key && from.offset === to.offset;
    const { blocks, at } = isPoint ? atPoint(this.blocks, from) : model.removed(this.blocks, from, to);
    this.blocks = blocks.length ? blocks : model.emptyBlocks();
    this.changed(at);
  }

  /** Replace the selection by nothing, then let `act` work at that point. */
  change(act) {
    const [from, to] = model.ordered(this.blocks, this.anchor, this.focus);
    const cleared = model.removed(this.blocks, from, to);
    const { blocks, at } = act(cleared.blocks, cleared.at);
    this.blocks = blocks;
    this.changed(at);
  }

  changed(at) {
    this.moveTo(this.blocks.some((item) => item.key === at.key) ? at : this.endPoint());
    this.render();
    this.handlers.onChange();
  }

  endPoint() {
    const last = this.blocks.at(-1);
    return { key: last.key, offset: model.lengthOf(last) };
  }

  moveTo(point) {
    this.anchor = point;
    this.focus = point;
  }

  /** Pictures with a foreign or local address are handed in one by one; each gets the site's address later. */
  async takeInPictures() {
    const isForeign = (data) => data.kind === "picture" && !data.isFailed && !data.isTaken && this.handlers.isForeign(data.src);
    for (const item of this.blocks.filter((one) => isForeign(one.data))) {
      item.data.isTaken = true;
      this.handlers.upload(item.data.file ?? item.data.src).then(
        (src) => this.setPicture(item.key, { src, isUploading: false }),
        () => this.setPicture(item.key, { isUploading: false, isFailed: true }),
      );
    }
  }

  setPicture(key, data) {
    this.blocks = this.blocks.map((item) => (item.key === key ? { ...item, data: { ...item.data, ...data } } : item));
    this.render();
    this.handlers.onChange();
  }

  /** Only blocks that changed get a new node, so that typing into a long text stays quick. */
  render() {
    const nodes = new Map();
    const nodeFor = (item) => {
      const old = this.nodes.get(item.key);
      const kept = old?.item === item ? old : { item, node: nodeOf(item, this.key) };
      nodes.set(item.key, kept);
      return kept.node;
    };
    this.contents.replaceChildren(...arranged(this.blocks, nodeFor));
    // A script may have thrown out the container itself.
    if (this.contents.parentNode !== this.root || this.root.childNodes.length > 1) this.root.replaceChildren(this.contents);
    this.nodes = nodes;
    this.placeholder.hidden = model.hasContent(this.blocks);
    this.showSelection();
  }

  readSelection() {
    const selection = document.getSelection();
    if (!selection?.rangeCount || !this.root.contains(selection.anchorNode)) return;
    const anchor = this.pointOf(selection.anchorNode, selection.anchorOffset, false);
    const focus = this.pointOf(selection.focusNode, selection.focusOffset, true);
    if (anchor && focus) [this.anchor, this.focus] = [anchor, focus];
  }

  pointOf(node, offset, isEnd) {
    const holder = (node.nodeType === Node.TEXT_NODE ? node.parentNode : node).closest("[data-block]");
    const item = this.blocks.find((one) => this.nodes.get(one.key)?.node === holder);
    if (item) {
      const range = document.createRange();
      range.setStart(holder, 0);
      range.setEnd(node, offset);
      return { key: item.key, offset: Math.min(range.toString().length, model.lengthOf(item)) };
    }
    // The selection's end lies between blocks: before the first one or behind the last.
    return isEnd && offset > 0 ? this.endPoint() : { key: this.blocks[0].key, offset: 0 };
  }

  showSelection() {
    if (document.activeElement !== this.root) return;
    const holder = this.nodes.get(this.focus.key)?.node;
    if (!holder) return;
    let left = this.focus.offset;
    const walker = document.createTreeWalker(holder, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (left <= node.data.length) return document.getSelection().collapse(node, left);
      left -= node.data.length;
    }
    document.getSelection().collapse(holder.querySelector("[data-offset-key]") ?? holder, 0);
  }
}

export async function mountBody(host, handlers) {
  return new BodyEditor(host, handlers);
}
