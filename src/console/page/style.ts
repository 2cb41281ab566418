/** The console's style: light and dark as the reader has it; on a phone tables become cards. */
export const CONSOLE_STYLE = `
:root{
  color-scheme:light dark;--line:#8884;--soft:#8881;--green:#1a7f37;--amber:#9a6700;--grey:#57606a;
  --red:#cf222e;--blue:#0969da
}
@media(prefers-color-scheme:dark){:root{--green:#3fb950;--amber:#d29922;--grey:#9198a1;--red:#ff7b72;--blue:#58a6ff}}
*{box-sizing:border-box}
body{
  font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:90rem;padding:0 1.25rem 3rem;background:Canvas;
  color:CanvasText
}
a{color:var(--blue)}:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
header{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between;padding:1rem 0 .5rem}
h1{margin:0;font-size:1.4rem}
h1 small{color:var(--grey);font-weight:normal;font-size:.9rem}
h2{font-size:1.15rem;margin:1rem 0 .5rem}
h3{font-size:1rem;margin:1.25rem 0 .5rem}
.simulated{color:#fff;background:#b42318;border-radius:.3rem;padding:.1rem .5rem;font-size:.85rem;vertical-align:middle}
nav{
  display:flex;flex-wrap:wrap;gap:.25rem;border-bottom:1px solid var(--line);position:sticky;top:0;
  background:Canvas;z-index:1;padding:.25rem 0
}
nav a{padding:.35rem .75rem;border-radius:.4rem;text-decoration:none;color:inherit}
nav a[aria-current]{background:var(--soft);font-weight:600;box-shadow:inset 0 -2px var(--blue)}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:Canvas;padding:.5rem;z-index:2}
section[hidden]{display:none}section{scroll-margin-top:5rem}main:focus{outline:0}
.bar{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:.5rem 0}.bar output{color:var(--grey)}
input,select,button,textarea{
  font:inherit;padding:.3rem .6rem;border:1px solid var(--line);border-radius:.35rem;background:Canvas;
  color:CanvasText
}
input[type=search]{min-width:14rem}
textarea{width:100%;font:13px/1.5 ui-monospace,monospace}
button{cursor:pointer;background:var(--soft)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-top:1px solid var(--line);overflow-wrap:anywhere}
th{font-size:.85rem;color:var(--grey);white-space:nowrap}
thead th{border-top:0}
.n{text-align:right;white-space:nowrap}
tbody tr:hover{background:var(--soft)}
/* words break only where nothing else does: paths, ids, texts of clients */
.scroll td{overflow-wrap:normal}
.scroll td :is(code,button){overflow-wrap:anywhere}
#unmet-list td:first-child{overflow-wrap:anywhere;min-width:8rem}
#unmet-list td:nth-child(3){min-width:14rem}
#request-list td:first-child,#job-list td:first-child,#unmet-list td:last-child{white-space:nowrap}
td button{overflow-wrap:anywhere;border:0;background:none;color:var(--blue);padding:0;text-align:left}
tr[aria-selected=true]{background:var(--soft)}
code,pre{font:13px/1.5 ui-monospace,monospace}
pre{
  background:var(--soft);border-radius:.4rem;padding:.6rem .75rem;overflow:auto;max-height:28rem;
  margin:.4rem 0;white-space:pre-wrap
}
.ok{color:var(--green)}.warn{color:var(--amber)}.bad{color:var(--red)}.quiet{color:var(--grey)}
.lights{display:flex;flex-wrap:wrap;gap:.75rem}
.light{border:1px solid var(--line);border-radius:.5rem;padding:.5rem .9rem;min-width:11rem}
.light b::before{content:"● ";}
.light.up b::before{color:var(--green)}
.light.down b::before{color:var(--red)}
.light.unknown b::before{color:var(--grey)}
.light small{display:block;color:var(--grey)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1rem 0}dt{color:var(--grey)}dd{margin:0}
.waterfall details{border-top:1px solid var(--line)}
.waterfall summary{
  display:grid;grid-template-columns:minmax(12rem,28rem) 4rem 5rem 1fr;gap:.5rem;padding:.25rem 0;
  cursor:pointer;align-items:center
}
.waterfall code{overflow-wrap:anywhere;min-width:0}
.waterfall svg{width:100%;height:.8rem}
.waterfall rect{fill:var(--blue)}
.waterfall .later rect{fill:var(--amber)}
.waterfall .bad rect{fill:var(--red)}
.detail{border:1px solid var(--line);border-radius:.5rem;padding:.5rem 1rem;margin:1rem 0}
.s{font-size:.8rem;font-weight:600;white-space:nowrap;border:1px solid;border-radius:1rem;padding:0 .5rem}
.translated{color:var(--green)}
.emulated{color:var(--blue)}
.left-out{color:var(--amber)}
.read-only{color:var(--grey)}
.refused{color:var(--red)}
details.group{border:1px solid var(--line);border-radius:.5rem;margin:.4rem 0;overflow-x:auto}
details.group td:first-child{min-width:15rem}
details.group td:nth-child(2){min-width:12rem}
details.group>summary{cursor:pointer;padding:.4rem .75rem}
details.group[open]>summary{border-bottom:1px solid var(--line);background:var(--soft)}
.login{max-width:26rem;margin:12vh auto}.login label{display:block;margin:.75rem 0}.login input{width:100%}
/* what only scripts fill and read */
@media(scripting:none){section :is(form,table,h3,.bar){display:none}}
@media(max-width:48rem){
  nav{position:static}
  section{scroll-margin-top:0}
  body{padding:0 .75rem 2rem}
  :is(.scroll,.group) thead{position:absolute;left:-99rem}
  :is(.scroll,.group) tr{display:block;border-top:1px solid var(--line);padding:.4rem 0}
  details.group tbody td{display:block;border:0;padding:.1rem .75rem;min-width:0}
  .group td[data-on]::before{content:attr(data-on) ": ";color:var(--grey)}
  .scroll td[data-unit]::after{content:" " attr(data-unit);color:var(--grey)}
  .scroll td{display:inline-block;border:0;padding:.05rem .4rem .05rem 0;text-align:left}
  .waterfall summary{grid-template-columns:1fr 4rem 4rem}
  .waterfall svg{grid-column:1/-1}
  input[type=search]{min-width:0;width:100%}
}
`;
