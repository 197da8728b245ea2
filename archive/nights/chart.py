"""A bar chart as inline SVG: no script, no network, readable in a mail attachment."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT, FOOT, HEAD = 620, 120, 16, 18


def bar_chart(title: str, bars: Sequence[tuple[str, float]], colour: str = "#2563a8") -> str:
    """``bars`` are (label, value ≥ 0); each bar tells both when pointed at, first and last label stand below."""
    most = max((value for _, value in bars), default=0)
    room = HEIGHT - FOOT - HEAD
    step = WIDTH / max(len(bars), 1)
    parts = [
        f'<svg role="img" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"><title>{escape(title)}</title>',
        f'<text x="0" y="12">{escape(title)}（最多 {most:g}）</text>',
        f'<line x1="0" y1="{HEIGHT - FOOT}" x2="{WIDTH}" y2="{HEIGHT - FOOT}" stroke="#999"/>',
    ]
    for number, (label, value) in enumerate(bars):
        tall = room * value / most if most else 0
        parts.append(
            f'<rect x="{number * step + 1:.1f}" y="{HEIGHT - FOOT - tall:.1f}" width="{max(step - 2, 1):.1f}"'
            f' height="{tall:.1f}" fill="{escape(colour)}"><title>{escape(label)}：{value:g}</title></rect>'
        )
    if bars:
        parts.append(f'<text x="0" y="{HEIGHT - 3}">{escape(bars[0][0])}</text>')
        parts.append(f'<text x="{WIDTH}" y="{HEIGHT - 3}" text-anchor="end">{escape(bars[-1][0])}</text>')
    return "".join([*parts, "</svg>"])
