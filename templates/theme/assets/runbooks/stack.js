/* Marks the tables that become cards on a narrow screen, each value with the name of its column. This happens while the
   page is read, before any of it is painted: nothing moves under the reader's thumb. Where there is room for tables
   nothing is marked, and no table is looked at twice once all of it has been read. Asks nothing of any server. */
(function () {
  "use strict";

  var narrow = window.matchMedia("(max-width: 44.9844em)");
  var whole = new WeakSet();

  function mark(table) {
    var names = Array.from(table.querySelectorAll("thead tr > *")).map(function (head) { return head.textContent.trim(); });
    var title = names.findIndex(Boolean);
    var fits = names.filter(Boolean).length >= 3 && !table.querySelector("[colspan], [rowspan]");
    table.toggleAttribute("data-rb-stack", fits);
    if (!fits) { return; }
    table.querySelectorAll("tbody td:not([data-rb-label]), tbody th:not([data-rb-label])").forEach(function (cell) {
      var name = names[cell.cellIndex] || "";
      // No rule asks for what each cell gets: a browser would have to look at all of them again.
      cell.setAttribute("data-rb-label", name);
      if (!name) { cell.setAttribute("data-rb-bare", ""); }
      if (cell.cellIndex === title) { cell.setAttribute("data-rb-title", ""); }
    });
  }

  function stack() {
    if (!narrow.matches) { return; }
    document.querySelectorAll(".md-typeset table:not([class])").forEach(function (table) {
      if (whole.has(table)) { return; }
      mark(table);
      // What stands behind a table is read after it.
      if (document.readyState !== "loading" || table.nextElementSibling) { whole.add(table); }
    });
  }

  var reading = new MutationObserver(stack);
  reading.observe(document.documentElement, { childList: true, subtree: true });
  narrow.addEventListener("change", stack);
  document.addEventListener("DOMContentLoaded", function () {
    reading.disconnect();
    stack();
    // With the theme's instant navigation pages change without being loaded.
    if (window.document$) { window.document$.subscribe(stack); }
  });
}());
