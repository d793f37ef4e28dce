// The publish button. Only a real pointer's click counts; a script's `.click()` sends nothing.

import { countClick, publish } from "./site_api.js";
import { openModal } from "./modal.js";
import { notify } from "./notification.js";

export class PublishButton {
  constructor(button, page) {
    this.page = page;
    this.isBusy = false;
    this.adopt(button);
  }

  adopt(button) {
    this.button = button;
    button.addEventListener("click", (event) => this.onClick(event));
    if (this.page.config.rerendersButton) button.addEventListener("pointerdown", (event) => this.onPress(event));
  }

  isReal(event) {
    const isReal = event.isTrusted && (event.type === "pointerdown" || event.detail > 0);
    countClick(this.page.autosave.draftId, isReal);
    return isReal && !this.button.disabled && this.page.isComplete();
  }

  update() {
    this.button.disabled = this.isBusy || !this.page.isComplete();
  }

  onClick(event) {
    if (this.page.config.rerendersButton || !this.isReal(event)) return;
    if (!this.page.config.asksToConfirm) return this.send();
    openModal({ title: "确认发布", text: "发布后所有人可见，是否确认发布这篇文章？", confirm: "确认发布", onConfirm: () => this.send() });
  }

  /** The fault: the press publishes, and a new button takes the old one's place under the pointer. */
  onPress(event) {
    if (!this.isReal(event)) return;
    const twin = this.button.cloneNode(true);
    this.button.replaceWith(twin);
    this.adopt(twin);
    this.page.autosave.saved().then(() => this.request()).catch(() => {});
  }

  request() {
    const { title, body, autosave } = this.page;
    return publish(autosave.draftId, title.value, body.html(), body.count());
  }

  async send() {
    if (this.isBusy) return;
    this.isBusy = true;
    this.update();
    try {
      await this.page.autosave.saved();
      this.show(await this.request());
    } catch (error) {
      if (error.redirect) location.assign(error.redirect);
      else if (error.status === 401) location.assign(`/signin?next=${encodeURIComponent(location.pathname)}`);
      else notify(error.status ? error.message : "网络连接失败，请检查网络");
    } finally {
      this.isBusy = false;
      this.update();
    }
  }

  show(receipt) {
    if (receipt.code !== 0 && receipt.code !== undefined) return notify(receipt.toast_message ?? receipt.message);
    if (this.page.config.ignoresReceipt) return;
    location.assign(`/p/${this.page.autosave.draftId}?just_published=1`);
  }
}
