// The real Draft.js 0.11.7 as the write page's body editor, behind the same few methods as the own one.

import { countOf, hasContent } from "/static/blocks.js";
import { htmlOf } from "/static/html_out.js";
import { blocksOfContent, forget } from "./content_blocks.js";

const SCRIPTS = [
  "react/umd/react.production.min.js",
  "react-dom/umd/react-dom.production.min.js",
  "immutable/dist/immutable.min.js",
  "draft-js/dist/Draft.min.js",
];

function loadScript(path) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: `/draftjs/modules/${path}` });
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`${path} is missing`)));
    document.head.append(script);
  });
}

const findEntities = (type) => (source, found, content) =>
  source.findEntityRanges((character) => {
    const key = character.getEntity();
    return key !== null && content.getEntity(key).getType() === type;
  }, found);

function decorator() {
  const { createElement } = window.React;
  const data = ({ contentState, entityKey }) => contentState.getEntity(entityKey).getData();
  const link = (props) => createElement("a", { className: "Link", href: data(props).url ?? data(props).href }, props.children);
  const image = (props) => createElement("span", {}, createElement("img", { src: data(props).src, alt: "" }), props.children);
  return new window.Draft.CompositeDecorator([
    { strategy: findEntities("LINK"), component: link },
    { strategy: findEntities("IMAGE"), component: image },
  ]);
}

class DraftJsEditor {
  constructor(host, handlers) {
    this.host = host;
    this.handlers = handlers;
    this.decorator = decorator();
    this.taken = new Set();
    this.state = window.Draft.EditorState.createEmpty(this.decorator);
    this.render();
  }

  get content() {
    return this.state.getCurrentContent();
  }

  get blocks() {
    return blocksOfContent(this.content);
  }

  html() {
    return htmlOf(this.blocks);
  }

  count() {
    return countOf(this.blocks);
  }

  hasContent() {
    return hasContent(this.blocks);
  }

  load(html) {
    if (!html) return;
    const { ContentState, EditorState } = window.Draft;
    const { contentBlocks, entityMap } = window.Draft.convertFromHTML(html);
    const content = ContentState.createFromBlockArray(contentBlocks, entityMap);
    this.state = EditorState.createWithContent(content, this.decorator);
    this.render();
  }

  append(html) {
    this.load(this.hasContent() ? this.html() + html : html);
    this.handlers.onChange();
  }

  insertPicture(file) {
    const content = this.content.createEntity("IMAGE", "IMMUTABLE", { src: URL.createObjectURL(file) });
    const key = content.getLastCreatedEntityKey();
    this.change(window.Draft.AtomicBlockUtils.insertAtomicBlock(this.state, key, "\u{1F4F7}"));
  }

  change(state) {
    const isChanged = state.getCurrentContent() !== this.content;
    this.state = state;
    this.render();
    if (!isChanged) return;
    this.handlers.onChange();
    this.takeInPictures();
  }

  onPastedText(text, html) {
    if (!html) this.handlers.onPlainText(text, (parsed) => {
      this.load(parsed);
      this.handlers.onChange();
    });
    return "not-handled";
  }

  onKeyCommand(command, state) {
    const changed = window.Draft.RichUtils.handleKeyCommand(state, command);
    if (!changed) return "not-handled";
    this.change(changed);
    return "handled";
  }

  takeInPictures() {
    for (const source of this.content.getBlocksAsArray()) {
      findEntities("IMAGE")(source, (start) => this.takeIn(source.getEntityAt(start)), this.content);
    }
  }

  takeIn(key) {
    const { src } = this.content.getEntity(key).getData();
    if (this.taken.has(key) || !this.handlers.isForeign(src)) return;
    this.taken.add(key);
    const finish = (address) => {
      this.content.mergeEntityData(key, { src: address });
      forget(this.content);
      // Draft.js sees no change in an entity's data and would go on showing the old picture.
      this.state = window.Draft.EditorState.set(this.state, { decorator: decorator() });
      this.render();
      this.handlers.onChange();
    };
    this.handlers.upload(src).then(finish, () => {});
  }

  render() {
    const editor = window.React.createElement(window.Draft.Editor, {
      editorState: this.state,
      onChange: (state) => this.change(state),
      handlePastedText: (text, html) => this.onPastedText(text, html),
      handleKeyCommand: (command, state) => this.onKeyCommand(command, state),
      placeholder: "请输入正文",
      spellCheck: false,
    });
    window.ReactDOM.render(editor, this.host);
  }
}

export async function mountBody(host, handlers) {
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/draftjs/modules/draft-js/dist/Draft.css" });
  document.head.append(style);
  for (const path of SCRIPTS) await loadScript(path);
  return new DraftJsEditor(host, handlers);
}
