/* What was found, as the theme's own list of results wants it. Every text is made plain here: a record is no markup. */
self.runbooksSearch = self.runbooksSearch || {};
(function (search) {
  "use strict";

  const UNCOVERED = "✕ Cover ended ";
  // The signs that the badges of the pages have: not by words alone, and not by colour.
  const SIGNS = { full: "● ", alert_only: "◐ ", agreement: "○ ", none: "✕ " };

  // The theme marks words in text that is escaped already, and would tear these signs apart: & and quotation marks.
  const ESCAPES = ["amp", "quot"];

  const MORE = "Add the name of the client or of the machine to get its own page.";

  // Two clients whose worth differs by less are alike: nobody can say which one was meant.
  const CLOSE = 0.1;

  function today(zone) {
    const parts = { year: "numeric", month: "2-digit", day: "2-digit" };
    try {
      return new Intl.DateTimeFormat("en-CA", Object.assign({ timeZone: zone }, parts)).format(new Date());
    } catch (error) {
      return new Date().toISOString().slice(0, 10);
    }
  }

  /* How a client is covered; after the last day of a cover, that it has ended. */
  function cover(index, owner) {
    const [level, words] = index.covers[owner.cover];
    return owner.until && today(index.zone) > owner.until ? UNCOVERED + owner.until : (SIGNS[level] || "") + words;
  }

  /* The words to mark on the page that is opened: the most telling ones of what was found there. */
  function terms(words) {
    const telling = words.filter(function (word) {
      return word.length > 2 && !search.LITTLE.has(word) && !ESCAPES.some(function (sign) { return sign.includes(word); });
    });
    const numbered = telling.filter(function (word) { return search.parts(word).length; });
    const found = {};
    (numbered.length ? numbered : telling).slice(0, 4).forEach(function (word) { found[word] = true; });
    return found;
  }

  /* Those words of a name that were asked for, or begin so. */
  function met(asked, words) {
    return words.filter(function (word) { return asked.words.some(function (one) { return word.startsWith(one); }); });
  }

  function shown(index, asked, location, title, text, more) {
    const markable = asked.words.filter(function (word) { return !search.LITTLE.has(word); });
    return Object.assign({
      location,
      title: search.marked(title, markable),
      text: text ? "<p>" + search.marked(text, markable) + "</p>" : "",
      terms: {},
      score: 0
    }, more);
  }

  /* A result with those below it. The theme takes the first address without an anchor for the head of a result. */
  function group(asked, head, below, rank, open) {
    const score = 1000 - rank;
    // The field knows by this which question the result answers, and whether others answer it as well.
    const several = rank === 0 && asked.several > 1;
    const sign = several ? " data-rb-several" : "";
    head.title = "<span data-rb-asked=\"" + search.escape(asked.text) + "\"" + sign + ">" + head.title + "</span>";
    if (several) { head.tags = [asked.several + " clients fit alike: choose"].concat(head.tags || []); }
    const anchored = head.location.includes("#");
    below.forEach(function (one) {
      one.score = open ? score : score - 0.5;
      if (anchored && !one.location.includes("#")) { one.location += "#"; }
    });
    head.score = score + (anchored ? 0.1 : 0);
    return anchored ? below.concat(head) : [head].concat(below);
  }

  function about(index, owner) {
    const products = owner.setups.map(function (row) { return index.products[row[1]][1]; });
    const names = products.filter(function (name, at) { return products.indexOf(name) === at; });
    return owner.aliases.concat(owner.numbers, names).join(" · ");
  }

  /* The pages that somebody who looks for a client wants next. */
  function usual(index, owner) {
    const files = ["index.md", "restore.md", search.fallback(owner)].filter(function (file) { return owner.files.includes(file); });
    const found = files.map(function (file) { return { file, title: index.titles[file] }; });
    return found.concat(owner.setups.map(function (row) { return { file: "setup-" + row[0] + ".md", title: "Set-up " + row[0] }; }));
  }

  function ofClient(index, asked, found, rank) {
    const owner = search.client(index, found.client);
    const open = rank === 0;
    const seen = new Set();
    const docs = [];

    function add(page) {
      if (!page.file || seen.has(page.file) || docs.length > 6) { return; }
      seen.add(page.file);
      const names = page.names || [];
      const whose = docs.length ? "" : owner.name + (page.title ? ": " : "");
      const title = whose + page.title + (names.length && page.title ? " – " + names.join(", ") : "");
      const words = page.alert ? page.alert.alert.text + (page.stray ? " – no page about it here" : "") : docs.length ? "" : about(index, owner);
      docs.push(shown(index, asked, search.place(index, owner, page.file), title || index.titles[page.file], words, {
        terms: names.length ? terms(met(asked, search.words(names[0]))) : {}
      }));
    }

    const top = found.pages[0].value;
    found.pages.slice(0, 4).forEach(function (page) { if (page.value > top - 0.8) { add(page); } });
    usual(index, owner).forEach(add);
    docs[0].tags = [search.escape(cover(index, owner))];
    return group(asked, docs[0], docs.slice(1), rank, open);
  }

  function ofAlert(index, asked, found, rank, owners) {
    const alert = found.alert.alert;
    const product = index.products[alert.product];
    const where = index.alerts ? index.alerts + (alert.anchor ? "#" + alert.anchor : "") : product[2];
    const telling = asked.words.filter(function (word) { return alert.words.includes(word); });
    const head = shown(index, asked, where, alert.text + " – " + product[1], MORE, { terms: terms(telling) });
    const clients = rank || alert.procedure < 0 ? [] : owners(alert.product, alert.procedure);
    if (!rank && product[5] && (clients.length > 6 || !clients.length)) {
      const whom = shown(index, asked, product[2] + "#" + product[5], "Clients with " + product[1] + ", and for whom we act", MORE);
      return group(asked, head, [whom], rank, true);
    }
    const below = clients.length > 6 ? [] : clients.map(function (one) {
      const owner = search.client(index, one.client);
      const file = owner.setups[one.setup][0] + "/" + product[3][alert.procedure][0] + ".md";
      return shown(index, asked, search.place(index, owner, file), owner.name + " (" + owner.setups[one.setup][0] + ")", "");
    });
    return group(asked, head, below, rank, rank === 0);
  }

  function ofProduct(index, asked, found, rank) {
    const product = index.products[found.product];
    const task = found.task < 0 ? "" : ": " + product[3][found.task][1];
    return group(asked, shown(index, asked, product[2], product[1] + task, found.task < 0 ? "" : MORE), [], rank, false);
  }

  function ofPage(index, asked, found, rank) {
    const page = index.pages[found.page];
    const below = found.sections.map(function (one) {
      const [anchor, heading] = page[2][one.place];
      return shown(index, asked, page[0] + "#" + anchor, heading, "");
    });
    const words = terms(met(asked, search.words(page[1] + " " + page[3])));
    return group(asked, shown(index, asked, page[0], page[1], page[3], { terms: words }), below, rank, rank === 0);
  }

  /* The word that is being typed, as the first result has it. */
  function suggested(asked, items) {
    const typed = asked.text.split(/[\s-]+/).pop();
    const last = search.fold(typed);
    if (!last || !items.length) { return []; }
    const title = items[0].find(function (one) { return one.score >= items[0][0].score; }).title;
    const words = title.replace(/<[^>]*>/g, "").replace(/&[#\w]+;/g, " ").split(/[^\p{L}\p{N}]+/u);
    const word = words.find(function (one) { return search.fold(one).startsWith(last); });
    return word ? [typed + word.slice(typed.length)] : [];
  }

  /* How many clients fit as well as the first result does. */
  function alike(found) {
    return found.filter(function (one) { return one.kind === "client" && found[0].kind === "client" && found[0].value - one.value < CLOSE; }).length;
  }

  const SHOW = { client: ofClient, alert: ofAlert, product: ofProduct, page: ofPage };

  /* An index ready to be asked. */
  function finder(index) {
    const table = search.table(index);
    const topics = search.topics(index);
    const users = index.products.map(function () { return 0; });
    index.clients.forEach(function (row) {
      row[7].forEach(function (setup) { users[setup[1]] += 1 / Math.max(1, index.clients.length); });
    });

    /* The set-ups where a procedure of a product has a page. */
    function owners(product, procedure) {
      const found = [];
      index.clients.forEach(function (row, client) {
        row[7].forEach(function (one, setup) {
          if (one[1] === product && index.shapes[one[4]].includes(procedure)) { found.push({ client, setup }); }
        });
      });
      return found;
    }

    function find(text) {
      const asked = search.question(text);
      if (!asked.words.length) { return { items: [] }; }
      const about = search.about(topics, asked);
      const claims = search.claims(table, asked);
      const found = search.ofClients(index, asked, about, claims).concat(search.ofAll(index, asked, about, topics, users));
      const best = search.best(asked, found);
      asked.several = alike(best);
      const items = best.map(function (one, rank) { return SHOW[one.kind](index, asked, one, rank, owners); });
      return { items, suggest: suggested(asked, items) };
    }

    return { find, pages: function () { return pages(index); } };
  }

  /* Every page that the index leads to. */
  function pages(index) {
    const found = index.pages.map(function (row) { return row[0]; });
    index.products.forEach(function (row) { if (row[2]) { found.push(row[2]); } });
    if (index.alerts) { found.push(index.alerts); }
    index.clients.forEach(function (row, at) {
      const owner = search.client(index, at);
      owner.files.forEach(function (file) { found.push(search.place(index, owner, file)); });
      owner.setups.forEach(function (setup) {
        found.push(search.place(index, owner, "setup-" + setup[0] + ".md"));
        index.shapes[setup[4]].forEach(function (one) {
          found.push(search.place(index, owner, setup[0] + "/" + index.products[setup[1]][3][one][0] + ".md"));
        });
      });
    });
    return found;
  }

  Object.assign(search, { finder });
}(self.runbooksSearch));
