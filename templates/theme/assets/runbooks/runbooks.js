/* What no page can do by itself: cover what is not valid any more, filter a list, stack a table on a narrow screen, and
   search for a pasted name as a whole. Asks nothing of any server. */
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
    var marks = Array.from(document.querySelectorAll("[data-runbooks-through]"));
    var left = marks.filter(function (mark) {
      var through = mark.getAttribute("data-runbooks-through");
      var over = through !== "open" && today(mark.getAttribute("data-runbooks-timezone")) > through;
      var part = mark.closest(".rb-watch") || mark.closest("article") || mark.parentElement;
      part.classList.toggle("rb-covered", over);
      part.querySelectorAll(".rb-cover").forEach(function (notice) { notice.hidden = !over; });
      return !over;
    });
    // The badge says how the client was covered when the page was made: that is over when every part of it is.
    document.body.toggleAttribute("data-rb-over", marks.length > 0 && left.length === 0);
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
      input.addEventListener("keydown", function (event) {
        var first = rows.find(function (row) { return !row.hidden; });
        if (event.key === "Enter" && input.value && first) { first.querySelector("a").click(); }
      });
      apply();
    });
  }

  function stack() {
    document.querySelectorAll(".md-typeset table:not([class])").forEach(function (table) {
      var names = Array.from(table.querySelectorAll("thead th")).map(function (head) { return head.textContent.trim(); });
      var title = names.findIndex(Boolean);
      if (names.filter(Boolean).length < 3 || table.querySelector("[colspan], [rowspan]")) { return; }
      table.querySelectorAll("tbody tr").forEach(function (row) {
        Array.from(row.cells).forEach(function (cell, at) {
          cell.setAttribute("data-rb-label", names[at] || "");
          cell.toggleAttribute("data-rb-title", at === title);
        });
      });
      table.setAttribute("data-rb-stack", "");
    });
  }

  // The search looks for any of the parts of NB-Servers-Daily, and finds "daily" in the title of another client's page
  // first. In quotation marks all parts are asked for.
  function paste(event) {
    var input = event.target;
    if (!input.matches || !input.matches("[data-md-component=search-query]")) { return; }
    var text = event.clipboardData.getData("text/plain").replace(/\s+/g, " ").trim();
    var quoted = text.replace(/[^\s"]*\w[-_.]\w[^\s"]*/g, "\"$&\"");
    if (quoted === text || text.indexOf("\"") >= 0) { return; }
    event.preventDefault();
    input.setRangeText(quoted, input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }));
  }

  function start() {
    cover();
    filter();
    stack();
  }

  start();
  // With the theme's instant navigation pages change without being loaded.
  if (window.document$) { window.document$.subscribe(start); }
  document.addEventListener("paste", paste);
  window.setInterval(cover, 30000);
  document.addEventListener("visibilitychange", cover);
  window.addEventListener("pageshow", cover);
  window.addEventListener("beforeprint", cover);
}());
