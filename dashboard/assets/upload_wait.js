// A press on a button that takes a file along waits for the file that is still on its way to TOP_N, and a file that did
// not arrive lets nothing go: an article would be handed in without the cover that its writer sees.
(() => {
  if (window.topnWaitsForFiles) return;
  window.topnWaitsForFiles = true;
  const PLACES = ['st-key-publish_send_', 'st-key-edit_send_', 'st-key-edit_save_'];
  const BY_SHORTCUT = PLACES[0];
  const LOOK_MS = 100;
  const SHOWN_WITHIN_MS = 10000;
  const READY = '';
  const ON_ITS_WAY = 'on-its-way';
  const FAILED = 'failed';
  let known = []; // the files that were shown when another one was chosen
  let chosenAt = 0; // of the file that is not shown yet; 0: there is none
  let held = null; // the place of the button that was pressed
  let timer = 0;

  const shown = () => [...document.querySelectorAll('[data-testid="stFileChip"]')];
  const state = () => {
    if (document.querySelector('[data-testid="stFileChipIconSpinner"]')) return ON_ITS_WAY;
    const chips = shown();
    if (chips.some((chip) => !known.includes(chip)) || Date.now() > chosenAt + SHOWN_WITHIN_MS) chosenAt = 0;
    if (chosenAt) return ON_ITS_WAY;
    // The last one is the one that was chosen last: a file that failed stays beside the next one.
    return chips.at(-1)?.getAttribute('aria-invalid') === 'true' ? FAILED : READY;
  };
  const button = (place) => document.querySelector(`[class*="${place}"] button`);
  const tell = (words) => {
    if (words) document.documentElement.setAttribute('data-topn-waits', words);
    else document.documentElement.removeAttribute('data-topn-waits');
  };
  const look = () => {
    const now = state();
    tell(now);
    if (now === FAILED) held = null;
    if (now !== READY) return;
    clearInterval(timer);
    timer = 0;
    const place = held;
    held = null;
    if (place && button(place)) button(place).click();
  };
  const hold = (event, place) => {
    if (state() === READY) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = place;
    timer = timer || setInterval(look, LOOK_MS);
    look();
  };
  const choose = () => {
    known = shown();
    chosenAt = Date.now();
  };

  window.addEventListener('change', (event) => {
    if (event.target.matches?.('[data-testid="stFileUploader"] input[type="file"]')) choose();
  }, true);
  window.addEventListener('drop', (event) => {
    if (event.target.closest?.('[data-testid="stFileUploader"]')) choose();
  }, true);
  window.addEventListener('click', (event) => {
    const place = PLACES.find((one) => event.target.closest?.(`[class*="${one}"] button`));
    if (place) hold(event, place);
  }, true);
  window.addEventListener('keydown', (event) => {
    const isShortcut = event.key === 'Enter' && event.shiftKey && (event.ctrlKey || event.metaKey);
    if (isShortcut && button(BY_SHORTCUT)) hold(event, BY_SHORTCUT);
  }, true);
})();
