// How old the data is, as assets/live.js counts it.
(function () {
  "use strict";
  function said(seconds) {
    const zh = document.documentElement.lang !== "en";
    if (seconds < 90) return seconds + (zh ? " 秒" : " s");
    if (seconds < 5400) return Math.round(seconds / 60) + (zh ? " 分钟" : " min");
    return Math.round(seconds / 3600) + (zh ? " 小时" : " h");
  }
  document.addEventListener("oneboard:age", function ({ detail }) {
    const text = document.getElementById("age--text"), slot = document.getElementById("age--slot");
    if (!text || !slot) return;
    text.textContent = said(detail.seconds);
    slot.classList.toggle("age-stale", detail.old);
  });
})();
