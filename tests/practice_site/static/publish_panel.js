// The settings below the text: cover, topics, column. None of them blocks the page.

import { notify } from "./notification.js";
import { addTopic, columnsOf, findTopics, removeTopic, uploadImage } from "./site_api.js";

const MAX_TOPICS = 5;

export class PublishPanel {
  constructor(root, page) {
    this.page = page;
    this.root = root;
    this.cover = "";
    this.column = null;
    this.topics = [];
    this.listenToCover();
    this.listenToTopics();
    this.listenToColumns();
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  load(draft) {
    this.column = draft.column;
    this.topics = draft.topics.map((topic) => topic.name);
    if (draft.titleImage) this.showCover(draft.titleImage);
    this.showTopics();
    if (this.column) this.find("#PublishPanel-columnLabel-1").click();
  }

  fields() {
    return { column: this.column, titleImage: this.cover };
  }

  listenToCover() {
    const input = this.find(".UploadPicture-input");
    input.addEventListener("change", async () => {
      try {
        this.showCover(await uploadImage(input.files[0]));
        this.page.changed();
      } catch (error) {
        notify(error.message);
      }
    });
  }

  showCover(src) {
    this.cover = src;
    const picture = Object.assign(document.createElement("img"), { src, alt: "封面图" });
    this.find(".UploadPicture-placeholder").replaceChildren(picture, "更换封面");
  }

  listenToTopics() {
    const popover = this.find(".TopicPicker-popover");
    const search = this.find('[aria-label="搜索话题"]');
    this.find(".TopicPicker-open").addEventListener("click", () => {
      popover.hidden = false;
      search.focus();
    });
    search.addEventListener("input", async () => {
      const words = search.value;
      const found = words.trim() ? await findTopics(words).catch(() => []) : [];
      if (search.value !== words) return; // a late answer: more has been typed since
      this.find(".TopicPicker-found").replaceChildren(...found.map(({ name }) => this.topicChoice(name)));
    });
  }

  topicChoice(name) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "Button", textContent: name });
    button.addEventListener("click", () => this.choose(name));
    return button;
  }

  async choose(name) {
    this.find(".TopicPicker-popover").hidden = true;
    this.find('[aria-label="搜索话题"]').value = "";
    this.find(".TopicPicker-found").replaceChildren();
    await this.changeTopics((id) => addTopic(id, name));
  }

  async changeTopics(request) {
    try {
      this.page.changed();
      await this.page.autosave.saved();
      this.topics = (await request(this.page.autosave.draftId)).map((topic) => topic.name);
      this.showTopics();
    } catch (error) {
      notify(error.message);
    }
  }

  showTopics() {
    const tags = this.topics.map((name) => {
      const tag = Object.assign(document.createElement("span"), { className: "Tag Topic", textContent: name });
      const cross = Object.assign(document.createElement("button"), { type: "button", className: "Tag-remove", textContent: "×" });
      cross.setAttribute("aria-label", `移除话题 ${name}`);
      cross.addEventListener("click", () => this.changeTopics((id) => removeTopic(id, name)));
      tag.append(cross);
      return tag;
    });
    this.find(".TopicPicker-chosen").replaceChildren(...tags);
    this.find(".TopicPicker-open").disabled = this.topics.length >= MAX_TOPICS;
  }

  listenToColumns() {
    const selector = this.find(".ColumnSetting-ColumnSelector");
    const popover = this.find(".ColumnSetting-popover");
    this.find("#PublishPanel-columnLabel-0").addEventListener("change", () => {
      selector.hidden = true;
      this.setColumn(null, "选择专栏");
    });
    this.find("#PublishPanel-columnLabel-1").addEventListener("change", () => this.openColumns());
    this.find("[role=combobox]").addEventListener("click", () => (popover.hidden = !popover.hidden));
  }

  async openColumns() {
    this.find(".ColumnSetting-ColumnSelector").hidden = false;
    const columns = await columnsOf(this.page.config.account.urlToken).catch(() => []);
    const options = columns.map(({ id, title }) => {
      const option = Object.assign(document.createElement("button"), { type: "button", className: "Select-option", textContent: title });
      option.addEventListener("click", () => this.setColumn(id, title));
      return option;
    });
    this.find(".Select-list").replaceChildren(...options);
    const chosen = columns.find(({ id }) => id === this.column);
    if (chosen) this.find("[role=combobox]").textContent = chosen.title;
  }

  setColumn(id, title) {
    this.column = id;
    this.find("[role=combobox]").textContent = title;
    this.find(".ColumnSetting-popover").hidden = true;
    this.page.changed();
  }
}
