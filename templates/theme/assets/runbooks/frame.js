/* What the theme's frame lacks for whoever works with the keyboard or by ear: its labels that open something become
   buttons, on a narrow screen the parts of the navigation can be reached, and a tool bar is no landmark. */
(function () {
  "use strict";

  var NAMES = { __drawer: "Navigation", __search: "Search" };
  var FIRST = { __drawer: ".md-nav--primary .md-nav__list a, .md-nav--primary .md-nav__list label[tabindex]", __search: ".md-search__input" };
  var narrow = window.matchMedia("(max-width: 76.2344em)");

  function box(label) {
    return document.getElementById(label.getAttribute("for"));
  }

  function buttons() {
    document.querySelectorAll("label.md-header__button[for=__drawer], label.md-header__button[for=__search]").forEach(function (label) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = label.className;
      // The theme's style sheet knows it by this.
      button.setAttribute("for", label.htmlFor);
      button.setAttribute("aria-label", NAMES[label.htmlFor]);
      button.append.apply(button, label.childNodes);
      button.addEventListener("click", function () {
        box(button).click();
        told();
        // What was not laid out while it was closed cannot take the focus before the browser has seen that it is open.
        if (box(button).checked && button.offsetWidth) { document.querySelector(FIRST[button.getAttribute("for")]).focus(); }
      });
      label.replaceWith(button);
    });
    told();
  }

  function told() {
    document.querySelectorAll("button.md-header__button[for]").forEach(function (button) {
      button.setAttribute("aria-expanded", String(box(button).checked));
    });
  }

  // On a wide screen these labels are headings. On a narrow one they open and close a part, and Enter works on them.
  function parts() {
    document.querySelectorAll(".md-nav--primary label[for]:not([for=__drawer])").forEach(function (label) {
      if (!label.hasAttribute("data-rb-stop")) {
        label.setAttribute("data-rb-stop", label.getAttribute("tabindex") || "");
      }
      var wide = label.getAttribute("data-rb-stop");
      if (narrow.matches) { label.tabIndex = 0; } else if (wide) { label.setAttribute("tabindex", wide); } else { label.removeAttribute("tabindex"); }
    });
  }

  function bars() {
    document.querySelectorAll(".md-code__nav:not([role])").forEach(function (bar) { bar.setAttribute("role", "none"); });
  }

  function close(event) {
    var drawer = document.getElementById("__drawer");
    if (event.key === "Escape" && drawer && drawer.checked) {
      drawer.click();
      told();
      document.querySelector(".md-header__button[for=__drawer]").focus();
    }
  }

  function start() {
    buttons();
    parts();
    bars();
  }

  start();
  if (window.document$) { window.document$.subscribe(start); }
  narrow.addEventListener("change", parts);
  document.addEventListener("keydown", close);
  document.addEventListener("change", told);
  // The theme makes its tool bars when a page has been shown.
  new MutationObserver(bars).observe(document.querySelector("article") || document.body, { childList: true, subtree: true });
}());
