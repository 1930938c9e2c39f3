/* On a touch screen a swipe to the right takes a finding: it presses the button "Take" of the card, and only where there
   is one. What goes down more than aside is the page that scrolls; what begins at the edge is the browser's "back". */
(() => {
  "use strict";
  const BEGINS = 12, FAR = 96, EDGE = 24;
  let at = null;

  const take = (card) => [...card.querySelectorAll("button[data-post]")].find((one) => JSON.parse(one.dataset.fields).what === "take");

  function begin({ target, touches }) {
    const card = target.closest?.(".finding"), [{ clientX: x, clientY: y }] = touches;
    at = card && touches.length === 1 && x > EDGE && take(card) ? { card, x, y, is: false, far: false } : null;
  }

  function move({ touches: [{ clientX, clientY }] }) {
    if (!at) return;
    const aside = clientX - at.x, down = Math.abs(clientY - at.y), { card } = at;
    if (!at.is && (down > BEGINS || aside < -BEGINS)) { at = null; return; }
    if (!at.is && aside < BEGINS) return;
    at.is = true;
    at.far = aside >= FAR;
    card.dataset.takes = take(card)?.textContent ?? "";
    card.style.setProperty("--swiped", `${Math.max(0, Math.min(aside, FAR * 1.25))}px`);
    card.classList.add("is-swiped");
    card.classList.toggle("is-far", at.far);
  }

  function end({ type }) {
    const { card, far } = at ?? {};
    at = null;
    if (!card) return;
    card.classList.remove("is-swiped", "is-far");
    if (far && type === "touchend") take(card)?.click();
  }

  addEventListener("touchstart", begin, { passive: true });
  addEventListener("touchmove", move, { passive: true });
  addEventListener("touchend", end);
  addEventListener("touchcancel", end);
})();
