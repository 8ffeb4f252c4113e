/* Answers the theme's search in the place of its own worker. What it needs is fetched when somebody comes to the field, and
   not before: a page that nobody searches from stays small. Asks for nothing but this site's own files beside it. */
(function () {
  "use strict";

  const SETUP = 0, READY = 1, QUERY = 2, RESULT = 3, WAKE = 4;
  const NEEDED = ["search-words.js", "search-names.js", "search-topics.js", "search-results.js", "search-show.js", "search-index.js"];
  const worker = typeof importScripts === "function";
  const here = worker ? self.location.href : document.currentScript.src;
  let loading = null;
  let latest = 0;

  /* One script after the other, in a worker and in a page. */
  function script(address) {
    if (worker) {
      importScripts(address);
      return Promise.resolve();
    }
    return new Promise(function (resolve, reject) {
      const element = document.createElement("script");
      element.src = address;
      element.addEventListener("load", function () { resolve(); });
      element.addEventListener("error", reject);
      document.head.appendChild(element);
    });
  }

  function load() {
    const all = NEEDED.reduce(function (before, name) {
      return before.then(function () { return script(new URL(name, here).href); });
    }, Promise.resolve());
    return all.then(function () { return self.runbooksSearch.finder(self.runbooksIndex); });
  }

  const BROKEN = {
    items: [[{
      location: "", score: 1, terms: {}, title: "The search does not work at the moment",
      text: "<p>Its index could not be fetched. Load the page again, sign in again, or go by the list of clients.</p>"
    }]]
  };

  /* Everything that is needed, once; where it cannot be had, it is tried again at the next word. */
  function wake() {
    loading = loading || load();
    loading.catch(function () { loading = null; });
    return loading;
  }

  function answer(text, reply) {
    const mine = latest += 1;
    if (!text.trim()) {
      reply({ type: RESULT, data: { items: [] } });
      return;
    }
    wake().then(function (finder) {
      if (mine === latest) { reply({ type: RESULT, data: finder.find(text) }); }
    }).catch(function () {
      if (mine === latest) { reply({ type: RESULT, data: BROKEN }); }
    });
  }

  function hear(message, reply) {
    if (message.type === SETUP) { reply({ type: READY }); }
    if (message.type === QUERY) { answer(message.data, reply); }
    if (message.type === WAKE) { wake(); }
  }

  if (worker) {
    self.addEventListener("message", function (event) {
      hear(event.data, function (data) { self.postMessage(data); });
    });
  } else {
    self.runbooksHear = hear;
  }
}());
