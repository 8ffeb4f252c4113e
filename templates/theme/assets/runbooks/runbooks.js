/* What no page can do by itself: cover what is not valid any more, and say what holds at this hour. Asks nothing of any
   server. */
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

  // Whether somebody works at this minute, by the hours that the page states and the clock at the client's place.
  function minute(zone) {
    var parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(new Date());
    var values = {};
    parts.forEach(function (part) { values[part.type] = part.value; });
    var day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(values.weekday);
    return { text: values.weekday + " " + values.hour + ":" + values.minute, at: day * 1440 + Number(values.hour) * 60 + Number(values.minute) };
  }

  function now() {
    document.querySelectorAll(".rb-now[data-rb-hours]").forEach(function (mark) {
      var hours = mark.getAttribute("data-rb-hours");
      var time;
      try { time = minute(mark.getAttribute("data-rb-zone")); } catch (error) { return; }
      if (!hours) { mark.textContent = mark.closest("li") ? "" : "It is " + time.text + " there."; return; }
      var open = hours.split(",").some(function (span) {
        var ends = span.split("-").map(Number);
        return ends[0] <= time.at && time.at < ends[1];
      });
      mark.setAttribute("data-rb-open", open ? "yes" : "no");
      mark.textContent = mark.closest("li") ? (open ? "✓ now" : "✗ not now") : "It is " + time.text + " there: " + (open ? "within" : "outside") + " their hours.";
    });
    document.querySelectorAll(".rb-due[data-rb-due]").forEach(function (mark) {
      var over = today("UTC") > mark.getAttribute("data-rb-due");
      if (over && !mark.parentElement.querySelector(".rb-no")) {
        var words = document.createElement("span");
        words.className = "rb-no";
        words.textContent = "overdue: this page may be out of date";
        mark.after(" ", words);
      }
    });
  }

  function start() {
    cover();
    now();
  }

  start();
  // With the theme's instant navigation pages change without being loaded.
  if (window.document$) { window.document$.subscribe(start); }
  window.setInterval(cover, 30000);
  window.setInterval(now, 30000);
  document.addEventListener("visibilitychange", cover);
  window.addEventListener("pageshow", cover);
  window.addEventListener("beforeprint", cover);
}());
