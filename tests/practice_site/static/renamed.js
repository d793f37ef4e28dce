// The fault `renamed_selectors`: the page after a redesign that nobody announced.

const NEW_PLACEHOLDER = "写下你的标题";
const NEW_LABELS = { 图片: "插图", 导入: "文件", 导入文档: "从文件" };

export function rename(root) {
  for (const node of root.querySelectorAll("[class]")) {
    node.setAttribute("class", node.getAttribute("class").replace(/[\w-]+/g, (name) => `v2-${name.toLowerCase()}`));
  }
  for (const node of root.querySelectorAll("[aria-label]")) {
    const label = node.getAttribute("aria-label");
    node.setAttribute("aria-label", NEW_LABELS[label] ?? label);
  }
  for (const node of root.querySelectorAll("[role=textbox]")) node.removeAttribute("role");
  root.querySelector("textarea").placeholder = NEW_PLACEHOLDER;
}
