/* Two things no page can do by itself: cover what is not valid any more, and filter a list. Asks nothing of any server. */
(function () {
  "use strict";

  function today(zone) {
    try {
      return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date());
    } catch (error) {
      return new Date().toISOString().slice(0, 10);
    }
  }

  function cover() {
    document.querySelectorAll("[data-runbooks-through]").forEach(function (mark) {
      var through = mark.getAttribute("data-runbooks-through");
      if (through === "open") { return; }
      var over = today(mark.getAttribute("data-runbooks-timezone")) > through;
      var part = mark.closest(".rb-watch") || mark.closest("article") || mark.parentElement;
      part.classList.toggle("rb-covered", over);
      part.querySelectorAll(".rb-cover").forEach(function (notice) { notice.hidden = !over; });
    });
  }

  function filter() {
    document.querySelectorAll("input[data-runbooks-filter]").forEach(function (input) {
      var table = document.getElementById(input.getAttribute("data-runbooks-filter"));
      if (!table || input.dataset.ready) { return; }
      input.dataset.ready = "yes";
      var box = input.closest(".rb-filter");
      var count = box.querySelector(".rb-filter-count");
      var rows = Array.from(table.querySelectorAll("tbody tr"));
      box.hidden = false;
      function apply() {
        var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
        var shown = 0;
        rows.forEach(function (row) {
          var text = row.textContent.toLowerCase();
          var match = words.every(function (word) { return text.indexOf(word) >= 0; });
          row.hidden = !match;
          if (match) { shown += 1; }
        });
        count.textContent = shown + " of " + rows.length;
      }
      input.addEventListener("input", apply);
      apply();
    });
  }

  cover();
  filter();
  window.setInterval(cover, 30000);
  document.addEventListener("visibilitychange", cover);
  window.addEventListener("pageshow", cover);
  window.addEventListener("beforeprint", cover);
}());
