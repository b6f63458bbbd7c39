/// The style of the page: light and dark, readable without colour, usable with the keyboard.
enum PageStyle {
  static let text = """
    :root {
      color-scheme: light dark;
      --ground: #ffffff; --text: #1c1f23; --quiet: #5c6670; --line: #d5dade; --link: #0b57a4;
      --close: #d3eed9; --near: #f3efc2; --fail: #f7c9c4; --expected: #f6ddb8; --none: #eceff1;
      --good: #146c2e; --bad: #a8211a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #15181b; --text: #e6e9ec; --quiet: #9aa5b0; --line: #383f46; --link: #7db8f2;
        --close: #1d4a2c; --near: #4a4718; --fail: #6b2320; --expected: #5a4115; --none: #262b30;
        --good: #6fd08c; --bad: #ff958c;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 1.5rem; max-width: 110rem; background: var(--ground);
      color: var(--text); font: 15px/1.5 system-ui, sans-serif;
    }
    h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
    h2 { font-size: 1.15rem; margin: 0 0 .25rem; }
    p { margin: .3rem 0; max-width: 80rem; }
    a { color: var(--link); }
    code, pre { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
    .verdict { font-weight: 600; }
    .good { color: var(--good); }
    .bad { color: var(--bad); }
    .scroll { overflow-x: auto; margin: 1rem 0 .5rem; }
    table { border-collapse: collapse; }
    caption { text-align: left; color: var(--quiet); padding-bottom: .3rem; }
    th { font-weight: 600; text-align: left; padding: .2rem .5rem; white-space: nowrap; }
    thead th { vertical-align: bottom; font-size: .85rem; white-space: normal; }
    tbody th { position: sticky; left: 0; background: var(--ground); }
    td { border: 1px solid var(--line); padding: 0; min-width: 4.9rem; }
    td a {
      display: block; padding: .15rem .4rem; color: inherit; text-decoration: none;
      text-align: center; white-space: nowrap;
    }
    td small { display: block; color: var(--quiet); font-size: .72rem; line-height: 1.2; }
    td a:hover { text-decoration: underline; }
    a:focus-visible, summary:focus-visible, pre:focus-visible, .scroll:focus-visible {
      outline: 3px solid var(--link); outline-offset: -2px;
    }
    .close { background: var(--close); }
    .near { background: var(--near); }
    .fail { background: var(--fail); }
    .expected { background: var(--expected); }
    .none { background: var(--none); }
    .legend { color: var(--quiet); font-size: .85rem; }
    .key { color: var(--text); padding: 0 .4rem; border: 1px solid var(--line); }
    section { display: none; border-top: 2px solid var(--line); margin-top: 1rem; padding-top: .8rem; }
    section:target { display: block; }
    details { border: 1px solid var(--line); margin: .3rem 0; padding: .2rem .6rem; }
    summary { cursor: pointer; }
    pre {
      white-space: pre-wrap; background: var(--none); padding: .4rem .6rem; margin: .3rem 0;
      max-height: 16rem; overflow-y: auto;
    }
    @media print { section { display: block; } }
    """
}
