// @ts-check
/** The time that is left, as the server told it; when it is over, what was written so far is sent. */

const SHORT_S = 10;

/** @param {number} seconds */
const told = (seconds) => (seconds === 1 ? "1 second left" : `${seconds} seconds left`);

/** @param {() => void} onOver */
export function startClock(onOver) {
  const shown = document.querySelector("[data-seconds-left]");
  if (!(shown instanceof HTMLElement)) return;
  // Not the clock of the day, which may be set meanwhile.
  const over = performance.now() + Number(shown.dataset.secondsLeft) * 1000;
  const ticking = setInterval(tick, 250);

  function tick() {
    const left = Math.max(0, Math.ceil((over - performance.now()) / 1000));
    if (shown) shown.textContent = told(left);
    shown?.classList.toggle("is-short", left <= SHORT_S);
    if (left > 0) return;
    clearInterval(ticking);
    onOver();
  }
  tick();
}
