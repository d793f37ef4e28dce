// A dialog over the page: a question, or a place to hand in a file.

function element(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

/** `body` is an extra node; `confirm` the label of the button. Only a real click confirms. */
export function openModal({ title, text = "", body = null, confirm, onConfirm }) {
  const layer = element("div", "Modal-wrapper");
  const box = element("div", "Modal");
  box.setAttribute("role", "dialog");
  const content = element("div", "Modal-content");
  content.append(element("h3", "Modal-title", title));
  if (text) content.append(element("p", "Modal-text", text));
  if (body) content.append(body);
  const close = () => layer.remove();
  const actions = element("div", "Modal-actions");
  const cancel = element("button", "Button", "取消");
  cancel.addEventListener("click", close);
  actions.append(cancel);
  if (confirm) {
    const button = element("button", "Button Button--primary Button--blue", confirm);
    button.addEventListener("click", (event) => {
      if (!event.isTrusted) return;
      close();
      onConfirm();
    });
    actions.append(button);
  }
  content.append(actions);
  box.append(content);
  layer.append(box);
  document.body.append(layer);
  return close;
}
