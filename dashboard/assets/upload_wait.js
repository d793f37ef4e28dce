// A press on a button that takes a file along waits for the file that is still on its way to TOP_N: without this, an
// article would be handed in without the cover that its writer sees. A file that does not arrive lets nothing go.
(() => {
  if (window.topnWaitsForFiles) return;
  window.topnWaitsForFiles = true;
  const PLACES = ['st-key-publish_send_', 'st-key-edit_send_', 'st-key-edit_save_'];
  const BY_SHORTCUT = PLACES[0];
  const LOOK_MS = 100;
  const SHOWN_WITHIN_MS = 10000;
  let known = []; // the files that were shown when another one was chosen
  let chosenAt = 0; // of the file that is not shown yet; 0: there is none
  let held = null; // the place of the button that was pressed
  let timer = 0;

  const shown = () => [...document.querySelectorAll('[data-testid="stFileChip"]')];
  const isOnItsWay = () => {
    if (document.querySelector('[data-testid="stFileChipIconSpinner"]')) return true;
    if (shown().some((chip) => !known.includes(chip)) || Date.now() > chosenAt + SHOWN_WITHIN_MS) chosenAt = 0;
    return chosenAt > 0;
  };
  const button = (place) => document.querySelector(`[class*="${place}"] button`);
  const tell = () => document.documentElement.toggleAttribute('data-topn-waits', held !== null);
  const goOn = () => {
    if (isOnItsWay()) return;
    clearInterval(timer);
    const place = held;
    held = null;
    tell();
    const failed = shown().some((chip) => chip.getAttribute('aria-invalid') === 'true');
    if (!failed && button(place)) button(place).click();
  };
  const hold = (event, place) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (held === null) timer = setInterval(goOn, LOOK_MS);
    held = place;
    tell();
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
    if (place && isOnItsWay()) hold(event, place);
  }, true);
  window.addEventListener('keydown', (event) => {
    const isShortcut = event.key === 'Enter' && event.shiftKey && (event.ctrlKey || event.metaKey);
    if (isShortcut && button(BY_SHORTCUT) && isOnItsWay()) hold(event, BY_SHORTCUT);
  }, true);
})();
