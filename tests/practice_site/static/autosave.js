// Saving by itself: after a quiet time, one request at a time, and again when something changed meanwhile.

import { createDraft, saveDraft } from "./site_api.js";

const RETRY_MS = 3000;

export class Autosave {
  constructor({ quietMs, draftId, fields, status, onCreated }) {
    Object.assign(this, { quietMs, draftId, fields, status, onCreated });
    this.timer = null;
    this.isDirty = false;
    this.running = null;
  }

  changed() {
    this.isDirty = true;
    this.plan(this.quietMs);
  }

  plan(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.saved().catch(() => {}), delay);
  }

  /** Resolves once all that was changed until now is stored. */
  async saved() {
    clearTimeout(this.timer);
    while (this.running || this.isDirty) {
      this.running ??= this.save().finally(() => (this.running = null));
      await this.running;
    }
  }

  async save() {
    this.isDirty = false;
    this.status.textContent = "保存中...";
    try {
      if (this.draftId) await saveDraft(this.draftId, this.fields());
      else await this.create();
      if (!this.isDirty) this.status.textContent = "刚刚 · 草稿";
    } catch (error) {
      if (error.status === 401) location.assign(`/signin?next=${encodeURIComponent(location.pathname)}`);
      this.isDirty = true;
      this.status.textContent = "保存失败";
      this.plan(RETRY_MS);
      throw error;
    }
  }

  async create() {
    const draft = await createDraft(this.fields());
    this.draftId = draft.id;
    history.replaceState(null, "", `/p/${draft.id}/edit`);
    this.onCreated(draft.id);
  }
}
