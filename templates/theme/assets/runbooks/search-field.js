/* The field of the search: its index is fetched when somebody comes to it; what is pasted is asked at once; and Enter opens
   what was found for it, not for half of it, and not one of several clients that fit alike: then it goes to the first of them. */
(function () {
  "use strict";

  const FIELD = "[data-md-component=search-query]";

  const WAKE = 4;
  const Worker = window.Worker;
  let worker = null;

  // The theme keeps its worker to itself, and says nothing to it before a word is typed.
  window.Worker = function (address, options) {
    const made = new Worker(address, options);
    if (/\/search-worker\.js$/.test(String(address))) { worker = made; }
    return made;
  };

  function entering(event) {
    if (field(event) && worker) { worker.postMessage({ type: WAKE }); }
  }

  function field(event) {
    return event.target.matches && event.target.matches(FIELD) ? event.target : null;
  }

  // The theme asks when a key is let go. What is pasted with the mouse, dropped or dictated has no key.
  function typed(event) {
    const input = field(event);
    if (input) { input.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true })); }
  }

  /* The first result, when it answers what stands in the field now. */
  function found(input) {
    const mark = document.querySelector(".md-search-result [data-rb-asked]");
    return mark && mark.getAttribute("data-rb-asked") === input.value ? mark.closest("a") : null;
  }

  function several(first) {
    return first.querySelector("[data-rb-several]") !== null;
  }

  function follow(first) {
    if (several(first)) { first.focus(); } else { first.click(); }
  }

  function wait(input, left) {
    window.setTimeout(function () {
      const first = found(input);
      if (document.activeElement !== input) { return; }
      if (first) { follow(first); } else if (left > 0) { wait(input, left - 1); }
    }, 30);
  }

  function entered(event) {
    const input = field(event);
    if (event.key !== "Enter" || event.isComposing || !input || !input.value.trim()) { return; }
    const first = found(input);
    if (first && !several(first)) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (first) { follow(first); } else { wait(input, 200); }
  }

  document.addEventListener("focusin", entering);
  document.addEventListener("input", typed);
  document.addEventListener("keydown", entered, true);
}());
