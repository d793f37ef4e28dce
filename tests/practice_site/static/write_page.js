// Puts the write page together: title, body, autosave, settings, publish button.

import { Autosave } from "./autosave.js";
import { notify } from "./notification.js";
import { PublishButton } from "./publish_button.js";
import { PublishPanel } from "./publish_panel.js";
import { rename } from "./renamed.js";
import { convertDocument, uploadImage } from "./site_api.js";
import { TitleField } from "./title_field.js";
import { Toolbar } from "./toolbar.js";

const MARKDOWN = /^(#{1,6} |[-*] |\d+\. |> |```)|\*\*[^*]+\*\*|\[[^\]]+\]\([^)]+\)/m;

class WritePage {
  constructor(config) {
    this.config = config;
    this.root = document.getElementById("root");
  }

  async mount() {
    const { config } = this;
    const { mountBody } = await import(config.editorModule);
    this.root.replaceChildren(document.getElementById("write-page").content.cloneNode(true));
    this.count = this.root.querySelector(".WriteIndex-statusBar");
    this.status = this.root.querySelector(".WriteIndex-status");
    this.title = new TitleField(this.root.querySelector("textarea.Input"), () => this.changed());
    this.body = await mountBody(this.root.querySelector(".PostEditor"), this.bodyHandlers());
    this.autosave = new Autosave({
      quietMs: config.autosaveMs,
      draftId: config.draft?.id ?? null,
      fields: () => ({ title: this.title.value, content: this.body.html(), ...this.panel.fields() }),
      status: this.status,
      onCreated: () => {},
    });
    const panelRoot = this.root.querySelector(".PublishPanel");
    this.panel = new PublishPanel(panelRoot, this);
    this.toolbar = new Toolbar(this.root.querySelector(".WriteIndex-toolbar"), this);
    this.button = new PublishButton(this.root.querySelector(".Button--primary"), this);
    this.root.querySelector(".Button--settings").addEventListener("click", () => (panelRoot.hidden = !panelRoot.hidden));
    if (config.draft) this.load(config.draft);
    this.show();
    if (config.isRenamed) rename(this.root);
  }

  bodyHandlers() {
    return {
      onChange: () => this.changed(),
      onPlainText: (text, replace) => this.offerMarkdown(text, replace),
      isForeign: (src) => new URL(src, location.href).origin !== location.origin || src.startsWith("blob:"),
      upload: (picture) => this.upload(picture),
    };
  }

  async upload(picture) {
    try {
      return await uploadImage(picture);
    } catch (error) {
      notify(error.status ? error.message : "图片上传失败，请重新上传");
      throw error;
    }
  }

  load(draft) {
    this.title.load(draft.title);
    this.body.load(draft.content);
    this.panel.load(draft);
  }

  changed() {
    this.show();
    this.autosave.changed();
  }

  isComplete() {
    return this.title.value.trim() !== "" && this.body.hasContent();
  }

  show() {
    this.count.textContent = `字数：${this.body.count()}`;
    this.button.update();
  }

  offerMarkdown(text, replace) {
    if (!MARKDOWN.test(text)) return;
    const file = new File([text], "pasted.md", { type: "text/markdown" });
    const run = () => convertDocument(file).then(replace, (error) => notify(error.message));
    notify("识别到特殊格式，请确认是否将 Markdown 解析为正确格式", { label: "确认并解析", run });
  }
}

const config = JSON.parse(document.getElementById("practice-config").textContent);
if (config.hangs) for (;;); // the fault `page_hangs`
const eaten = [];
while (config.crashes) eaten.push(new Array(1_000_000).fill(eaten.length)); // the fault `page_crashes`
setTimeout(() => new WritePage(config).mount(), config.editorDelayMs);
