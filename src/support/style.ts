/** The page's own style: light and dark as the reader has it, one column on a phone. */
export const STYLE = `
:root{
  color-scheme:light dark;--line:#8884;--soft:#8881;--green:#1a7f37;--blue:#0969da;--amber:#9a6700;
  --grey:#6e7781;--red:#cf222e
}
@media(prefers-color-scheme:dark){:root{--green:#3fb950;--blue:#58a6ff;--amber:#d29922;--grey:#8b949e;--red:#ff7b72}}
*{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:84rem;padding:1.5rem}
h1{margin:0 0 .25rem;font-size:1.7rem}
h2{margin:2rem 0 .5rem;font-size:1.25rem}
h2 small{color:var(--grey);font-weight:normal}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem .75rem;margin:1rem 0}dd{margin:0}
form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;padding:.75rem;background:var(--soft);border-radius:.5rem}
input,select,button{
  font:inherit;padding:.3rem .6rem;border:1px solid var(--line);border-radius:.35rem;background:Canvas;
  color:CanvasText
}
input{flex:1 1 16rem}
form span{margin-left:auto}
details{border:1px solid var(--line);border-radius:.5rem;margin:.4rem 0;overflow-x:auto}
summary{cursor:pointer;padding:.5rem .75rem}
summary span{float:right}
details[open]>summary{border-bottom:1px solid var(--line);background:var(--soft)}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem;border-top:1px solid var(--line)}
th{font-size:.85rem;color:var(--grey)}
thead th{border-top:0}
td:first-child{width:30%;overflow-wrap:anywhere}
small{display:block;color:var(--grey)}
code{font:.9em ui-monospace,monospace}
.s{font-size:.8rem;font-weight:600;white-space:nowrap;border:1px solid;border-radius:1rem;padding:0 .5rem}
.translated{color:var(--green)}
.emulated{color:var(--blue)}
.left-out{color:var(--amber)}
.read-only{color:var(--grey)}
.refused{color:var(--red)}
h2 small{display:inline}
@media(max-width:45rem){
  summary span{float:none;display:block}
  body{padding:.75rem}
  thead{display:none}
  tr,td,td:first-child{display:block;width:auto;border:0;padding:.1rem .75rem}
  tr{border-top:1px solid var(--line);padding:.4rem 0}
}`;
