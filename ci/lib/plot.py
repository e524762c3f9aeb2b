# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""Lines in a picture (SVG)."""

import html

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 800, 420, 64, 230, 44, 54
COLOURS = ("#888888", "#c0392b", "#d68910", "#1e8449", "#2471a3", "#7d3c98")


def _text(x, y, text, more=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" {more}>{html.escape(text)}</text>'


def lines(title, across, up, series, x_step, y_step):
    """ACROSS and UP name the axes; SERIES: {name: [(x, y)]}. The steps are those of the lines behind."""
    xs = [x for points in series.values() for x, _ in points]
    ys = [y for points in series.values() for _, y in points]
    most_x = max(xs)
    least_y = int(min(ys) // y_step) * y_step
    most_y = int(-(-max(ys) // y_step)) * y_step

    def place(x, y):
        return (LEFT + x * (WIDTH - LEFT - RIGHT) / most_x,
                HEIGHT - BOTTOM - (y - least_y) * (HEIGHT - TOP - BOTTOM) / (most_y - least_y))

    out = ["<!-- SPDX-License-Identifier: GPL-2.0-only -->", "<!-- Copyright (c) 2026 The Cellblock developers -->",
           f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
           'font-size="13">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
           _text(LEFT, 22, title, 'font-size="15"')]
    for y in range(least_y, most_y + 1, y_step):
        (x1, y1), (x2, _) = place(0, y), place(most_x, y)
        out += [f'<path d="M{x1:.0f} {y1:.0f}H{x2:.0f}" stroke="#dddddd"/>',
                _text(x1 - 8, y1 + 4, str(y), 'text-anchor="end"')]
    for x in range(0, most_x + 1, x_step):
        out.append(_text(place(x, least_y)[0], HEIGHT - BOTTOM + 20, str(x), 'text-anchor="middle"'))
    out += [_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, across, 'text-anchor="middle"'),
            _text(LEFT, TOP - 6, up, 'text-anchor="end" dx="30"')]
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
        at = TOP + 10 + 22 * number
        out += [f'<polyline fill="none" stroke="{colour}" stroke-width="2"', f'points="{path}"/>',
                f'<path d="M{WIDTH - RIGHT + 14} {at - 4}h22" stroke="{colour}" stroke-width="2"/>',
                _text(WIDTH - RIGHT + 42, at, name)]
    return "\n".join(out + ["</svg>", ""])
