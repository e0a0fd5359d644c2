package io.anyserve.loadtest.report;

/** How the page of a report looks. */
final class PageStyle {

  private PageStyle() {}

  /** Everything before the body. */
  static String head(String title) {
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width"/>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
      <title>%s</title>
      <style>
      :root {
        color-scheme: light dark;
        --page: #f4f5f8; --card: #ffffff; --ink: #171a21; --quiet: #626b7b; --line: #e4e7ed;
        --good: #12805c; --warn: #a15c00; --bad: #c52b3b;
        --c0: #3056d3; --c1: #f0932b; --c2: #c2364f; --c3: #12a594; --c4: #9b51e0; --c5: #7a8f1d;
      }
      @media (prefers-color-scheme: dark) {
        :root {
          --page: #0d1017; --card: #151a23; --ink: #e8ebf1; --quiet: #98a2b3; --line: #262d3a;
          --good: #3ecf9a; --warn: #f5b04c; --bad: #ff7a85;
          --c0: #7c9cff; --c1: #f5a54c; --c2: #ff7a85; --c3: #2cc5b1; --c4: #b583f0; --c5: #a9c144;
        }
      }
      * { box-sizing: border-box }
      body {
        margin: 0; background: var(--page); color: var(--ink);
        font: 15px/1.55 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif;
      }
      main { max-width: 76rem; margin: 0 auto; padding: 2rem 1.25rem 3rem }
      h1 { font-size: 2rem; line-height: 1.2; margin: .1rem 0 .3rem }
      h2 { font-size: 1.2rem; margin: 0 0 .8rem }
      p { margin: .4rem 0 }
      .kind { color: var(--quiet); margin: 0; font-size: .85rem }
      .what { font-size: 1.05rem; max-width: 52rem }
      .facts { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: 1rem 0 1.4rem }
      dt { color: var(--quiet); font-size: .82rem }
      dd { margin: 0 }
      section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.2rem; margin: 0 0 1rem }
      .box { border-left: 5px solid var(--quiet); padding: .8rem 1.2rem }
      .box h2 { font-size: 1rem; margin: 0 }
      .box p { color: var(--quiet); margin: .1rem 0 0 }
      .box.good { border-left-color: var(--good) } .box.good h2 { color: var(--good) }
      .box.warn { border-left-color: var(--warn) } .box.warn h2 { color: var(--warn) }
      .box.bad { border-left-color: var(--bad) } .box.bad h2 { color: var(--bad) }
      .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .7rem; margin-bottom: .9rem }
      .tile { border: 1px solid var(--line); border-radius: 10px; padding: .6rem .8rem }
      .tile b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; white-space: nowrap }
      .tile span { color: var(--quiet); font-size: .82rem }
      .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%%, 30rem), 1fr)); gap: 1.2rem; margin: 1rem 0 }
      figure { margin: 0; break-inside: avoid }
      figcaption { font-weight: 600; margin-bottom: .2rem }
      svg { width: 100%%; height: auto; display: block }
      svg text { fill: var(--quiet); font-size: 12px; font-variant-numeric: tabular-nums }
      .value { text-anchor: end } .tick { text-anchor: middle }
      .grid { stroke: var(--line) }
      .line { fill: none; stroke-width: 1.8; stroke-linejoin: round }
      .dot { opacity: .55 } .dot:hover { opacity: 1; r: 4 }
      .c0 { stroke: var(--c0) } .c1 { stroke: var(--c1) } .c2 { stroke: var(--c2) }
      .c3 { stroke: var(--c3) } .c4 { stroke: var(--c4) } .c5 { stroke: var(--c5) }
      .f0 { fill: var(--c0) } .f1 { fill: var(--c1) } .f2 { fill: var(--c2) }
      .f3 { fill: var(--c3) } .f4 { fill: var(--c4) } .f5 { fill: var(--c5) }
      .b0 { background: var(--c0) } .b1 { background: var(--c1) } .b2 { background: var(--c2) }
      .b3 { background: var(--c3) } .b4 { background: var(--c4) } .b5 { background: var(--c5) }
      .legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .82rem; color: var(--quiet); margin: .2rem 0 0 4rem }
      .legend i { display: inline-block; width: .8rem; height: .25rem; border-radius: 2px; margin-right: .4rem; vertical-align: middle }
      table { border-collapse: collapse; width: 100%%; margin: .8rem 0; font-variant-numeric: tabular-nums; break-inside: avoid }
      th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap }
      th { color: var(--quiet); font-weight: 600; font-size: .82rem }
      th:first-child, td:first-child { text-align: left }
      .words dl { display: grid; gap: .3rem; margin: 0 }
      .words dl div { display: grid; grid-template-columns: 7rem 1fr; gap: .6rem }
      .words dt { font-size: inherit }
      @media (max-width: 40rem) { table { display: block; overflow-x: auto } h1 { font-size: 1.5rem } }
      @media print {
        :root { color-scheme: light; --page: #ffffff; --card: #ffffff; --ink: #171a21; --quiet: #505868; --line: #d5d9e1;
          --good: #12805c; --warn: #a15c00; --bad: #c52b3b; --c0: #3056d3; --c1: #d97b10; --c2: #c2364f; --c3: #12a594; --c4: #9b51e0; --c5: #7a8f1d }
        body { font-size: 10pt } main { max-width: none; padding: 0 }
        section { border: 0; padding: 0; border-radius: 0 } .box { border-left: 5px solid; padding: .2rem .8rem }
        .charts { grid-template-columns: 1fr 1fr } h2 { break-after: avoid }
      }
      </style>
      </head>
      """
        .formatted(Texts.escaped(title));
  }
}
