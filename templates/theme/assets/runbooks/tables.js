/* Lists that sort and filter: a button in each head of a column, a box for words above the list. Without this script
   the lists stand in their most useful order. Asks nothing of any server. */
(function () {
  "use strict";

  // A word as it is looked for under the name of a column: "Last restore" is last-restore.
  function plain(text) {
    return text.trim().toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  }

  // What a cell is worth among the others: its kind, and its value. Nothing always stands last.
  var MARKS = ["✗", "!", "?", "✓"];
  // A name may begin with such a sign too, without a space behind it.
  function mark(said) { return said.length < 2 || /\s/.test(said.charAt(1)) ? said.charAt(0) : ""; }
  var UNITS = { d: 1440, h: 60, m: 1 };
  function worth(text) {
    var said = text.trim();
    if (said === "" || said === "–") { return { kind: 9, value: 0 }; }
    if (MARKS.indexOf(mark(said)) >= 0) { return { kind: 0, value: MARKS.indexOf(mark(said)), text: said }; }
    var number = /^-?\d[\d,]*(?:\.\d+)?(?![\d.-])/.exec(said);
    if (/^\d{4}-\d{2}-\d{2}/.test(said)) { return { kind: 2, value: 0, text: said }; }
    if (/^\d+[dhm](?:\s+\d+[dhm])*$/.test(said)) {
      var minutes = said.split(/\s+/).reduce(function (sum, part) { return sum + parseInt(part, 10) * UNITS[part.slice(-1)]; }, 0);
      return { kind: 1, value: minutes, text: said };
    }
    if (number) { return { kind: 1, value: parseFloat(number[0].replace(/,/g, "")), text: said }; }
    return { kind: 3, value: 0, text: said };
  }

  var words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  function order(one, other, back) {
    if (one.kind === 9 || other.kind === 9) { return one.kind - other.kind; }
    var found = one.kind - other.kind || one.value - other.value || words.compare(one.text, other.text);
    return back ? -found : found;
  }

  function List(table) {
    this.table = table;
    this.body = table.tBodies[0];
    this.rows = Array.from(this.body.rows);
    this.heads = Array.from(table.tHead.rows[0].cells);
    this.names = this.heads.map(function (head) { return plain(head.textContent); });
    this.texts = this.rows.map(function (row) {
      return Array.from(row.cells).map(function (cell) { return cell.textContent.toLowerCase(); });
    });
  }

  // A third press brings back the order of the page, which is the most useful one.
  List.prototype.sort = function (column, how) {
    var list = this;
    var found = list.rows.map(function (row, at) {
      return { row: row, at: at, worth: how ? worth(row.cells[column].textContent) : null };
    });
    if (how) {
      found.sort(function (one, other) { return order(one.worth, other.worth, how === "descending") || one.at - other.at; });
    }
    var sorted = document.createDocumentFragment();
    found.forEach(function (each) { sorted.appendChild(each.row); });
    list.body.appendChild(sorted);
    list.heads.forEach(function (head, at) {
      if (at === column && how) { head.setAttribute("aria-sort", how); } else { head.removeAttribute("aria-sort"); }
    });
    if (list.choice) { list.choice.value = how ? String(column) : ""; }
  };

  List.prototype.button = function (head, column) {
    var list = this;
    if (!head.textContent.trim()) { return; }
    var button = document.createElement("button");
    button.type = "button";
    button.className = "rb-sort";
    while (head.firstChild) { button.appendChild(head.firstChild); }
    head.appendChild(button);
    button.addEventListener("click", function () {
      var was = head.getAttribute("aria-sort");
      list.sort(column, was === "ascending" ? "descending" : was === "descending" ? "" : "ascending");
    });
  };

  // The words asked for: in any column, or in the one that is named before a colon; after a dash those not wanted.
  List.prototype.terms = function (text) {
    var list = this;
    return text.toLowerCase().split(/\s+/).filter(Boolean).map(function (word) {
      var not = word.length > 1 && word.charAt(0) === "-" && word.indexOf(":") > 0;
      var parts = (not ? word.slice(1) : word).split(":");
      var name = plain(parts[0]);
      var column = parts.length > 1 && name ? list.names.findIndex(function (each) { return each.indexOf(name) === 0; }) : -1;
      return column < 0 ? { word: word, column: -1, not: false } : { word: parts.slice(1).join(":"), column: column, not: not };
    });
  };

  List.prototype.filter = function (text) {
    var list = this;
    var terms = list.terms(text);
    var shown = 0;
    list.rows.forEach(function (row, at) {
      var cells = list.texts[at];
      var match = terms.every(function (term) {
        var where = term.column < 0 ? cells.join(" ") : cells[term.column];
        return (where.indexOf(term.word) >= 0) !== term.not;
      });
      row.hidden = !match;
      if (match) { shown += 1; }
    });
    return shown;
  };

  List.prototype.first = function () {
    var list = this;
    return Array.from(list.body.rows).find(function (row) { return !row.hidden; });
  };

  // On a telephone the heads of the columns are out of sight, so the order is chosen beside the box.
  List.prototype.choose = function (box, id) {
    var list = this;
    var part = document.createElement("span");
    part.className = "rb-order";
    var label = document.createElement("label");
    label.htmlFor = id + "-order";
    label.textContent = "Order";
    var choice = document.createElement("select");
    choice.id = label.htmlFor;
    choice.add(new Option("as it is most useful", ""));
    list.heads.forEach(function (head, at) {
      var name = head.textContent.trim();
      if (name) { choice.add(new Option("by " + name, String(at))); }
    });
    choice.addEventListener("change", function () {
      list.sort(Number(choice.value), choice.value === "" ? "" : "ascending");
    });
    part.append(label, " ", choice);
    box.append(part);
    list.choice = choice;
  };

  function remember(text) {
    var address = new URL(window.location.href);
    if (text) { address.searchParams.set("show", text); } else { address.searchParams.delete("show"); }
    // A page that was opened as a file may not be allowed to.
    try { window.history.replaceState(window.history.state, "", address.href); } catch (error) { return; }
  }

  function filtered(list, input) {
    var box = input.closest(".rb-filter");
    var count = box.querySelector(".rb-filter-count");
    function apply() {
      count.textContent = list.filter(input.value) + " of " + list.rows.length;
    }
    input.addEventListener("input", function () { apply(); remember(input.value.trim()); });
    input.addEventListener("keydown", function (event) {
      var first = list.first();
      var link = first && first.querySelector("a");
      if (event.key === "Enter" && input.value && link) { link.click(); }
    });
    list.choose(box, input.id);
    box.hidden = false;
    input.value = new URLSearchParams(window.location.search).get("show") || input.value;
    apply();
  }

  // Colours for the marks; what they mean stands in the cell.
  var TONES = { "✗": "bad", "!": "care", "?": "care", "✓": "good" };
  function tint(list) {
    list.rows.forEach(function (row) {
      Array.from(row.cells).forEach(function (cell) {
        var said = cell.textContent.trim();
        var tone = said.indexOf(" ✗ ") > 0 ? "bad" : TONES[mark(said)];
        if (tone) { cell.setAttribute("data-rb-tone", tone); }
      });
    });
  }

  function start() {
    document.querySelectorAll(".rb-list table").forEach(function (table) {
      if (table.dataset.rbReady || !table.tHead || !table.tBodies.length) { return; }
      table.dataset.rbReady = "yes";
      var list = new List(table);
      list.heads.forEach(function (head, column) { list.button(head, column); });
      tint(list);
      var input = document.querySelector("input[data-runbooks-filter='" + table.closest(".rb-list").id + "']");
      if (input) { filtered(list, input); }
    });
  }

  start();
  // With the theme's instant navigation pages change without being loaded.
  if (window.document$) { window.document$.subscribe(start); }
}());
