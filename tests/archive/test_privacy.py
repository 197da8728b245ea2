"""archive.privacy: personal numbers masked, everything else untouched."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from archive.personal_numbers import _CHECK, _WEIGHTS, identity_number
from archive.privacy import mask_record, mask_text
from archive.record import Attachment, Finding, Heading, Record, Signoff, Table

MASKED = [
    ("电话：15939066606。", "电话：159****6606。"),
    ("+8613812345678", "+86138****5678"),
    ("0086-13812345678", "0086-138****5678"),
    ("008613812345678", "0086138****5678"),
    ("138 1234 5678、139-1234-5678", "138 **** 5678、139-****-5678"),
    ("138 1234 5678 139 1234 5678", "138 **** 5678 139 **** 5678"),
    ("86-138-1234-5678", "86-138-****-5678"),
    ("138&nbsp;1234&nbsp;5678", "138&nbsp;****&nbsp;5678"),
    ("手机１３８１２３４５６７８", "手机１３８****５６７８"),
    ("13812345678/13912345678", "138****5678/139****5678"),
    ("13812345678 13912345678", "138****5678 139****5678"),
    ("0370-13812345678", "0370-138****5678"),
    ("13812345678@163.com", "138****5678@163.com"),
    ("身份证号11010519491231002X", "身份证号110105************"),
    ("110105 19491231 002x", "110105 ******** ****"),
    ("１１０１０５１９４９１２３１００２Ｘ", "１１０１０５************"),
    ("110105491231002", "110105*********"),
    ("6222021234567890128", "622202*********0128"),
    ("6222 0212 3456 7890 128", "6222 02** **** ***0 128"),
    ("卡号4111111111111111，", "卡号411111******1111，"),
    ('<a href="/t/13812345678.htm" title="13812345678">13812345678</a>', '<a href="/t/13812345678.htm" title="138****5678">138****5678</a>'),
]  # fmt: skip

UNTOUCHED = [
    "",
    "0370-3289999",
    "12812345678",
    "138123456789",
    "A13812345678",
    "13812345678a",
    "http://x.gov.cn/13812345678/t13812345678.html?tel=13812345678",
    "见 www.x.gov.cn/13812345678 。",
    "13812345678.html",
    "P020210113812345678.doc",
    "投资15000000000元",
    "投资13812345678元",
    "13812345678.50",
    "0.13812345678",
    "150 2345 6789 1011",
    "11010519491231002Y",
    "110105194912310021",
    "110105194902310021",
    "统一社会信用代码：11411400005450087M",
    "统一社会信用代码 110105194912310021",
    "91411400MA9FKGBT8X",
    "005452487/2020-00001",
    "2020010120200131",
    "20240912101530123",
    "6222021234567890120",
    "411102490001002",
    "商政〔2020〕13号",
    "010-010-13812345",
    "159****6606",
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_personal_numbers_are_masked_in_shape(text, masked):
    assert mask_text(text) == masked
    assert mask_text(masked) == masked


@pytest.mark.parametrize("text", UNTOUCHED)
def test_other_numbers_are_not(text):
    assert mask_text(text) == text


def test_a_whole_record():
    phone, masked = "13812345678", "138****5678"
    record = Record(
        url=f"http://x.gov.cn/{phone}", title=f"关于{phone}", index_number=f"005452487/{phone}",
        index_number_raw=f"005452487 / {phone}", document_number=f"商政〔2020〕{phone}号", keywords=[phone],
        extra={"联系人": f"张 {phone}", f"电{phone}": "1"}, body_text=f"{phone}，索引号005452487/{phone}。",
        body_html=f"<p>{phone}</p>", outline=[Heading(1, phone)], tables=[Table(phone, [[phone, "12"]])],
        attachments=[Attachment(f"/{phone}.pdf", phone)], images=[f"/{phone}.png"], signoff=Signoff(phone=phone),
        report={"values": [{"raw": phone, "value": 12.0}]}, findings=[Finding("r", "info", phone)],
        extractor_version=phone,
    )  # fmt: skip
    raw = record.to_dict()
    shown = mask_record(raw)
    assert raw == record.to_dict()
    assert Record.from_dict(shown).to_dict() == shown
    for name in ("url", "index_number", "index_number_raw", "document_number", "images", "extractor_version"):
        assert shown[name] == raw[name]
    assert shown["title"] == f"关于{masked}"
    assert shown["keywords"] == [masked]
    assert shown["extra"] == {"联系人": f"张 {masked}", f"电{masked}": "1"}
    assert shown["body_text"] == f"{masked}，索引号005452487/{phone}。"
    assert shown["body_html"] == f"<p>{masked}</p>"
    assert shown["outline"] == [{"level": 1, "text": masked}]
    assert shown["tables"] == [{"caption": masked, "rows": [[masked, "12"]]}]
    assert shown["attachments"] == [{"url": f"/{phone}.pdf", "name": masked, "media_type": None}]
    assert shown["signoff"]["phone"] == masked
    assert shown["report"] == {"values": [{"raw": masked, "value": 12.0}]}
    assert shown["findings"][0]["message"] == masked


DIGITS = st.text("0123456789", min_size=9, max_size=9)
AROUND = st.text("，。：；（）中文电话 \n|", max_size=6)


@given(AROUND, st.sampled_from("3456789"), DIGITS, AROUND)
def test_every_mobile_number_is_masked(before, second, rest, after):
    number = f"1{second}{rest}"
    assume(not number.endswith("000000"))
    assert mask_text(f"{before}{number}{after}") == f"{before}{number[:3]}****{number[7:]}{after}"


@given(
    st.sampled_from(["110105", "411402", "650102"]),
    st.dates(date(1880, 1, 1), date(2099, 12, 31)),
    st.text("0123456789", min_size=3, max_size=3),
)
def test_every_id_number_is_masked(region, birthday, serial):
    first = f"{region}{birthday:%Y%m%d}{serial}"
    number = first + _CHECK[sum(w * int(d) for w, d in zip(_WEIGHTS, first, strict=True)) % 11]
    assert mask_text(f"身份证{number}。") == f"身份证{region}{'*' * 12}。"


CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@given(
    st.sampled_from(["11", "12", "51", "91"]),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(CODE, min_size=9, max_size=9),
)
def test_no_credit_code_is_touched(kind, region, organisation):
    first = f"{kind}{region}{organisation}"
    weights = [pow(3, place, 31) for place in range(17)]
    check = CODE[-sum(weight * CODE.index(char) for weight, char in zip(weights, first, strict=True)) % 31]
    code = first + check
    assert mask_text(f"统一社会信用代码：{code}") == f"统一社会信用代码：{code}"
    assume(not identity_number(code))
    assert mask_text(f"（{code}）") == f"（{code}）"


@given(st.text(st.sampled_from('0123456789０９ -/.XxA元中&nbsp;<>"'), max_size=120))
def test_any_text_keeps_its_length_and_all_but_digits(text):
    masked = mask_text(text)
    assert len(masked) == len(text)
    assert all(new in (old, "*") for old, new in zip(text, masked, strict=True))
    assert mask_text(masked) == masked


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "13812345678 ", "138-", "138 1234 5678 ", "http://", 'a="', "信用代码 "]
)
def test_time_grows_with_the_length_only(piece):
    start = time.perf_counter()
    mask_text(piece * 20_000)
    assert time.perf_counter() - start < 2
