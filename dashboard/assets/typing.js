// What is typed into the text of an article is taken over while its writer goes on. Streamlit takes a text area over
// when it is left, or at Ctrl+Enter: this presses that key once the writer rests, and from time to time if not.
(() => {
  if (window.topnTakesOver) return;
  window.topnTakesOver = true;
  const REST_MS = 2000;
  const MOST_MS = 5000;
  const WATCHED = '[class*="st-key-publish_content"], [class*="st-key-edit_content_"]';
  let field = null; // with something that is not taken over yet
  let since = 0;
  let timer = 0;
  let isComposing = false; // an input method shows letters that are no text yet

  const takeOver = () => {
    clearTimeout(timer);
    if (!field || isComposing) return;
    const typed = field;
    field = null;
    typed.dispatchEvent(
      new KeyboardEvent('keydown', {
        key: 'Enter', code: 'Enter', keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true,
      }),
    );
  };
  const takeOverSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(takeOver, Math.max(0, Math.min(REST_MS, since + MOST_MS - Date.now())));
  };

  document.addEventListener('input', (event) => {
    const area = event.target;
    if (!(area instanceof HTMLTextAreaElement) || !area.closest(WATCHED)) return;
    isComposing = event.isComposing;
    if (field !== area) {
      field = area;
      since = Date.now();
    }
    takeOverSoon();
  });
  document.addEventListener('compositionend', () => {
    isComposing = false;
    if (field) takeOverSoon();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) takeOver();
  });
})();
