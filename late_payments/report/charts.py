"""Charts as SVG, in one style: colours that the colour-blind can tell apart, and beside colour a shape or an order.

They are drawn as wide as a telephone; a page puts several side by side. Text is drawn by the reader's own browser.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert

# Okabe and Ito's, those that white paper leaves readable.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#555555")
# From pale to dark, for what has an order.
SHADES = ("#BFD9EA", "#F6C667", "#E69F00", "#D55E00", "#7A1F1F")
WIDTH, HEIGHT = 268, 170
FONT = "Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"

Rows = Sequence[Mapping[str, Any]]


def drawn(chart: Any, width: int = WIDTH) -> str:
    """A chart of Altair as SVG, without what only a program would read."""
    styled = (
        chart.properties(width=width, height=HEIGHT)
        .configure(aria=False, font=FONT, padding={"left": 4, "top": 4, "right": 34, "bottom": 4}, background="white")
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=11,
            titleFontSize=11,
            titleFontWeight="normal",
            labelColor="#333333",
            titleColor="#333333",
            gridColor="#E3E3E3",
            domainColor="#888888",
            tickColor="#888888",
            # Of a thousand million: G is the engineers', B is on every bank's statement.
            labelExpr="replace(datum.label, 'G', 'B')",
        )
        .configure_axisX(grid=False)
        .configure_axisY(titleAngle=0, titleAlign="left", titleAnchor="end", titleY=-8, titleX=-36)
        .configure_legend(
            orient="bottom",
            title=None,
            labelFontSize=11,
            labelColor="#333333",
            columns=2,
            symbolSize=70,
            labelLimit=150,
        )
    )
    return str(vl_convert.vegalite_to_svg(styled.to_dict(), allowed_base_urls=[]))


def long(rows: Rows, x: str, series: Mapping[str, str]) -> list[dict[str, Any]]:
    """A row per value of the series that has one; series: label by column."""
    return [
        {"x": row[x], "series": label, "order": place, "value": float(row[column])}
        for row in rows
        for place, (column, label) in enumerate(series.items())
        if row[column] is not None
    ]


def across(title: str = "") -> Any:
    """The axis of what comes in order, such as months in words."""
    return alt.X("x:N", sort=None, title=title or None, axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False))


def up(title: str, form: str, zero: bool = True) -> Any:
    """The axis of the values; form: as d3 writes numbers."""
    return alt.Y("value:Q", title=title, scale=alt.Scale(zero=zero), axis=alt.Axis(format=form, tickCount=5))


def colour(labels: Sequence[str], colours: Sequence[str] = COLOURS) -> Any:
    """A colour for each series, and a legend if there are several."""
    scale = alt.Scale(domain=list(labels), range=list(colours[: len(labels)]))
    return alt.Color("series:N", scale=scale, legend=alt.Legend() if len(labels) > 1 else None)


def lines(rows: Rows, x: str, series: Mapping[str, str], title: str, form: str, zero: bool = True) -> str:
    """A line per series over x, each with a shape of its own."""
    labels = list(series.values())
    base = alt.Chart({"values": long(rows, x, series)}).encode(across(), up(title, form, zero), colour(labels))
    shapes = alt.Scale(domain=labels, range=["circle", "square", "triangle-up", "diamond"][: len(labels)])
    shape = alt.Shape("series:N", scale=shapes, legend=alt.Legend() if len(labels) > 1 else None)
    return drawn(base.mark_line(strokeWidth=2) + base.mark_point(filled=True, size=45, opacity=1).encode(shape))


def bars(rows: Rows, x: str, series: Mapping[str, str], title: str, form: str, colours: Sequence[str] = SHADES) -> str:
    """A bar for each x, of all series upon one another."""
    labels = list(series.values())
    values = long(rows, x, series)
    chart = alt.Chart({"values": values}).mark_bar(stroke="white", strokeWidth=0.5)
    return drawn(chart.encode(across(), up(title, form), colour(labels, colours), alt.Order("order:Q")))


def ranked(rows: Rows, y: str, column: str, title: str, form: str) -> str:
    """A bar to the right for each y, with its value at its end."""
    values = [{"y": row[y], "value": float(row[column])} for row in rows]
    base = alt.Chart({"values": values}).encode(
        alt.X("value:Q", title=title, axis=alt.Axis(format=form, tickCount=4)),
        alt.Y("y:N", sort=None, title=None, axis=alt.Axis(ticks=False)),
    )
    words = base.transform_calculate(words=f"replace(format(datum.value, '{form}'), 'G', 'B')")
    text = words.mark_text(align="left", dx=4, fontSize=11, color="#333333").encode(alt.Text("words:N"))
    # Beside the names and the values.
    return drawn(base.mark_bar(color=COLOURS[0]) + text, WIDTH - 60)


def grouped(rows: Rows, x: str, series: Mapping[str, str], title: str, form: str) -> str:
    """A bar of each series beside the others, for each x."""
    labels = list(series.values())
    beside = alt.XOffset("series:N", sort=labels)
    chart = alt.Chart({"values": long(rows, x, series)}).mark_bar()
    return drawn(chart.encode(across(), up(title, form), colour(labels), beside))


def band(rows: Rows, x: str, title: str, form: str) -> str:
    """The middle of something over x, in the band of its quartiles."""
    values = [
        {"x": row[x], "value": row["middle"], "low": row["lower_quartile"], "high": row["upper_quartile"]}
        for row in rows
    ]
    base = alt.Chart({"values": values}).encode(across())
    shade = base.mark_area(color=COLOURS[0], opacity=0.25).encode(
        alt.Y("low:Q", title=title, scale=alt.Scale(zero=False), axis=alt.Axis(format=form, tickCount=5)),
        alt.Y2("high:Q"),
    )
    middle = base.mark_line(color=COLOURS[0], strokeWidth=2, point={"color": COLOURS[0]}).encode(up(title, form, False))
    return drawn(shade + middle)
