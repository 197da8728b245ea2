"""What a sample portal holds in an edition: documents, their texts, and the rows of each column."""

from __future__ import annotations

from crawler.samples.model import Column, Document, PortalData, Row


class Holdings:
    """The contents of one portal; a family says how documents are addressed."""

    def __init__(self, data: PortalData) -> None:
        self.data = data

    def address(self, document: Document, column: Column) -> str:
        """The path (and query) of a document as the column links to it."""
        raise NotImplementedError

    def present(self, document: Document, edition: int) -> bool:
        """Whether the portal has this document in this edition."""
        if any(change.document == document.id and change.kind == "added" for change in self.data.changes):
            return self.data.change(document.id, "added", edition) is not None
        return self.data.change(document.id, "removed", edition) is None

    def body_text(self, document: Document, edition: int) -> str:
        """The marked-up text of a document as this edition has it."""
        change = self.data.change(document.id, "edited", edition)
        result = document.text
        for old, new in change.replace if change else ():
            result = result.replace(old, new, 1)
        return result

    def rows(self, column: Column, edition: int) -> list[Row]:
        """The rows of a column: pinned ones first, then the newest by the day the page names."""
        found = [
            Row(
                self.address(document, column),
                document.title,
                document.published_on,
                document,
                pinned=self.data.quirk("pinned", document=document.id, directory=None) is not None
                and document.directories[0] == column.key,
            )
            for document in self.data.documents
            if column.key in document.directories and self.present(document, edition)
        ]
        for quirk in self.data.quirks:
            if quirk.kind == "row" and quirk.directory == column.key:
                values = quirk.data
                found.append(
                    Row(values["href"], values["title"], values["published_on"], kind=values["row_kind"])
                )
        return sorted(found, key=lambda row: (row.pinned, row.published_on), reverse=True)

    def page_rows(self, column: Column, page: int, edition: int) -> tuple[list[Row], int]:
        """The rows of page ``page`` (from 1) and the number of pages, at least 1."""
        rows = self.rows(column, edition)
        pages = max(1, -(-len(rows) // column.page_size))
        start = (page - 1) * column.page_size
        return rows[start : start + column.page_size], pages

    def shown_title(self, row: Row, column: Column) -> str:
        """The title as the row prints it, cut where the column cuts."""
        quirk = self.data.quirk("short-titles", directory=column.key)
        if quirk is None or len(row.title) <= quirk.data["length"]:
            return row.title
        return row.title[: quirk.data["length"]] + "…"
