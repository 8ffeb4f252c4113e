/* The colours that a reader chose, else those of the system, before anything is painted. The theme's own part for this comes
   when the page stands, and has all of it styled three times more; so does what it writes on the root. */
(function () {
  "use strict";

  var root = document.documentElement;
  root.className = "js js-focus-visible";
  root.setAttribute("data-js-focus-visible", "");

  var form = document.querySelector("[data-md-component=palette]");
  if (!form) { return; }
  var choices = Array.from(form.querySelectorAll("input"));
  var dark = matchMedia("(prefers-color-scheme: dark)");
  var chosen, now;

  function colour(choice, name) { return choice.getAttribute("data-md-color-" + name); }

  function meta(name, content) {
    var found = document.querySelector("meta[name=" + name + "]") || document.head.appendChild(document.createElement("meta"));
    found.name = name;
    found.content = content;
  }

  // It stands beside what is read after it: shown earlier it would move.
  function button() {
    choices.forEach(function (each, at) {
      if (each.nextElementSibling) { each.nextElementSibling.hidden = at !== now; }
    });
  }

  function frame() { meta("theme-color", getComputedStyle(document.querySelector(".md-header")).backgroundColor); }

  function show() {
    var system = choices.findIndex(function (each) { return matchMedia(colour(each, "media")).matches; });
    now = choices[chosen] ? chosen : Math.max(0, system);
    // One that follows the system has the colours of another.
    var from = colour(choices[now], "media") === "(prefers-color-scheme)" && choices.find(function (each) {
      return colour(each, "media") === "(prefers-color-scheme: " + (dark.matches ? "dark)" : "light)");
    }) || choices[now];
    ["scheme", "primary", "accent"].forEach(function (name) { document.body.setAttribute("data-md-color-" + name, colour(from, name)); });
    meta("color-scheme", colour(from, "scheme") === "default" ? "light" : getComputedStyle(document.body).colorScheme);
  }

  function again() {
    show();
    button();
    frame();
  }

  try { chosen = __md_get("__palette").index; } catch (error) { chosen = -1; }
  form.removeAttribute("data-md-component");
  show();
  document.addEventListener("DOMContentLoaded", button);
  window.addEventListener("load", frame);
  dark.addEventListener("change", again);
  form.addEventListener("change", function (event) {
    chosen = choices.indexOf(event.target);
    __md_set("__palette", { index: chosen });
    again();
  });
  form.addEventListener("keydown", function (event) {
    var next = choices[(now + 1) % choices.length];
    if (event.key === "Enter") { next.click(); next.focus(); }
  });
}());
