// How old the data is: every sign of life says when the server last compared and what time it is there; since then the
// browser counts on, whatever its own clock says.
(function () {
  "use strict";
  const STALE_SECONDS = 10;
  let then = null, heard = 0;
  function said(seconds) {
    const zh = document.documentElement.lang !== "en";
    if (seconds < 90) return seconds + (zh ? " 秒" : " s");
    if (seconds < 5400) return Math.round(seconds / 60) + (zh ? " 分钟" : " min");
    return Math.round(seconds / 3600) + (zh ? " 小时" : " h");
  }
  function show() {
    const text = document.getElementById("age--text"), slot = document.getElementById("age--slot");
    if (!text || !slot || then === null) return;
    const seconds = Math.max(0, Math.round((then + performance.now() - heard) / 1000));
    text.textContent = said(seconds);
    slot.classList.toggle("age-stale", seconds > STALE_SECONDS);
  }
  document.addEventListener("oneboard:beat", function (event) {
    const { at, checked_at } = event.detail;
    if (checked_at) { then = Date.parse(at) - Date.parse(checked_at); heard = performance.now(); }
    show();
  });
  setInterval(show, 1000);
})();
