"""A site for browser tests, served by a thread of the test's own process."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Tells what this visitor brought along, then leaves its mark in every kind of storage.
_REMEMBER = """<!doctype html><title>remember</title><body><script>
window.found = {cookie: document.cookie, local: localStorage.getItem('who'), session: sessionStorage.getItem('who')};
const who = new URLSearchParams(location.search).get('who');
if (who) { document.cookie = 'who=' + who; localStorage.setItem('who', who); sessionStorage.setItem('who', who); }
</script></body>"""


class BrowserSite:
    """`url` is good between `start` and `stop`.

    `/remember?who=…` stores the name; `/cached` may be cached for an hour and tells how often it was asked for;
    `/cookies` echoes the Cookie header; `/hang` answers when the test is over.
    """

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self.hanging = threading.Semaphore(0)
        """One permit for each request to `/hang` that has come in."""
        self._cached_count = 0
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                body = site.body_for(path, self.headers.get("Cookie", ""))
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Cache-Control", "max-age=3600" if path == "/cached" else "no-store")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def body_for(self, path: str, cookies: str) -> bytes:
        """What a page holds."""
        if path == "/remember":
            return _REMEMBER.encode()
        if path == "/cookies":
            return cookies.encode()
        if path == "/cached":
            self._cached_count += 1
            return str(self._cached_count).encode()
        if path == "/hang":
            self.hanging.release()
            self.is_over.wait(60)
        return b"<!doctype html><title>page</title><body>page</body>"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
