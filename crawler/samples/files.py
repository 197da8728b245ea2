"""Small, valid files of the kinds that portals attach: PDF, DOCX, XLSX, and RTF under the name .doc."""

from __future__ import annotations

import io
import zipfile
import zlib
from html import escape

from crawler.samples.wire import Response

_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "doc": "application/msword",
}
_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>{}</Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"'
    ' Target="{}"/>'
    "</Relationships>"
)
_MAIN = "application/vnd.openxmlformats-officedocument."


def make_file(name: str, title: str, lines: list[str]) -> Response:
    """A file of the kind that its name ends in, holding title and lines; ``KeyError`` for another kind."""
    ending = name.rpartition(".")[2].lower()
    body = {"pdf": pdf, "docx": docx, "xlsx": xlsx, "doc": rtf}[ending]([title, *lines])
    return Response(body, 200, (("Content-Type", _TYPES[ending]),))


def pdf(lines: list[str]) -> bytes:
    """A one-page PDF whose Chinese text can be extracted (STSong-Light with a ToUnicode map)."""
    shown = [line[start : start + 34] for line in lines for start in range(0, len(line), 34)][:38]
    text = "\n".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -18 Td" for line in shown)
    stream = zlib.compress(f"BT /F1 12 Tf 72 760 Td\n{text}\nET".encode())
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def "
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange "
        b"1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
        b"/DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 8 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(cmap), cmap),
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /ItalicAngle 0 /Ascent 880 /Descent -120 "
        b"/CapHeight 880 /StemV 93 /FontBBox [-25 -254 1000 880] >>",
    ]
    return _assemble_pdf(objects)


def _assemble_pdf(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _package(parts: dict[str, str]) -> bytes:
    """A zip with a fixed time stamp, so that the same document is the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return buffer.getvalue()


def docx(lines: list[str]) -> bytes:
    """A Word document of plain paragraphs."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    override = (
        f'<Override PartName="/word/document.xml" ContentType="{_MAIN}wordprocessingml.document.main+xml"/>'
    )
    return _package(
        {
            "[Content_Types].xml": _CONTENT_TYPES.format(override),
            "_rels/.rels": _RELATIONS.format("officeDocument", "word/document.xml"),
            "word/document.xml": f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>',
        }
    )


def xlsx(lines: list[str]) -> bytes:
    """A workbook with one line a row."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{escape(line)}</t></is></c></row>'
        for number, line in enumerate(lines, 1)
    )
    overrides = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_MAIN}spreadsheetml.{kind}+xml"/>'
        for part, kind in (("workbook", "sheet.main"), ("sheet1", "worksheet"))
    )
    return _package(
        {
            "[Content_Types].xml": _CONTENT_TYPES.format(overrides),
            "_rels/.rels": _RELATIONS.format("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{relation}"><sheets>'
            '<sheet name="公开表" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _RELATIONS.format("worksheet", "sheet1.xml"),
            "xl/sheet1.xml": f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>',
        }
    )


def rtf(lines: list[str]) -> bytes:
    """Rich text with GBK escapes, which Word and old portals call .doc."""
    escaped = [
        "".join(f"\\'{byte:02x}" if byte > 127 else chr(byte) for byte in line.encode("gb18030"))
        for line in lines
    ]
    return ("{\\rtf1\\ansi\\ansicpg936\\deff0 " + "\\par ".join(escaped) + "}").encode("ascii")
