// The white bar at the top that lives a few seconds.

const LIFE_MS = 5000;

export function notify(text, action = null) {
  document.querySelectorAll(".Notification").forEach((old) => old.remove());
  const bar = document.createElement("div");
  bar.className = "Notification Notification-white";
  bar.setAttribute("role", "alert");
  bar.append(Object.assign(document.createElement("span"), { className: "Notification-textSection", textContent: text }));
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "Button Button--link", textContent: action.label });
    button.addEventListener("click", (event) => {
      if (!event.isTrusted) return;
      bar.remove();
      action.run();
    });
    bar.append(button);
  }
  document.body.append(bar);
  setTimeout(() => bar.remove(), LIFE_MS);
}
