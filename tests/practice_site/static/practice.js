// Refreshes the lists every two seconds, without touching a form that somebody is filling in.

const REFRESH_MS = 2000;
const explanations = JSON.parse(document.getElementById("explanations").textContent);
const choice = document.querySelector('select[name="fault"]');

function explain() {
  document.getElementById("explanation").textContent = explanations[choice.value];
}

async function refresh() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!part.contains(document.activeElement) && fresh.innerHTML !== part.innerHTML) part.innerHTML = fresh.innerHTML;
  }
}

choice.addEventListener("change", explain);
explain();
setInterval(() => refresh().catch(() => {}), REFRESH_MS);
