"""A facet by year over a column of dates; choosing a year asks ``<column>__startswith``, which the API
knows."""

from __future__ import annotations

from typing import Any

from datasette.database import QueryInterrupted
from datasette.facets import Facet
from datasette.utils import escape_sqlite, path_with_added_args, path_with_removed_args


class YearFacet(Facet):  # type: ignore[misc]
    """``?_facet_year=published_on``, or ``{"year": "published_on"}`` among a table's facets."""

    type = "year"

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Results and the columns that took too long, as Datasette asks for them."""
        results, timed_out = [], []
        for entry in self.get_configs():
            column = entry["config"].get("column") or entry["config"]["simple"]
            try:
                results.append(await self._one(column, hideable=entry["source"] != "metadata"))
            except QueryInterrupted:
                timed_out.append(column)
        return results, timed_out

    async def _one(self, column: str, *, hideable: bool) -> dict[str, Any]:
        size = self.get_facet_size()
        name = escape_sqlite(column)
        found = await self.ds.execute(
            self.database,
            f"select substr({name}, 1, 4) as value, count(*) as count from ({self.sql}) "
            f"where {name} is not null group by 1 order by 1 desc limit {size + 1}",
            self.params,
            truncate=False,
            custom_time_limit=self.ds.setting("facet_time_limit_ms"),
        )
        return {
            "name": column,
            "type": self.type,
            "results": [self._value(column, row["value"], row["count"]) for row in found.rows[:size]],
            "hideable": hideable,
            "toggle_url": path_with_removed_args(self.request, {"_facet_year": column}),
            "truncated": len(found.rows) > size,
        }

    def _value(self, column: str, year: str, count: int) -> dict[str, Any]:
        asked = {f"{column}__startswith": str(year)}
        selected = (f"{column}__startswith", str(year)) in self.get_querystring_pairs()
        change = path_with_removed_args if selected else path_with_added_args
        return {
            "value": year,
            "label": year,
            "count": count,
            "toggle_url": self.ds.absolute_url(self.request, self.ds.urls.path(change(self.request, asked))),
            "selected": selected,
        }
