// The toolbar's two tools that publishers use: pictures from the disk and importing a document.

import { openModal } from "./modal.js";
import { notify } from "./notification.js";
import { convertDocument } from "./site_api.js";

function fileInput(accept) {
  return Object.assign(document.createElement("input"), { type: "file", accept });
}

export class Toolbar {
  constructor(root, page) {
    this.page = page;
    this.menu = root.querySelector(".Menu");
    root.querySelector('[aria-label="图片"]').addEventListener("click", () => this.openPictures());
    root.querySelector('[aria-label="导入"]').addEventListener("click", () => (this.menu.hidden = !this.menu.hidden));
    root.querySelector('[aria-label="导入文档"]').addEventListener("click", () => this.openImport());
  }

  openPictures() {
    const input = fileInput("image/*");
    input.multiple = true;
    openModal({
      title: "本地图片上传",
      body: input,
      confirm: "插入图片",
      onConfirm: () => [...input.files].forEach((file) => this.page.body.insertPicture(file)),
    });
  }

  openImport() {
    this.menu.hidden = true;
    const input = fileInput(".docx,.doc,.markdown,.mdown,.mkdn,.md");
    const close = openModal({ title: "导入文档", text: "支持 Markdown 与 Word 文档，内容会加在正文之后。", body: input });
    input.addEventListener("change", async () => {
      close();
      try {
        this.page.body.append(await convertDocument(input.files[0]));
      } catch (error) {
        notify(error.message);
      }
    });
  }
}
