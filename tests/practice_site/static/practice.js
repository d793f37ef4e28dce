// Refreshes the lists every two seconds, without touching a form that somebody is filling in.

const REFRESH_MS = 2000;

async function refresh() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!part.contains(document.activeElement) && fresh.innerHTML !== part.innerHTML) part.innerHTML = fresh.innerHTML;
  }
}

setInterval(() => refresh().catch(() => {}), REFRESH_MS);
