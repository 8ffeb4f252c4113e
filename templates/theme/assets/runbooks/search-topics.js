/* What a question is about: a procedure, an alert, one of the pages that every client has, or any other page. */
self.runbooksSearch = self.runbooksSearch || {};
(function (search) {
  "use strict";

  // What a page of a client is asked for by, beside its title.
  const ASKED = { "restore.md": ["emergency"], "monitoring.md": ["alert", "alerts"], "not-monitored.md": ["alert", "alerts"] };
  const GAPS = /%\w+%|<[^<>]*>|\$\w+|\bX\b/g;

  /* The texts of all topics in words, prepared once. */
  function topics(index) {
    const alerts = [];
    const spread = new Map();
    const products = index.products.map(function (row, product) {
      row[4].forEach(function (alert) {
        alert[0].forEach(function (text, at) {
          const own = search.words(text.replace(GAPS, " "));
          const words = Array.from(new Set(own));
          words.forEach(function (word) { spread.set(word, (spread.get(word) || 0) + 1); });
          alerts.push({ product, main: alert[0][0], text, first: at === 0, procedure: alert[1], anchor: alert[2], words, line: " " + own.join(" ") + " " });
        });
      });
      return {
        words: search.words(row[1]),
        procedures: row[3].map(function (one) { return { title: search.words(one[1]), also: search.words(one[0].replace(/^alert-/, "")) }; })
      };
    });
    alerts.forEach(function (alert) {
      alert.weights = alert.words.map(function (word) {
        if (search.LITTLE.has(word)) { return 0.1; }
        return search.isNumber(word) ? 1 : Math.log(1 + alerts.length / spread.get(word));
      });
    });
    const titles = {};
    Object.keys(index.titles).forEach(function (file) {
      titles[file] = { title: search.words(index.titles[file]), also: search.words(file.replace(/^index|\.md$/g, "")).concat(ASKED[file] || []) };
    });
    const pages = index.pages.map(function (row) {
      return {
        title: search.words(row[1]),
        headings: row[2].map(function (one) { return search.words(one[1]); }),
        extract: search.words(row[3])
      };
    });
    return { alerts, products, titles, pages };
  }

  /* How well a word that was asked for fits a word of a title. */
  function alike(asked, word) {
    if (asked === word) { return 1; }
    if (search.stem(asked) === search.stem(word) || search.SAME[asked] === word) { return 0.9; }
    return asked.length > 2 && word.startsWith(asked) ? 0.7 : 0;
  }

  /* How well a title, or what it is called by otherwise, fits each word of a question; and how much of it that is. */
  function fit(title, also, question) {
    const met = new Set();
    const strengths = question.words.map(function (asked) {
      if (search.LITTLE.has(asked) && !title.includes(asked)) { return 0; }
      let best = also.reduce(function (most, word) { return Math.max(most, alike(asked, word)); }, 0);
      title.forEach(function (word) {
        const strength = alike(asked, word);
        if (strength && !search.LITTLE.has(word)) { met.add(word); }
        best = Math.max(best, strength);
      });
      return best;
    });
    const telling = new Set(title.filter(function (word) { return !search.LITTLE.has(word); }));
    return { strengths, share: telling.size ? met.size / telling.size : 0 };
  }

  /* How well the text of an alert fits; null when it does not. A pasted text holds more than the catalogue knows. */
  function alarmed(alert, question, line) {
    const last = question.words.length - 1;
    let met = 0;
    let all = 0;
    let telling = 0;
    const strengths = question.words.map(function () { return 0; });
    alert.words.forEach(function (word, at) {
      let best = 0;
      question.words.forEach(function (asked, place) {
        // Who asks whom to call means no alert with the word "call" in it.
        let strength = asked !== word ? 0 : !question.long && search.SAME[asked] ? 0.4 : 1;
        if (!strength && !question.long) {
          strength = search.stem(asked) === search.stem(word) ? 0.9 : 0;
          // One letter after others begins the name of somebody more often than a word of an alert.
          const begun = asked.length > 2 || (place === last && (asked.length > 1 || !last) && !search.isNumber(asked));
          if (!strength && begun && word.startsWith(asked)) { strength = 0.75; }
        }
        strengths[place] = Math.max(strengths[place], strength);
        best = Math.max(best, strength);
      });
      met += best * alert.weights[at];
      all += alert.weights[at];
      if (best && !search.LITTLE.has(word)) { telling += 1; }
    });
    const share = all ? met / all : 0;
    const inside = line.includes(alert.line);
    if (!telling || (question.long && !inside && (share < 0.5 || telling < 3))) { return null; }
    return { alert, strengths, share, extra: 0.5 * share + (inside && telling > 1 ? 0.5 : 0) };
  }

  /* Everything that a question may be about. Alerts come best first, each once. */
  function about(topics, question) {
    const line = " " + question.words.join(" ") + " ";
    const fits = new Map();
    function known(words, also) {
      const key = words.join(" ") + "/" + (also || []).join(" ");
      if (!fits.has(key)) { fits.set(key, fit(words, also || [], question)); }
      return fits.get(key);
    }
    function named(one) {
      return known(one.title, one.also);
    }
    const alerts = new Map();
    topics.alerts.forEach(function (alert) {
      const one = alarmed(alert, question, line);
      if (!one) { return; }
      one.value = search.score(question, one.strengths) + one.extra;
      const key = alert.product + "/" + (alert.procedure < 0 ? alert.main : alert.procedure);
      if (!alerts.has(key) || alerts.get(key).value < one.value) { alerts.set(key, one); }
    });
    const files = {};
    Object.keys(topics.titles).forEach(function (file) { files[file] = named(topics.titles[file]); });
    return {
      alerts: Array.from(alerts.values()).sort(function (one, other) { return other.value - one.value; }),
      files,
      products: topics.products.map(function (product) {
        return { name: known(product.words), procedures: product.procedures.map(named) };
      }),
      words: known
    };
  }

  Object.assign(search, { topics, about });
}(self.runbooksSearch));
