/**
 * The page's style and its one script: no file, no font, no image is loaded. Light or dark by the reader's
 * own setting; one column on a telephone, two of charts on a wide screen; prints in light.
 */
import { colourVariables } from '../charts/theme.ts';

export const STYLE = `
:root{color-scheme:light dark;${colourVariables('light')}}
@media (prefers-color-scheme:dark){:root{${colourVariables('dark')}}}
*{box-sizing:border-box}
body{margin:0;background:var(--wt-ground);color:var(--wt-ink);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,
"DejaVu Sans",sans-serif;-webkit-text-size-adjust:100%}
main,header,footer{max-width:1380px;margin:0 auto;padding:0 24px}
header{padding-top:28px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px}
h2{font-size:19px;margin:40px 0 10px}
h3{font-size:15px;margin:22px 0 6px}
p{margin:6px 0;max-width:90ch}
.sub{color:var(--wt-muted);margin:0 0 16px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:10px 24px;margin:0;
padding:14px 16px;
background:var(--wt-panel);border-radius:8px}
.facts div{min-width:0}
dt{color:var(--wt-muted);font-size:12.5px}
dd{margin:0;overflow-wrap:anywhere}
.verdict{font-size:18px;line-height:1.45;font-weight:600;border-left:4px solid var(--wt-accent);
padding:4px 0 4px 14px;margin:22px 0 10px}
.findings{padding-left:22px;margin:6px 0;max-width:100ch}
.findings li{margin:3px 0}
.scroll{overflow-x:auto;border:1px solid var(--wt-grid);border-radius:8px;max-width:100%}
.scroll:focus-visible,summary:focus-visible{outline:2px solid var(--wt-accent);outline-offset:2px}
table{border-collapse:collapse;font-size:13.5px;font-variant-numeric:tabular-nums;width:100%}
caption{text-align:left;padding:10px 10px 4px;font-weight:600}
.scroll+.scroll{margin-top:16px}
th,td{padding:6px 10px;text-align:right;vertical-align:top;border-top:1px solid var(--wt-grid);
white-space:nowrap}
thead th{border-top:0;color:var(--wt-muted);font-weight:500;font-size:12.5px;vertical-align:bottom;
line-height:1.3}
thead tr.units td{padding-top:0;border-top:0;color:var(--wt-muted);font-size:12.5px}
th.name,td.text,th.text,td.word,th.word{text-align:left}
td.text{white-space:normal;min-width:190px;max-width:320px}
td.source{overflow-wrap:anywhere;min-width:0;max-width:none}
table.params{width:auto}
tbody th.long{white-space:normal;overflow-wrap:anywhere;min-width:120px;max-width:380px;font-weight:500}
.scroll:has(>table.params){width:fit-content}
tbody th.name{font-weight:600;position:sticky;left:0;background:var(--wt-ground);z-index:1}
tr.family th{text-align:left;color:var(--wt-muted);font-weight:600;font-size:12.5px;padding-top:14px;
position:sticky;left:0}
tr.base th.name,tr.base td{background:var(--wt-panel)}
td small{display:block;color:var(--wt-muted);font-size:11px;line-height:1.3}
td.none{color:var(--wt-muted)}
td.worse{color:var(--wt-warn)}td.better{color:var(--wt-good)}
tr.absent td{text-align:left;white-space:normal;color:var(--wt-muted)}
.note{color:var(--wt-muted);font-size:13px}
ol.notes{color:var(--wt-muted);font-size:13px;padding-left:22px;margin:8px 0}
.charts+.charts{margin-top:28px}
th.name code{white-space:nowrap}
.charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:28px 32px;align-items:start}
figure{margin:0;min-width:0}
figure svg{max-width:100%;height:auto;display:block}
figure svg.narrow{display:none}
details{border:1px solid var(--wt-grid);border-radius:8px;margin:8px 0;padding:0 14px}
summary{cursor:pointer;padding:10px 0;font-weight:600}
summary span{font-weight:400;color:var(--wt-muted)}
details[open]{padding-bottom:14px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:8px 32px;
align-items:start}
.bar{display:flex;height:10px;border-radius:5px;overflow:hidden;background:var(--wt-grid);max-width:420px;
margin:6px 0}
.bar i{display:block;height:100%}
.bar .measured{background:var(--wt-b2)}.bar .published{background:var(--wt-b0)}.bar .assumed{
background:var(--wt-b1)}
.glossary{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:12px 32px;
margin:0}
.glossary dt{color:var(--wt-ink);font-weight:600;font-size:14px}
.glossary dd{font-size:13.5px;color:var(--wt-muted)}
code{font:12.5px/1.5 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
footer{padding-top:24px;padding-bottom:40px;color:var(--wt-muted);font-size:13px}
#tip{position:fixed;z-index:9;pointer-events:none;background:var(--wt-ink);color:var(--wt-ground);
padding:4px 8px;border-radius:5px;
font-size:12.5px;max-width:300px;visibility:hidden}
@media (max-width:1060px){.charts{grid-template-columns:minmax(0,1fr)}}
@media (max-width:640px){main,header,footer{padding-left:16px;padding-right:16px}h1{font-size:22px}
.verdict{font-size:16px}
figure svg.wide{display:none}figure svg.narrow{display:block}th,td{padding:6px 8px}
tbody th.name{min-width:96px;max-width:128px;white-space:normal;overflow-wrap:break-word}
.facts{grid-template-columns:repeat(auto-fit,minmax(130px,1fr))}}
@media print{details{break-inside:avoid}:root{${colourVariables('light')}}}
`.trim();

/** Shows a mark's own description beside the pointer. */
export const SCRIPT = `
(function(){var tip=document.getElementById('tip');
document.addEventListener('pointermove',function(event){
var mark=event.target.closest&&event.target.closest('.role-mark [aria-label]');
if(!mark){tip.style.visibility='hidden';return}
tip.textContent=mark.getAttribute('aria-label');tip.style.visibility='visible';
var x=Math.min(event.clientX+14,innerWidth-tip.offsetWidth-8),y=event.clientY+18;
if(y+tip.offsetHeight>innerHeight)y=event.clientY-tip.offsetHeight-10;
tip.style.left=Math.max(4,x)+'px';tip.style.top=y+'px'});
document.addEventListener('pointerleave',function(){tip.style.visibility='hidden'})})();
`.trim();
