/** The rules that only this page has. */
export const PLAN_STYLE = `
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem}
.card{border:1px solid var(--line);border-radius:.6rem;padding:.75rem 1rem}
.card b{display:block;font-size:1.6rem;line-height:1.2}
.card span{color:var(--mute)}
summary .v{justify-self:start}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-top:1px solid var(--line)}
thead th{border-top:0;font-size:.85rem;color:var(--mute);font-weight:600}
.n{text-align:right;white-space:nowrap;width:1%}
td.open{color:var(--note);font-weight:600}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:0 2rem}
.columns td{overflow-wrap:anywhere}
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
[hidden]{display:none!important}
@media(max-width:45rem){summary{grid-template-columns:1fr auto}summary small{grid-column:1/-1}}
@media print{input{display:none}}`;

/** Filters the list of VMs by words. Without scripts the whole list is shown. */
export const PLAN_SCRIPT = `
const box=document.querySelector('input');box.hidden=false;
box.addEventListener('input',()=>{const words=box.value.toLowerCase().split(/\\s+/).filter(Boolean);
for(const one of document.querySelectorAll('details'))one.hidden=!words.every(word=>one.dataset.text.includes(word));});`;
