"""Pages in place of a document: challenges of the usual shields, and a server error (platforms.md §27).

They carry no working script: what a browser would compute is left out on purpose, for a crawler reports them.
"""

from __future__ import annotations

from crawler.samples.wire import Response

_JSL = (
    "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')+('c')+('l')+('e')+('a')+('r')+('a')+('n')+('c')"
    "+('e')+('_')+('s')+('=')+('{serial}.601|-1|sample')+(';max-age=3600;path=/');"
    "location.href=location.pathname+location.search</script>"
)
_RS = (
    '<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
    '<meta content="sample{serial}" id="9DhefwqGPrzGxEp9hPaoag" r="m">'
    '<script type="text/javascript" r="m">$_ts=window["$_ts"];if(!$_ts)$_ts={{}};$_ts.nsd={serial};$_ts.cd="";'
    "</script>"
    '<script type="text/javascript" charset="iso-8859-1" src="/4QbVtADbnLVIc/d.FxJzG50F.js" r="m"></script>'
    "</head><body></body></html>"
)
_ERROR = (
    "<html><head><title>运行时错误</title></head><body><h1>“/”应用程序中的服务器错误。</h1>"
    "<h2><i>未将对象引用设置到对象的实例。</i></h2><p>流水号 {serial}</p></body></html>"
)


def challenge(kind: str, serial: int) -> Response:
    """The page of a quirk: ``challenge-jsl`` (521), ``challenge-rs`` (412) or ``error-500``."""
    html = ("Content-Type", "text/html; charset=utf-8")
    if kind == "challenge-jsl":
        cookie = ("Set-Cookie", f"__jsluid_s={serial:032x}; max-age=31536000; path=/; HttpOnly")
        return Response(_JSL.format(serial=serial).encode(), 521, (html, cookie))
    if kind == "challenge-rs":
        cookie = ("Set-Cookie", f"NfBCSins2Oyw{serial}=sample; path=/; HttpOnly")
        return Response(_RS.format(serial=serial).encode(), 412, (html, cookie))
    return Response(_ERROR.format(serial=serial).encode(), 500, (html,))
