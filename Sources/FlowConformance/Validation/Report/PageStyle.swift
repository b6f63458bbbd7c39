/// The style of the page: light and dark, readable without colour, usable with the keyboard, on narrow screens the
/// matrix as a list.
enum PageStyle {
  static let text = """
    :root {
      color-scheme: light dark;
      --ground: #ffffff; --text: #1c1f23; --quiet: #5c6670; --line: #d5dade; --link: #0b57a4;
      --close: #d3eed9; --near: #e9f5cf; --expected: #f0e6da; --none: #eceff1;
      --wrong-value: #f6bdb7; --no-answer: #e7c3ea; --count: #f3cbdc; --end-of-time: #f9dfb0; --refusal: #f3ecb0;
      --other-code: #cfe3f7; --convention: #dcdff5; --good: #146c2e; --bad: #a8211a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #15181b; --text: #e6e9ec; --quiet: #9aa5b0; --line: #383f46; --link: #7db8f2;
        --close: #1d4a2c; --near: #35491f; --expected: #4a4033; --none: #262b30;
        --wrong-value: #762520; --no-answer: #5c2a62; --count: #6a2c48; --end-of-time: #664512; --refusal: #55501a;
        --other-code: #1e4466; --convention: #363c6b; --good: #6fd08c; --bad: #ff958c;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 1.5rem; max-width: 90rem; background: var(--ground);
      color: var(--text); font: 15px/1.5 system-ui, sans-serif;
    }
    h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
    h2 { font-size: 1.15rem; margin: 0 0 .25rem; }
    p { margin: .3rem 0; max-width: 80rem; }
    p, code, pre, h1 { overflow-wrap: anywhere; }
    a { color: var(--link); }
    code, pre { font: 13px/1.45 ui-monospace, monospace; }
    .verdict { font-weight: 600; }
    .good { color: var(--good); }
    .bad { color: var(--bad); }
    .scroll { overflow-x: auto; margin: 1rem 0 .5rem; }
    table { border-collapse: collapse; }
    caption { text-align: left; color: var(--quiet); padding-bottom: .3rem; }
    th { font-weight: 600; text-align: left; padding: .2rem .4rem .2rem 0; }
    thead th { vertical-align: bottom; font-size: .72rem; line-height: 1.2; padding: .2rem; }
    .matrix thead th + th + th {
      writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap;
    }
    .matrix tbody th {
      position: sticky; left: 0; background: var(--ground); font-size: .85rem; line-height: 1.2;
      max-width: 9rem;
    }
    td { border: 1px solid var(--line); padding: 0; }
    .matrix td { min-width: 3.2rem; font-size: .8rem; text-align: center; }
    .matrix td a { display: block; padding: .15rem .2rem; color: inherit; text-decoration: none; }
    td small { display: block; color: var(--quiet); font-size: .68rem; line-height: 1.2; }
    td a:hover { text-decoration: underline; }
    .matrix .rate { padding: .15rem .2rem; min-width: 5rem; }
    .tiers { margin: 1rem 0; }
    .tiers th { padding: .2rem .6rem; white-space: nowrap; }
    .tiers td a {
      display: block; padding: .2rem .7rem; color: inherit; text-align: right; font-weight: 600;
    }
    .tiers .text { border: 0; }
    a:focus-visible, summary:focus-visible, pre:focus-visible, .scroll:focus-visible {
      outline: 3px solid var(--link); outline-offset: -2px;
    }
    .close { background: var(--close); }
    .near { background: var(--near); }
    .expected { background: var(--expected); }
    .none { background: var(--none); }
    .wrong_value { background: var(--wrong-value); }
    .no_answer { background: var(--no-answer); }
    .count { background: var(--count); }
    .end_of_time { background: var(--end-of-time); }
    .refusal { background: var(--refusal); }
    .other_code { background: var(--other-code); }
    .convention { background: var(--convention); }
    .legend { color: var(--quiet); font-size: .85rem; }
    .key {
      color: var(--text); padding: 0 .4rem; border: 1px solid var(--line); white-space: nowrap;
    }
    section { display: none; border-top: 2px solid var(--line); margin-top: 1rem; padding-top: .8rem; }
    section:target, section.always { display: block; }
    details { border: 1px solid var(--line); margin: .3rem 0; padding: .2rem .6rem; }
    summary { cursor: pointer; }
    pre {
      white-space: pre-wrap; background: var(--none); padding: .4rem .6rem; margin: .3rem 0;
      max-height: 16rem; overflow-y: auto;
    }
    @media (max-width: 44rem) {
      body { padding: .8rem; }
      .matrix thead, .matrix .empty { display: none; }
      caption, .matrix, .matrix tbody, .matrix tr, .matrix th, .matrix td { display: block; }
      .matrix tbody th { position: static; max-width: none; font-size: 1rem; padding-top: .6rem; }
      .matrix tr { display: flex; flex-wrap: wrap; gap: .25rem; }
      .matrix tr > th { flex-basis: 100%; }
      .matrix td { flex: 0 1 6.2rem; }
      .matrix td[data-path]::before {
        content: attr(data-path); display: block; color: var(--quiet); font-size: .68rem;
        overflow-wrap: anywhere; padding: 0 .2rem;
      }
      .tiers, .tiers tbody, .tiers tr { display: block; }
      .tiers tr { display: flex; flex-wrap: wrap; align-items: center; margin-bottom: .4rem; }
      .tiers .text { flex-basis: 100%; font-size: .85rem; color: var(--quiet); }
    }
    @media print { section { display: block; } }
    """
}
