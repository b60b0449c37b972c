"""The look of our pages: one sheet, nothing remote, light and dark, from a phone upwards."""

from base64 import b64encode
from hashlib import sha256

STYLE = """
:root{color-scheme:light dark;--ink:#1c2024;--soft:#5b6570;--line:#d9dee3;--page:#f4f6f8;--card:#fff;
--go:#0b6b4f;--stop:#a32a1f;--mark:#e3f3ec;--warn:#7a5200}
@media (prefers-color-scheme:dark){:root{--ink:#e9edf0;--soft:#a2adb8;--line:#353d45;--page:#14181b;
--card:#1d2327;--go:#1f7f60;--stop:#e5766b;--mark:#17382d;--warn:#e2b04a}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,
Helvetica,Arial,sans-serif;overflow-wrap:break-word}
main{max-width:44rem;margin:0 auto;padding:1.25rem 1rem 3rem}
.from{color:var(--soft);font-size:.875rem;margin:0 0 .75rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}
h2{font-size:1rem;margin:0 0 .5rem}
section,details{background:var(--card);border:1px solid var(--line);border-radius:.75rem;
padding:1rem;margin:0 0 1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0}
dt{color:var(--soft)}dd{margin:0}
.subject{font-weight:600;padding-bottom:.75rem;margin-bottom:.75rem;border-bottom:1px solid var(--line)}
.words{white-space:pre-wrap}
mark{background:var(--mark);color:inherit;border-radius:.2rem}
sup{font-size:.7em;line-height:0;color:var(--soft);padding-left:.1rem}
ol,ul{margin:0;padding-left:1.25rem}li{margin:0 0 .5rem}li:last-child{margin:0}
.quiet{color:var(--soft);font-size:.875rem}
.error b,.trouble{color:var(--stop)}.warning b{color:var(--warn)}
summary{cursor:pointer;font-weight:600}details[open] summary{margin-bottom:.75rem}
label{display:block;font-weight:600;margin:0 0 .25rem}
input,textarea{width:100%;font:inherit;color:inherit;background:var(--page);border:1px solid var(--line);
border-radius:.5rem;padding:.6rem .7rem;margin:0 0 .75rem}
textarea{resize:vertical}
button{font:inherit;font-weight:600;border-radius:.5rem;padding:.7rem 1.25rem;border:1px solid var(--line);
background:var(--card);color:inherit;cursor:pointer;width:100%}
.go{background:var(--go);border-color:var(--go);color:#fff;margin-bottom:1rem}
.stop{color:var(--stop);border-color:var(--stop)}
:focus-visible{outline:3px solid var(--go);outline-offset:2px}
.cards{list-style:none;padding:0}
.cards li{border-top:1px solid var(--line);padding:.75rem 0 0;margin:0 0 1rem}
.cards .quiet{margin:.25rem 0 .5rem}
@media (min-width:40rem){main{padding-top:2.5rem}button{width:auto}section,details{padding:1.25rem 1.5rem}}
"""


def headers_for(style: str) -> dict[str, str]:
    """For every answer with that sheet: no script, nothing remote, in no cache, in no index, in no frame."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
    }


HEADERS = headers_for(STYLE)
"""Those of the recruiters' page."""
