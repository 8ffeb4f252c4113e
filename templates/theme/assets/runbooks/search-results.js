/* From whom and what a question names to pages, the right one first: never a page that the index does not know. */
self.runbooksSearch = self.runbooksSearch || {};
(function (search) {
  "use strict";

  const GAIN = 0.35;
  const MOST = 10;

  /* The address of a page below the root of the site, as MkDocs makes it from the name of its file. */
  function address(index, file) {
    if (index.flat) { return file.replace(/\.md$/, ".html"); }
    return /(?:^|\/)index\.md$/.test(file) ? file.replace(/index\.md$/, "") : file.replace(/\.md$/, "/");
  }

  function client(index, at) {
    const [slug, name, aliases, numbers, cover, until, files, setups] = index.clients[at];
    return { slug, name, aliases, numbers, cover, until, files: index.files[files], setups };
  }

  function place(index, owner, file) {
    return address(index, "clients/" + owner.slug + "/" + file);
  }

  /* The page of a client that says what to do about alerts where no page is about the one. */
  function fallback(owner) {
    return ["monitoring.md", "not-monitored.md", "index.md"].find(function (file) { return owner.files.includes(file); });
  }

  function none(question) {
    return question.words.map(function () { return 0; });
  }

  /* What an option is worth; nothing when the topic adds nothing to the names, or the names nothing to the topic. */
  function worth(question, names, sure, topic) {
    const both = search.better(names, topic);
    const sum = search.score(question, both);
    if (sum - search.score(question, names) < GAIN) { return 0; }
    return sum - search.score(question, topic) < GAIN && sure < 1 ? 0 : sum + sure;
  }

  /* Every page of a client that a question may mean, with what it is worth. */
  function options(index, asked, about, claim) {
    const owner = client(index, claim.client);
    const own = claim.own || { strengths: none(asked), sure: 0, names: [] };
    const found = [];
    let all = own.strengths;
    let sure = own.sure;
    claim.setups.forEach(function (one) {
      all = search.better(all, one.strengths);
      sure = Math.max(sure, one.sure);
    });

    function add(value, strengths, file, title, more) {
      if (value) { found.push(Object.assign({ value, strengths, file, title, sure, names: [] }, more)); }
    }

    if (claim.own) { add(search.score(asked, own.strengths) + own.sure + 0.1, own.strengths, "index.md", ""); }
    Object.keys(about.files).filter(function (file) { return owner.files.includes(file); }).forEach(function (file) {
      const topic = about.files[file];
      const value = worth(asked, all, sure, topic.strengths);
      add(value && value + 0.3 * topic.share, search.better(all, topic.strengths), file, index.titles[file]);
    });
    const named = new Map(Array.from(claim.setups).filter(function (one) { return adds(asked, own, one[1]); }));
    owner.setups.forEach(function (row, at) {
      if (!named.size || named.has(at)) {
        setupOptions({ index, asked, about, owner, row, own, mine: named.get(at), add });
      } else {
        besides({ asked, about, row, own, add });
      }
    });
    const first = about.alerts[0];
    if (first && !found.some(function (page) { return page.alert && page.alert.value > first.value - 0.5; })) {
      const value = worth(asked, all, sure, first.strengths);
      const file = fallback(owner);
      add(value && value + first.extra - 1, search.better(all, first.strengths), file, index.titles[file], { alert: first, stray: true });
    }
    return found.sort(function (one, other) { return other.value - one.value; });
  }

  /* Whether a name of a set-up tells more than those of its client. */
  function adds(asked, own, mine) {
    const both = search.score(asked, search.better(own.strengths, mine.strengths));
    return both - search.score(asked, own.strengths) > GAIN || mine.sure > own.sure + 0.2;
  }

  /* The page of a set-up that is not named, where its product or its short name is. */
  function besides({ asked, about, row, own, add }) {
    const side = search.better(about.products[row[1]].name.strengths, about.words(search.words(row[0])).strengths);
    const full = search.better(own.strengths, side);
    const value = search.score(asked, full) + own.sure;
    if (value - search.score(asked, own.strengths) - own.sure > GAIN) { add(value, full, "setup-" + row[0] + ".md", "Set-up " + row[0]); }
  }

  /* The pages of one set-up: its own, its procedures, and those that answer alerts. */
  function setupOptions({ index, asked, about, owner, row, own, mine, add }) {
    const [id, product, , , shape] = row;
    const topic = about.products[product];
    const side = search.better(topic.name.strengths, about.words(search.words(id)).strengths);
    const names = search.better(own.strengths, mine ? mine.strengths : none(asked));
    const full = search.better(names, side);
    const sure = Math.max(own.sure, mine ? mine.sure : 0) + (mine ? 0.15 : 0);
    const shown = index.shapes[shape];
    if (mine) {
      add(search.score(asked, full) + sure, full, "setup-" + id + ".md", "Set-up " + id, { names: search.told(mine.names) });
    } else {
      besides({ asked, about, row, own, add });
    }

    function page(one, extra, file, title, more) {
      const value = worth(asked, full, sure, one.strengths);
      const without = search.better(own.strengths, one.strengths);
      const named = mine && search.score(asked, search.better(without, mine.strengths)) - search.score(asked, without) > GAIN;
      add(value && value + extra, search.better(full, one.strengths), file, title, Object.assign({ names: named ? search.told(mine.names) : [] }, more));
    }

    const named = index.products[product][3];
    topic.procedures.forEach(function (one, each) {
      // A pasted text has some words of any title by chance.
      if (shown.includes(each) && !(asked.long && one.share < 0.5)) { page(one, 0.3 * one.share, id + "/" + named[each][0] + ".md", named[each][1] + " (" + id + ")"); }
    });
    about.alerts.filter(function (one) { return one.alert.product === product; }).forEach(function (one) {
      const answers = one.alert.procedure >= 0 ? one.alert.procedure : named.findIndex(function (each) { return each[0] === "answer-alerts"; });
      const there = answers >= 0 && shown.includes(answers);
      const file = there ? id + "/" + named[answers][0] + ".md" : fallback(owner);
      page(one, one.extra + 0.2, file, there ? named[answers][1] + " (" + id + ")" : index.titles[file], { alert: one });
    });
  }

  /* The best pages of every client that is named, a list for each. */
  function ofClients(index, asked, about, claims) {
    const found = [];
    claims.forEach(function (claim) {
      const pages = options(index, asked, about, claim);
      if (pages.length) {
        const { value, sure, strengths } = pages[0];
        found.push({ kind: "client", value, sure, strengths, client: claim.client, pages });
      }
    });
    return found;
  }

  /* Alerts, products and all other pages that are about no single client. */
  function ofAll(index, asked, about, topics, users) {
    const found = about.alerts.slice(0, MOST).map(function (one) {
      return { kind: "alert", value: one.value, strengths: one.strengths, alert: one };
    });
    index.products.forEach(function (row, at) {
      const one = row[2] && ofProduct(row, at, asked, about.products[at]);
      if (one) {
        one.value += 0.05 * users[at];
        found.push(one);
      }
    });
    topics.pages.forEach(function (words, at) {
      const page = written(asked, about, words, at, index.pages[at][4]);
      if (page) { found.push(page); }
    });
    return found;
  }

  /* A product by its name, or by a task that it has a procedure for. */
  function ofProduct(row, product, asked, topic) {
    const { strengths, share } = topic.name;
    let best = { kind: "product", value: search.score(asked, strengths) + 0.3 * share, strengths, product, task: -1 };
    topic.procedures.forEach(function (one, task) {
      if (row[3][task][0].startsWith("alert-")) { return; }
      const both = search.better(strengths, one.strengths);
      const value = search.score(asked, both) + 0.3 * one.share;
      if (value > best.value + GAIN && search.score(asked, one.strengths)) { best = { kind: "product", value, strengths: both, product, task }; }
    });
    return best.value > GAIN ? best : null;
  }

  function written(asked, about, words, at, weight) {
    const title = about.words(words.title);
    let strengths = search.better(title.strengths, about.words(words.extract).strengths.map(function (one) { return 0.4 * one; }));
    const sections = [];
    words.headings.forEach(function (heading, place) {
      const one = about.words(heading);
      const sum = search.score(asked, one.strengths);
      if (sum > GAIN) {
        sections.push({ place, value: sum + 0.3 * one.share });
        strengths = search.better(strengths, one.strengths.map(function (each) { return 0.9 * each; }));
      }
    });
    const value = search.score(asked, strengths) + 0.2 * title.share;
    sections.sort(function (one, other) { return other.value - one.value; });
    return value > GAIN ? { kind: "page", value: value * (weight < 1 ? 0.75 : 1), strengths, page: at, sections: sections.slice(0, 3) } : null;
  }

  /* The best of all, and nothing that fits much worse than they do. Of the products with the same task, a few will do. */
  function best(asked, found) {
    const order = { client: 0, alert: 1, product: 2, page: 3 };
    const place = function (one) { return one.client || one.product || one.page || 0; };
    found.sort(function (one, other) {
      return other.value - one.value || order[one.kind] - order[other.kind] || place(one) - place(other);
    });
    const least = found.length ? found[0].value * (found[0].sure > 1.5 ? 0.75 : 0.55) : 0;
    let products = 0;
    return found.filter(function (one) {
      products += one.kind === "product" ? 1 : 0;
      return (one.value >= least || search.complete(asked, one.strengths)) && (one.kind !== "product" || products < 5);
    }).slice(0, MOST);
  }

  Object.assign(search, { address, place, client, fallback, ofClients, ofAll, best });
}(self.runbooksSearch));
