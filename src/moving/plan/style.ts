/** The style sheet of the page: follows the reader's light or dark mode, one column on phones, plain in print. */
export const PLAN_STYLE = `
:root{
  color-scheme:light dark;--line:#8883;--soft:#8881;--mute:#6e7781;--ready:#1a7f37;--losses:#9a6700;
  --unmapped:#0969da;--blocked:#cf222e
}
@media(prefers-color-scheme:dark){
  :root{--mute:#8b949e;--ready:#3fb950;--losses:#d29922;--unmapped:#58a6ff;--blocked:#ff7b72}
}
*{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:76rem;padding:2rem 1.5rem 4rem}
h1{margin:0;font-size:1.8rem}
h2{margin:2.5rem 0 .75rem;font-size:1.25rem}
h2 small{font-weight:normal;color:var(--mute)}
header p{margin:.25rem 0 1.5rem;color:var(--mute)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem}
.card{border:1px solid var(--line);border-radius:.6rem;padding:.75rem 1rem}
.card b{display:block;font-size:1.6rem;line-height:1.2}
.card span{color:var(--mute)}
.bar{display:flex;height:.8rem;border-radius:.4rem;overflow:hidden;margin:1.25rem 0 .5rem;background:var(--soft)}
.bar i{display:block;min-width:2px}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
.key span::before{
  content:"";display:inline-block;width:.7rem;height:.7rem;border-radius:.2rem;margin-right:.4rem;
  background:var(--c)
}
.ready{--c:var(--ready)}
.losses{--c:var(--losses)}
.unmapped{--c:var(--unmapped)}
.blocked{--c:var(--blocked)}
.bar i{background:var(--c)}
summary .v{justify-self:start}
.v{
  color:var(--c);font-size:.8rem;font-weight:600;white-space:nowrap;border:1px solid;border-radius:1rem;
  padding:0 .55rem
}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-top:1px solid var(--line)}
thead th{border-top:0;font-size:.85rem;color:var(--mute);font-weight:600}
.n{text-align:right;white-space:nowrap;width:1%}
td.open{color:var(--unmapped);font-weight:600}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr));gap:0 2rem}
code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}small{color:var(--mute)}
input{
  font:inherit;width:100%;max-width:28rem;padding:.35rem .7rem;border:1px solid var(--line);
  border-radius:.4rem;background:Canvas;color:CanvasText;margin-bottom:.75rem
}
details{border-top:1px solid var(--line)}
details:last-of-type{border-bottom:1px solid var(--line)}
summary{
  cursor:pointer;padding:.45rem .25rem;display:grid;
  grid-template-columns:minmax(9rem,1.3fr) minmax(9rem,auto) minmax(0,2.5fr) 4rem;gap:0 1rem;
  align-items:baseline
}
summary small{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
details[open]>summary{background:var(--soft)}
details>div{padding:.25rem .25rem 1rem 1.25rem}
details ul{margin:.5rem 0 0;padding-left:1.1rem}[hidden]{display:none!important}
@media(max-width:45rem){summary{grid-template-columns:1fr auto}summary small{grid-column:1/-1}body{padding:1rem}}
@media print{input{display:none}body{max-width:none;font-size:11px}}`;

/** Filters the list of VMs by words. Without scripts the whole list is shown. */
export const PLAN_SCRIPT = `
const box=document.querySelector('input');box.hidden=false;
box.addEventListener('input',()=>{const words=box.value.toLowerCase().split(/\\s+/).filter(Boolean);
for(const one of document.querySelectorAll('details'))one.hidden=!words.every(word=>one.dataset.text.includes(word));});`;
