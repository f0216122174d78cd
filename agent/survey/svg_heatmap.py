"""The picture of all surveyed rooms: room by access point, how strong the signal is, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from agent.survey.csv_table import SignalEntry

_CELL_W, _CELL_H = 64, 30
_LEFT, _TOP = 150, 160
_MARGIN = 20
_LEANING_W = 90
"""How far the last column's heading leans out to the right."""

_WEAKEST_DBM, _STRONGEST_DBM = -90, -40
_PALE, _DARK = (237, 243, 250), (8, 64, 129)
_WHITE_TEXT_FROM = 0.7
"""From here on white reads better than black."""


def picture(title: str, legend: str, rooms: Sequence[str], heard: Sequence[SignalEntry]) -> str:
    """One row per room, one column per access point; the number is dBm, darker is stronger, empty is not heard."""
    bssids = sorted({one.bssid for one in heard})
    width = max(_LEFT + len(bssids) * _CELL_W + _LEANING_W, 560)
    height = _TOP + len(rooms) * _CELL_H + _MARGIN
    signals = {(one.room, one.bssid): one.signal_dbm for one in heard}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_MARGIN}" y="26" font-size="16" font-weight="bold">{escape(title)}</text>',
        f'<text x="{_MARGIN}" y="46" font-size="13" fill="#444444">{escape(legend)}</text>',
    ]
    parts += [_column(number, bssid) for number, bssid in enumerate(bssids)]
    for row, room in enumerate(rooms):
        y = _TOP + row * _CELL_H
        parts.append(f'<text x="{_LEFT - 10}" y="{y + 20}" font-size="13" text-anchor="end">{escape(room)}</text>')
        for column, bssid in enumerate(bssids):
            parts.append(_cell(_LEFT + column * _CELL_W, y, (room, bssid) in signals, signals.get((room, bssid))))
    return "\n".join([*parts, "</svg>", ""])


def _column(number: int, bssid: str) -> str:
    x, y = _LEFT + number * _CELL_W + _CELL_W // 2, _TOP - 8
    return f'<text transform="translate({x} {y}) rotate(-35)" font-size="11">{escape(bssid)}</text>'


def _cell(x: int, y: int, heard: bool, signal_dbm: int | None) -> str:
    frame = f'<rect x="{x}" y="{y}" width="{_CELL_W - 2}" height="{_CELL_H - 2}"'
    if not heard:
        return f'{frame} fill="none" stroke="#cccccc"/>'
    strength = _strength(signal_dbm)
    ink = "#ffffff" if strength >= _WHITE_TEXT_FROM else "#111111"
    said = "?" if signal_dbm is None else str(signal_dbm).replace("-", "\N{MINUS SIGN}")
    return (
        f'{frame} fill="{_colour(strength)}"/>'
        f'<text x="{x + _CELL_W // 2 - 1}" y="{y + 19}" font-size="13" text-anchor="middle" fill="{ink}">{said}</text>'
    )


def _strength(signal_dbm: int | None) -> float:
    """0 for the weakest and for what is not known, 1 for the strongest."""
    if signal_dbm is None:
        return 0.0
    return min(1.0, max(0.0, (signal_dbm - _WEAKEST_DBM) / (_STRONGEST_DBM - _WEAKEST_DBM)))


def _colour(strength: float) -> str:
    return "#" + "".join(
        f"{round(pale + strength * (dark - pale)):02x}" for pale, dark in zip(_PALE, _DARK, strict=True)
    )
