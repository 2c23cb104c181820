// What the page is watched by while it is measured. Put in before its own scripts; told of nothing but keys and requests.
(() => {
  const seen = { keys: [], nexts: [], saves: [] };
  window.measured = seen;

  // After the next frame what was changed is on screen.
  const painted = (then) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(performance.now());
    port2.postMessage(null);
  });

  const isKept = () => Object.keys(localStorage).some((key) => /\.(?:progress|submission)\./.test(key));
  const shown = () => document.querySelector('[data-slot="scene"]')?.textContent + "|" + document.querySelectorAll(".focused").length;

  addEventListener("keydown", (event) => {
    const { timeStamp: pressed, key } = event;
    const heard = performance.now();
    const before = shown();
    const isSubmit = key === "Enter" && document.querySelector('[data-slot="submit"]')?.textContent === "Submit and next";
    // The page's own listeners have run when this has.
    setTimeout(() => {
      const handled = performance.now();
      const kept = isKept();
      painted((at) => seen.keys.push({ key, isSubmit, handled: handled - pressed, painted: at - pressed, kept, pressed, heard }));
    });
    if (!isSubmit) return;
    const look = () => (shown() !== before && document.querySelector(".focused") ? painted((at) => seen.nexts.push(at - pressed)) : requestAnimationFrame(look));
    setTimeout(look);
  }, true);

  const ask = window.fetch;
  window.fetch = async (...given) => {
    const sent = performance.now();
    const answer = await ask(...given);
    if (/\/(?:progress|reviews)$/.test(String(given[0])) && answer.ok) seen.saves.push({ sent, answered: performance.now() });
    return answer;
  };
})();
