"""Each kind of file gives its text as a reader sees it, whatever it is called."""

from __future__ import annotations

import pytest

from pipelines.files import FileText, file_text
from pipelines.files.formats import shown

from .samples import docx, ofd, paragraph, pdf, pptx, table, xlsx, zipped

RTF = (
    rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 SimSun;}}{\*\generator x;}{\pict\bin4 }}}}}{\f0 \'d6\'d0\'b9\'fa\par"
    rb"\u20844?\u24320? abc\par \u-10179?\u-8704?\par \trowd A\cell B\cell\row}"
)
MHT = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"x\"\r\n\r\n--x\r\n"
    b"Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"<html><body><p>=D6=D0=B9=FA</p></body></html>\r\n--x--\r\n"
)  # fmt: skip


def text_of(body: bytes, **more: str) -> str:
    """The text of a file that has one."""
    found = file_text(body, **more)
    assert found.status == "ok" and found.finding is None, found
    return found.text


def test_docx() -> None:
    deleted = "<w:p><w:del><w:r><w:delText>删</w:delText></w:r></w:del><w:r><w:t>留</w:t><w:tab/><w:t>下</w:t></w:r></w:p>"
    copy = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice>'
        f"{paragraph('框')}</mc:Choice><mc:Fallback>{paragraph('框')}</mc:Fallback></mc:AlternateContent>"
    )
    rows = table([["编号", "金额"], ["001", "1,234.50"], ["—", "全角１"]])
    body = docx(paragraph("关于", "标题") + deleted + copy + rows + paragraph("尾"))
    assert text_of(body) == "关于标题\n留 下\n框\n编号 | 金额\n001 | 1,234.50\n— | 全角１\n尾"


def test_a_table_in_a_table_stays_in_its_cell() -> None:
    inner = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>内</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    body = docx(
        f"<w:tbl><w:tr><w:tc>{inner}{paragraph('外')}</w:tc><w:tc>{paragraph('旁')}</w:tc></w:tr></w:tbl>"
    )
    assert text_of(body) == "内 外 | 旁"


def test_xlsx_cells_are_as_shown() -> None:
    rows = (
        '<row><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>1234.5</v></c><c r="D1" s="3"><v>45292</v></c></row>'
        '<row><c r="A2" s="2"><v>1</v></c><c r="B2" t="inlineStr"><is><t>内联</t></is></c><c r="C2" t="b"><v>1</v></c></row>'
        '<row><c r="A3" t="str"><f>A1</f><v>算出来的</v></c><c r="B3"><v>0.1000000000000000055</v></c></row>'
    )
    body = xlsx(rows, strings=["编号 001"], formats=["#,##0.00", "000", "yyyy-mm-dd"])
    assert text_of(body) == "表1\n编号 001 | | 1,234.50 | 2024-01-01\n001 | 内联 | TRUE\n算出来的 | 0.1"


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        ("1234.5", "#,##0.00", "1,234.50"), ("1", "000", "001"), ("0.051", "0.0%", "5.1%"), ("-1234.5", "#,##0.00_);(#,##0.00)", "-1,234.50"),
        ("45292", 'yyyy"年"m"月"d"日";@', "2024年1月1日"), ("45292.75", "yyyy-mm-dd hh:mm", "2024-01-01 18:00"),
        ("0.5", "h:mm:ss", "12:00:00"), ("2.5", "0", "3"), ("12.30", "0.##", "12.3"), ("3", "￥0.00", "￥3.00"), ("5", "General", "5"),
        ("12345678901234567890", "0", "12345678901234567890"), ("1e400", "0", "1e400"), ("nan", "0", "nan"), ("x", "0", "x"),
        ("1234567", "#,##0,", "1,235"), ("7", "@", "7"), ("0.1000000000000000055", "", "0.1"), ("99999999", "yyyy", "99999999"),
    ],
)  # fmt: skip
def test_number_formats(value: str, code: str, expected: str) -> None:
    assert shown(value, code) == expected


