"""Templates: what a centre may change, what is refused in words, and what an association must not say."""

from __future__ import annotations

import io
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.documents.certificate import certificate_pdf
from core.documents.template import (
    Issuer,
    Template,
    Text,
    default_template,
    lint,
    read_template,
    with_seal,
    write_template,
)
from core.errors import Refused
from tests.documents.papers import PAGE, template, texts

BOTH = pytest.mark.parametrize("own", [template("landscape"), template("portrait")], ids=["landscape", "portrait"])


def changed(own: Template, table: str, **values: object) -> Template:
    """The template with one of its tables changed."""
    return msgspec.structs.replace(own, **{table: msgspec.structs.replace(getattr(own, table), **values)})


def with_text(own: Template, text: Text) -> Template:
    """The template with one more text, or another one of that id."""
    return msgspec.structs.replace(own, texts=(*(each for each in own.texts if each.id != text.id), text))


@BOTH
def test_a_template_is_read_back_as_it_was_written(own: Template) -> None:
    assert read_template(write_template(own)) == own


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="{}"), min_size=1, max_size=40),
    st.floats(20, 100),
    st.booleans(),
)
def test_whatever_a_person_writes_into_a_template_comes_back(words: str, x: float, visible: bool) -> None:
    text = Text(id="own", text=words, x=x, y=30.25, width=12.5, size=4, visible=visible)
    own = changed(with_text(template(), text), "issuer", name=words)
    assert read_template(write_template(own)) == own


def test_a_changed_text_stands_on_the_certificate_and_a_hidden_one_does_not() -> None:
    own = with_text(template(), Text(id="motto", text="学以致用 {centre}", x=100, y=40, width=90))
    assert f"学以致用 {PAGE.centre}" in texts(certificate_pdf(PAGE, own))[0]
    hidden = with_text(own, Text(id="motto", text="学以致用 {centre}", x=100, y=40, width=90, visible=False))
    assert "学以致用" not in texts(certificate_pdf(PAGE, hidden))[0]


@BOTH
def test_a_long_occupation_is_made_smaller_and_broken_before_it_is_refused(own: Template) -> None:
    long = "乡村直播电商数字化运营与供应链协同管理师兼农产品品牌推广和短视频内容策划制作指导专业技术"
    for count in (22, 30, len(long)):
        page = replace(PAGE, occupation=long[:count], standard_title=f"{long[:count]}职业能力水平评价规范")
        said = "".join(texts(certificate_pdf(page, own))[0].split())
        assert said.count(long[:count]) >= 2, "in its own line or lines, and in the statement"
    with pytest.raises(Refused, match=r"template\.sheet"):
        certificate_pdf(replace(PAGE, occupation=long * 3), own)


def test_scores_are_printed_where_a_template_shows_them() -> None:
    own = with_text(template(), Text(id="scores", text="成绩 {scores}", x=100, y=145, width=120))
    said = texts(certificate_pdf(replace(PAGE, scores=(("职业知识", "86.00"), ("职业技能", "88.50"))), own))[0]
    assert "职业知识 86.00" in said and "职业技能 88.50" in said


@pytest.mark.parametrize(
    ("table", "values", "refused"),
    [
        ("code", {"side": 29.9}, "template.small_code"),
        ("code", {"x": 20.0}, "template.code_at_edge"),
        ("code", {"y": 172.0}, "template.code_at_edge"),
        ("code", {"x": 80.0}, "template.near_code"),
        ("photo", {"y": 100.0}, "template.near_code"),
        ("seal", {"x": 75.0}, "template.near_code"),
        ("marks", {"x": 60.0, "y": 150.0}, "template.near_code"),
        ("photo", {"x": 280.0}, "template.off_paper"),
        ("seal", {"y": 200.0}, "template.off_paper"),
        ("seal", {"image": "bm9uc2Vuc2U="}, "template.bad_seal"),
        ("seal", {"image": "§"}, "template.bad_seal"),
        ("paper", {"width": 148.0}, "template.off_paper"),
    ],
)
def test_a_place_that_spoils_the_certificate_is_refused(table: str, values: dict[str, object], refused: str) -> None:
    with pytest.raises(Refused) as refusal:
        write_template(changed(template(), table, **values))
    assert refusal.value.code == refused
    assert "{" not in refusal.value.sentence


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (Text(id="own", text="{nickname}", x=100, y=40, width=50), "template.placeholder"),
        (Text(id="own", text="{name.__class__}", x=100, y=40, width=50), "template.placeholder"),
        (Text(id="own", text="100%}", x=100, y=40, width=50), "template.placeholder"),
        (Text(id="own", text="一\n二", x=100, y=40, width=50), "template.control"),
        (Text(id="own", text="一\u202e二", x=100, y=40, width=50), "template.control"),
        (Text(id="own", text="一", x=40, y=150, width=50), "template.near_code"),
        (Text(id="own", text="一", x=280, y=40, width=50), "template.off_paper"),
        (Text(id="name", text="无名", x=100, y=80, width=50), "template.lacking"),
        (Text(id="name", text="{name}", x=100, y=80, width=50, visible=False), "template.lacking"),
    ],
)
def test_a_text_that_cannot_be_printed_is_refused(text: Text, refused: str) -> None:
    with pytest.raises(Refused) as refusal:
        write_template(with_text(template(), text))
    assert refusal.value.code == refused


