// The sign-in page: asks for a code, shows it, and asks every second whether a phone has confirmed it.

const LOGIN = "/api/v3/account/api/login/qrcode";
const STATUS = ["打开知乎 App，扫一扫登录", "扫描成功，请在手机上确认登录", "二维码已失效，点击刷新"];
const config = JSON.parse(document.getElementById("practice-config").textContent);
const box = document.querySelector(".Qrcode-img");
const status = document.querySelector(".Qrcode-status");

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function showCode() {
  await fetch("/udid", { method: "POST" });
  await fetch("/api/v3/oauth/captcha/v2?type=captcha_sign_in");
  const code = await (await fetch(LOGIN, { method: "POST" })).json();
  const picture = Object.assign(document.createElement("img"), { src: `${LOGIN}/${code.token}/image`, alt: "二维码", className: "Qrcode-qrcode" });
  box.replaceChildren(picture);
  await poll(code.token);
}

async function poll(token) {
  for (;;) {
    const info = await (await fetch(`${LOGIN}/${token}/scan_info`)).json();
    if (info.user_id) return location.assign(config.next);
    status.textContent = STATUS[info.status] ?? STATUS[0];
    if (info.status === 2) return box.addEventListener("click", () => showCode(), { once: true });
    await pause(1000);
  }
}

showCode();