def test_pptx_in_the_order_of_the_slides() -> None:
    assert text_of(pptx(["甲片", "乙片", "丙片"])) == "乙片\n\n甲片\n\n丙片"


def test_ofd_pages_in_order_and_pieces_of_a_line_joined() -> None:
    assert text_of(ofd([[(10, "第一行"), (10.5, "接着"), (20, "第二行")], [(10, "第二页")]])) == (
        "第一行接着\n第二行\n\n第二页"
    )


def test_pdf_lines_become_words_again() -> None:
    lines = [
        "关于公开的通知",
        "各单位：现将有关事项通知如下，请认真贯彻执行，不得有误，否则追究有",
        "关人员的责任。",
        "特此通知",
    ]
    text = text_of(pdf([lines, ["第 二 页 " * 8]]))
    assert text.split("\n") == ["关于公开的通知", lines[1] + lines[2], "特此通知", "", "第二页" * 8]


def test_rows_of_a_table_in_a_pdf_stay_apart() -> None:
    rows = ["张三丰的父亲 男 汉族 河南商丘", "李四光的母亲 女 汉族 河南开封", "王五常的兄长 男 汉族 河南洛阳"]
    assert text_of(pdf([rows])).split("\n") == rows


def test_a_scan_is_for_ocr() -> None:
    assert file_text(pdf([[], ["3"]])).status == "needs_ocr"
    assert file_text(ofd([[]], picture=True)).status == "needs_ocr"
    assert file_text(docx(paragraph(), {"word/media/image1.png": b"x"})).status == "needs_ocr"
    assert file_text(b"\x89PNG\r\n\x1a\n" + b"\0" * 100).status == "needs_ocr"
    assert file_text(pdf([["三十个字的一页文字也是文字，不必识别，读出来就是了，真的。"]])).status == "ok"
    assert (
        file_text(pdf([["Second drawing"]])).status == "ok"
    )  # few letters, but no picture that could hold others


def test_rtf() -> None:
    assert text_of(RTF) == "中国\n公开 abc\n😀\nA | B"


def test_texts_and_pages_in_any_encoding_under_any_name() -> None:
    assert text_of("中国 公开\r\n第二行".encode("gb18030"), name="名单.pdf") == "中国 公开\n第二行"
    assert text_of("\ufeff标题".encode("utf-16-le")) == "标题"
    rows = "<html><table><tr><td>001</td><td>1,234.50</td></tr><tr><td>甲</td><td>—</td></tr></table></html>"
    assert (
        text_of(rows.encode("gbk"), media_type="application/vnd.ms-excel", name="表.xls")
        == "001 | 1,234.50\n甲 | —"
    )
    assert text_of(MHT, name="文.doc") == "中国"


def test_archives_one_level_deep() -> None:
    inner = zipped({"x.txt": "最里面"})
    body = zipped(
        {"a.txt": "甲文", "b/名单.docx": docx(paragraph("名单里的人")), "c.zip": inner, "d.bin": b"\0\1" * 99}
    )
    found = file_text(body)
    assert found.text == "a.txt\n甲文\n\nb/名单.docx\n名单里的人\n\nc.zip\nd.bin"
    assert found.status == "ok" and found.finding is not None
    assert "c.zip: an archive in an archive" in found.finding and "d.bin: files of this kind" in found.finding
    assert file_text(zipped({"x.zip": inner})) == FileText(
        "", "unsupported", "x.zip: an archive in an archive"
    )


def test_names_in_archives_may_be_gbk() -> None:
    raw = "附件.txt".encode("gb18030")
    body = zipped({"a" * len(raw): "文"}).replace(b"a" * len(raw), raw)
    assert text_of(body) == "附件.txt\n文"


def test_what_is_not_read_says_so() -> None:
    assert file_text(b"Rar!\x1a\x07\0" + b"x" * 50) == FileText(
        "", "unsupported", "files of this kind are not read"
    )
    assert file_text(b"").status == "failed"
    assert file_text(docx("")).finding == "there is no text in it"
