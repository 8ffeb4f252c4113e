/* From file:// a browser starts no worker. Here the search runs in the page instead, behind the same few functions. */
(function () {
  "use strict";

  if (location.protocol !== "file:") { return; }

  window.Worker = function (address) {
    const worker = new EventTarget();
    const waiting = [];

    function reply(data) {
      window.setTimeout(function () { worker.dispatchEvent(new MessageEvent("message", { data })); }, 0);
    }

    worker.postMessage = function (data) {
      if (self.runbooksHear) { self.runbooksHear(data, reply); } else { waiting.push(data); }
    };
    worker.terminate = function () { waiting.length = 0; };

    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", function () {
      waiting.splice(0).forEach(function (data) { self.runbooksHear(data, reply); });
    });
    document.head.appendChild(script);
    return worker;
  };
}());
