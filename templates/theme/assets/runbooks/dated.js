/* Writes the day of the build into a page for paper while it is read, before it is painted: nothing moves under the reader's
   eyes. The day stands in a file of its own, so that no page changes with the calendar alone. */
(function () {
  "use strict";

  function fill() {
    document.querySelectorAll(".rb-as-of").forEach(function (mark) {
      if (window.runbooksDay && mark.textContent !== window.runbooksDay) { mark.textContent = window.runbooksDay; }
    });
  }

  var reading = new MutationObserver(fill);
  reading.observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", function () {
    reading.disconnect();
    fill();
  });
}());
