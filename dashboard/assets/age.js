// How old the data is, counted in the browser: every sign of life says when the server last compared.
(function () {
  "use strict";
  const STALE_SECONDS = 10;
  let checked = null;
  function said(seconds) {
    const zh = document.documentElement.lang !== "en";
    if (seconds < 90) return seconds + (zh ? " 秒" : " s");
    if (seconds < 5400) return Math.round(seconds / 60) + (zh ? " 分钟" : " min");
    return Math.round(seconds / 3600) + (zh ? " 小时" : " h");
  }
  function show() {
    const text = document.getElementById("age--text"), slot = document.getElementById("age--slot");
    if (!text || !slot || !checked) return;
    const seconds = Math.max(0, Math.round((Date.now() - checked) / 1000));
    text.textContent = said(seconds);
    slot.classList.toggle("age-stale", seconds > STALE_SECONDS);
  }
  document.addEventListener("oneboard:beat", function (event) {
    if (event.detail.checked_at) checked = Date.parse(event.detail.checked_at);
    show();
  });
  setInterval(show, 1000);
})();
