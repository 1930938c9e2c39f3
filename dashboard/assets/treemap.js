/* The words of a tile that would be too small to read are not shown: its hover and the table beside say them. */
(() => {
  "use strict";
  const LEAST_PX = 8;

  function height(text) {
    const [, scale = 1] = /scale\(([\d.]+)/.exec(text.getAttribute("transform") || "") || [];
    return scale * parseFloat(getComputedStyle(text).fontSize);
  }

  document.addEventListener("oneboard:chart", ({ detail: chart }) => {
    const show = () => chart.querySelectorAll(".treemaplayer .slicetext text, .treemaplayer text.slicetext").forEach((text) => {
      text.style.visibility = height(text) < LEAST_PX ? "hidden" : "";
    });
    chart.on("plotly_afterplot", show);
    show();
  });
})();
