/* Places whose prop data-html, or else what the carrier last told of them, says what they show (dashboard/plain.py);
   "oneboard:drawn" tells which the carrier has just drawn.
   What differs is changed where it stands: a link under the pointer stays the same link, what has the focus keeps it,
   what somebody opened stays open, and a number that changes says so for a moment, with the difference where its exact
   value stands in data-exact. What is drawn first after the address changed is of something else, and says nothing. Where
   that is said to be a part of the page, all other places still show what was left, and are busy until the rest comes. */
(() => {
  const OURS = new Set(["data-difference", "open"]), CARRIER = "plain--carrier", PART = "", told = new Map();
  const ARRIVING_MS = 5000, drawnAt = new WeakMap();
  let here = null, arrived = 0, isQuiet = false;

  function isOfSomethingElse(place) {
    const address = location.pathname + location.search;
    if (address !== here) {
      arrived = here === null ? -ARRIVING_MS : performance.now();
      here = address;
    }
    const is = drawnAt.get(place) !== here && performance.now() - arrived < ARRIVING_MS;
    drawnAt.set(place, here);
    return is;
  }

  function differs(old, young) {
    const before = Number(old.dataset.exact), now = Number(young.dataset.exact);
    if (!old.dataset.exact || !young.dataset.exact || before === now || isQuiet) return;
    old.setAttribute("data-difference", window.dashAgGridFunctions.oneboard.exact(now - before, true));
    say(old);
  }

  function attributes(old, young) {
    if (isQuiet) quieten(old);
    differs(old, young);
    for (const { name } of [...old.attributes]) if (!OURS.has(name) && !young.hasAttribute(name)) old.removeAttribute(name);
    const glows = old.classList.contains("changed") && young.classList.contains("num");
    if (glows) young.classList.add("changed"); // it says so to its end, whatever is drawn meanwhile
    for (const { name, value } of young.attributes)
      if (!OURS.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }

  function quieten(element) {
    element.classList.remove("changed");
    element.removeAttribute("data-difference");
  }

  function say(element) {
    if (isQuiet || !element.classList.contains("num")) return;
    element.classList.remove("changed");
    requestAnimationFrame(() => element.classList.add("changed"));
  }

  const keyOf = (node) => node.dataset?.key;

  /* Items of a list, known by data-key, go with their place in it; all else is held against what stands there. */
  function morph(old, young) {
    const before = [...old.childNodes], after = [...young.childNodes];
    const keyed = new Map(before.filter(keyOf).map((node) => [keyOf(node), node]));
    after.forEach((node, n) => {
      const here = old.childNodes[n] ?? null, there = keyOf(node) ? keyed.get(keyOf(node)) : here;
      if (!there || keyOf(node) !== keyOf(there)) old.insertBefore(node, here);
      else if (there.nodeName !== node.nodeName) old.replaceChild(node, there);
      else {
        if (there !== here) old.insertBefore(there, here);
        if (there.nodeType !== Node.TEXT_NODE) { attributes(there, node); morph(there, node); }
        else if (there.data !== node.data) { there.data = node.data; say(old); }
      }
    });
    while (old.childNodes.length > after.length) old.lastChild.remove();
  }

  function show(place) {
    const young = document.createElement("template");
    young.innerHTML = told.get(place.id) ?? place.dataset.html;
    isQuiet = isOfSomethingElse(place);
    morph(place, young.content);
  }

  /* What waits is greyed with the chart beside it: panels, and places in none. */
  function expect(places) {
    const waiting = new Set();
    for (const place of PART in places ? document.querySelectorAll(".page [data-html][id]") : [])
      if (drawnAt.get(place) !== here) waiting.add(place.closest(".panel") ?? place);
    for (const one of document.querySelectorAll(".page [aria-busy]")) if (!waiting.has(one)) one.removeAttribute("aria-busy");
    waiting.forEach((one) => one.setAttribute("aria-busy", "true"));
  }

  function draw(places) {
    for (const [id, { "data-html": html, className }] of Object.entries(places)) {
      if (id === PART) continue;
      const place = document.getElementById(id);
      if (html !== undefined) { told.set(id, html); if (place) show(place); }
      if (className !== undefined && place) place.className = className;
    }
    expect(places);
    document.dispatchEvent(new CustomEvent("oneboard:drawn", { detail: Object.keys(places) }));
  }

  async function unpacked(text) {
    const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
  }

  /* What is packed takes a moment; what comes after it waits, so that nothing older is drawn over what is newer. */
  let before = null;
  function deliver(carrier) {
    const text = carrier.dataset.places, isPlain = text.startsWith("{");
    if (isPlain && !before) return draw(JSON.parse(text));
    const mine = Promise.all([isPlain ? JSON.parse(text) : unpacked(text), before])
      .then(([places]) => draw(places)).catch(console.error)
      .finally(() => { if (before === mine) before = null; });
    before = mine;
  }

  new MutationObserver((changes) => {
    const places = new Set();
    for (const { type, target, addedNodes } of changes) {
      if (type === "attributes") {
        if (target.id === CARRIER) deliver(target);
        else { told.delete(target.id); places.add(target); }
      }
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        if (node.dataset.html !== undefined) places.add(node);
        node.querySelectorAll("[data-html]").forEach((place) => places.add(place));
      }
    }
    places.forEach(show);
  }).observe(document.documentElement,
    { childList: true, subtree: true, attributes: true, attributeFilter: ["data-html", "data-places"] });
})();