def test_two_texts_of_one_name_are_refused() -> None:
    own = template()
    with pytest.raises(Refused, match=r"template\.twice"):
        write_template(msgspec.structs.replace(own, texts=(*own.texts, own.texts[0])))


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"\xff\xfe",
        b"schema = 1",
        b"schema = 2\n",
        b"= = =",
        b"[" * 100_000,
        b"x = " + b"[" * 5_000,
        write_template(default_template()).replace(b"side = 34", b'side = "32"'),
        write_template(default_template()).replace(b"side = 34", b"side = nan"),
        write_template(default_template()).replace(b"side = 34", b"side = 1e300"),
        write_template(default_template()).replace(b"[photo]", b"[photo]\nsurprise = 1"),
        write_template(default_template()).replace(b"#9C3B2E", b"red"),
        write_template(default_template()).replace(b"width = 297", b"width = 9_000_000"),
        b"#" * (2 * 1024 * 1024 + 1),
    ],
)
def test_a_file_that_is_no_template_is_refused_in_words(file: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        read_template(file)
    assert refusal.value.code in {"template.bad_file", "template.big_file"}
    assert refusal.value.code not in refusal.value.sentence


@BOTH
def test_the_supplied_templates_say_nothing_that_an_association_must_not_say(own: Template) -> None:
    assert lint(own, ["直播电商职业技能等级标准", "International live commerce"]) == []


@pytest.mark.parametrize(
    "words",
    [
        "国家级证书",
        "国 家 认 可",
        "国·家·认·可",
        "國家職業資格",
        "囯家",
        "职业资格证书",
        "職業資格",
        "印有国徽",
        "中华人民共和国",
        "National certificate",
        "N A T I O N A L",
        "ＮＡＴＩＯＮＡＬ",
        "Vocational Qualifications",
        "Ministry of Labour",
    ],
)
def test_words_of_the_state_are_found_however_they_are_written(words: str) -> None:
    spoilt = with_text(template(), Text(id="own", text=words, x=100, y=40, width=100))
    (found,) = lint(spoilt)
    assert (found.code, found.field, found.blocks) == ("template.forbidden_words", "own", True)
    assert found.sentence != found.code
    with pytest.raises(Refused, match=r"template\.forbidden_words"):
        certificate_pdf(PAGE, spoilt)
    assert [each.field for each in lint(changed(template(), "issuer", name=words))] == ["issuer"]
    assert [each.field for each in lint(template(), [words])] == ["names"]


def test_a_seals_picture_is_left_to_a_persons_eyes_and_a_missing_issuer_is_said() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (3_000, 3_000), (200, 0, 0, 90)).save(out, "PNG")
    sealed = with_seal(template(), out.getvalue())
    (found,) = lint(sealed)
    assert (found.code, found.field, found.blocks) == ("template.look_at_seal", "seal", False)
    assert read_template(write_template(sealed)) == sealed
    (missing,) = lint(msgspec.structs.replace(template(), issuer=Issuer()))
    assert (missing.code, missing.blocks) == ("template.no_issuer", False)


def test_a_seals_picture_keeps_its_shape() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (400, 200), (200, 0, 0, 255)).save(out, "PNG")
    kept = with_seal(template(), out.getvalue()).seal.picture()
    assert kept is not None
    image = Image.open(io.BytesIO(kept))
    assert (image.size, image.getchannel("A").getbbox()) == ((400, 400), (0, 100, 400, 300))


@pytest.mark.parametrize("file", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_seal_that_is_no_picture_is_refused(file: bytes) -> None:
    with pytest.raises(Refused, match=r"documents\.bad_picture"):
        with_seal(template(), file)


def test_a_seal_too_detailed_to_keep_is_refused() -> None:
    import random

    noise = Image.frombytes("RGBA", (700, 700), random.Random(1).randbytes(700 * 700 * 4))
    out = io.BytesIO()
    noise.save(out, "PNG")
    with pytest.raises(Refused, match=r"template\.big_seal"):
        with_seal(template(), out.getvalue())


def test_any_sheet_size_prints() -> None:
    small = changed(template("portrait"), "paper", width=216.0, height=330.0)
    assert certificate_pdf(PAGE, read_template(write_template(small)))[:5] == b"%PDF-"


def test_words_of_the_state_in_the_issuers_name_are_told_by_what_people_call_it() -> None:
    own = msgspec.structs.replace(template(), issuer=Issuer(name="国家中心", name_en="Centre"))
    (found,) = lint(own)
    assert found.field == "issuer" and "颁发机构" in found.sentence and "issuer" not in found.sentence
    with pytest.raises(Refused) as refused:
        certificate_pdf(PAGE, own)
    assert refused.value.sentence == found.sentence
