/* What a page offers to whoever has no mouse, as tests/e2e/reach.py asks it. */
(() => {
  "use strict";
  const OFFERS = "a[href], button, summary, input, select, textarea, [tabindex], [role=button], [role=checkbox]";
  const OPENS = "[data-form], [data-opens], [data-choose], [popovertarget], [data-keys]";
  const GRIDS = ".ag-root, .heat", INSIDE = ".ag-root-wrapper, .heat, .js-plotly-plot"; // a grid is one stop, in which the arrows go on; a chart has its table
  const stops = new Set(), dull = new Set();
  let openers = new Map();

  const seen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && one.getClientRects().length
    && !one.matches(":disabled, [aria-disabled=true]") && !one.closest("[inert], [aria-hidden=true]");
  const clicks = (one) => getComputedStyle(one).cursor === "pointer";
  /* Whether a click on it, and on nothing around or within it, does something. */
  const isOffer = (one) => (one.matches(OFFERS) ? one.tabIndex >= 0 || clicks(one)
    : clicks(one) && !clicks(one.parentElement) && !one.closest(`${OFFERS}, label`) && !one.querySelector(OFFERS));
  const offered = () => [...document.body.querySelectorAll("*")].filter((one) => seen(one) && !one.closest(INSIDE) && isOffer(one));
  const said = (one) => one.outerHTML.slice(0, 200);

  function isMarked(one) {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return one.closest(INSIDE) || (outlineStyle !== "none" && parseFloat(outlineWidth) > 0);
  }

  document.addEventListener("focusin", ({ target }) => {
    stops.add(target);
    if (!isMarked(target)) dull.add(said(target));
  }, true);

  function kind({ dataset: { form, opens, choose, popovertarget }, attributes }) {
    if (!form) return opens ?? choose ?? attributes.popovertarget?.value ?? popovertarget ?? "keys";
    const [path, query] = form.split("?");
    return `${path} ${new URLSearchParams(query).get("what") ?? ""}`;
  }

  window.reach = {
    begin() {
      stops.clear();
      dull.clear();
      document.activeElement?.blur();
      return offered().length;
    },
    left() {
      const reached = [...stops], grids = [...document.querySelectorAll(GRIDS)].filter(seen);
      return [...offered().filter((one) => !stops.has(one)), ...grids.filter((one) => !reached.some((stop) => one.contains(stop)))].map(said);
    },
    dull: () => [...dull],
    openers() {
      for (const folded of document.querySelectorAll("main details, aside details")) folded.open = true;
      const all = [...document.querySelectorAll(OPENS)].filter((one) => seen(one) && !one.closest(".thumbs"));
      openers = new Map(all.reverse().map((one) => [kind(one), one]));
      return [...openers.keys()];
    },
    opener: (of) => openers.get(of),
  };
})();
