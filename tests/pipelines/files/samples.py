"""Small files of every kind, made here: what office programs write, and what attackers do."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these entries."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def docx(inside: str, more: Mapping[str, str | bytes] | None = None) -> bytes:
    """A Word document; ``inside``: of its body."""
    return zipped(
        {
            "[Content_Types].xml": DECLARATION + "<Types/>",
            "word/document.xml": f"{DECLARATION}<w:document {W}><w:body>{inside}</w:body></w:document>",
            **(more or {}),
        }
    )


def paragraph(*runs: str) -> str:
    """A paragraph of Word's."""
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def table(rows: Sequence[Sequence[str]]) -> str:
    """A table of Word's."""
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def relations(targets: Mapping[str, str]) -> str:
    """A part's relations, id → target."""
    inside = "".join(f'<Relationship Id="{key}" Target="{target}"/>' for key, target in targets.items())
    return f'{DECLARATION}<Relationships xmlns="{RELATIONS}">{inside}</Relationships>'


def xlsx(rows: str, *, strings: Sequence[str] = (), formats: Sequence[str] = (), name: str = "表1") -> bytes:
    """A workbook of one sheet; ``formats``: style 1, 2 … are these number formats."""
    numbered = "".join(
        f'<numFmt numFmtId="{170 + n}" formatCode="{code}"/>' for n, code in enumerate(formats)
    )
    styles = "".join(f'<xf numFmtId="{170 + n}"/>' for n in range(len(formats)))
    shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
    return zipped({
        "[Content_Types].xml": DECLARATION + "<Types/>",
        "xl/workbook.xml": f'{DECLARATION}<workbook {S} {R}><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations({"rId1": "worksheets/sheet1.xml"}),
        "xl/worksheets/sheet1.xml": f"{DECLARATION}<worksheet {S}><sheetData>{rows}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"{DECLARATION}<sst {S}>{shared}</sst>",
        "xl/styles.xml": f'{DECLARATION}<styleSheet {S}><numFmts>{numbered}</numFmts><cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
    })  # fmt: skip


def pptx(slides: Sequence[str]) -> bytes:
    """A presentation whose second slide is shown first."""
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    p = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    order = [2, 1, *range(3, len(slides) + 1)]
    listed = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in order)
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": DECLARATION + "<Types/>",
        "ppt/presentation.xml": f"{DECLARATION}<p:presentation {p} {R}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations({f"rId{n}": f"slides/slide{n}.xml" for n in order}),
    }
    for number, text in enumerate(slides, 1):
        parts[f"ppt/slides/slide{number}.xml"] = (
            f"{DECLARATION}<p:sld {p} {a}><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>"
        )
    return zipped(parts)


def ofd(pages: Sequence[Sequence[tuple[float, str]]], *, picture: bool = False) -> bytes:
    """An OFD; each page is pieces of text with how far from the top they stand."""
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    parts: dict[str, str | bytes] = {
        "OFD.xml": f"{DECLARATION}<ofd:OFD {OFD}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"{DECLARATION}<ofd:Document {OFD}><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for number, pieces in enumerate(pages):
        inside = "".join(
            f'<ofd:TextObject ID="{n}" Boundary="10 {top} 100 5"><ofd:TextCode X="0" Y="4">{words}</ofd:TextCode></ofd:TextObject>'
            for n, (top, words) in enumerate(pieces)
        ) + ('<ofd:ImageObject ID="99" Boundary="0 0 100 100"/>' if picture else "")
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f"{DECLARATION}<ofd:Page {OFD}><ofd:Content><ofd:Layer>{inside}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return zipped(parts)


def pdf(pages: Sequence[Sequence[str]], *, extra: str = "") -> bytes:
    """A PDF with these lines, Chinese in the predefined font that needs no table; no pages' lines: a scan's."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{4 + 2 * n} 0 R' for n in range(len(pages)))}] >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [<< /Type /Font"
        " /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1)"
        " /Supplement 2 >> /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light >> >>] >>",
    ]
    for number, lines in enumerate(pages):
        drawn = "".join(
            f"BT /F1 12 Tf 50 {750 - 20 * n} Td <{line.encode('utf-16-be').hex()}> Tj ET\n" for n, line in enumerate(lines)
        )  # fmt: skip
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {5 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        packed = zlib.compress(drawn.encode())
        objects.append(
            f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n{packed.decode('latin-1')}\nendstream"
        )
    return assembled(objects, extra)


def assembled(objects: Sequence[str], extra: str = "") -> bytes:
    """A PDF of these objects, the first its catalogue."""
    out, places = bytearray(b"%PDF-1.5\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for place in places:
        out += f"{place:010d} 00000 n \n".encode()
    out += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {extra} >>\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return bytes(out)
