"""Documents whose truth is known: instruments with their republications, and texts that only look like one another.

``truth`` names the instrument; what has another one must never stand in one group. Everything is drawn from a seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

PLACES = ["青溪", "柳湾", "云台", "石桥", "临河", "东屿", "望江", "松岭", "白沙", "桐城里", "丰泽", "鹿鸣"]
SUBJECTS = [
    "河道管理", "餐饮油烟治理", "校外托管机构", "共享单车停放", "老旧小区改造", "农村公厕管护", "古树名木保护", "电梯安全",
    "小额工程招标", "政务热线办理", "农机购置补贴", "社区食堂", "历史建筑修缮", "噪声污染防治", "集体资产出租", "网约车管理",
]  # fmt: skip
BODIES = [
    "各街道办事处", "区有关部门", "项目建设单位", "物业服务企业", "镇级人民政府", "行业主管部门", "运营单位", "村民委员会",
]  # fmt: skip
DUTIES = [
    "应当建立台账并按季度更新", "负责日常巡查和信息报送", "不得擅自改变用途", "应当自受理之日起{n}个工作日内作出决定",
    "将所需经费列入年度预算", "对发现的问题限期整改", "组织开展宣传和业务培训", "向社会公开办事依据和流程",
    "会同财政部门核定补助标准", "对年度考核优秀的予以通报", "妥善保管档案资料不少于{n}年", "接受社会监督并公布举报电话",
]  # fmt: skip
FIRMS = ["恒瑞", "中源", "百川", "金谷", "新禾", "远达", "立诚", "广信", "惠民", "嘉业", "汇通", "天工"]
TRADES = [
    "食品有限公司",
    "建材有限公司",
    "物流有限公司",
    "环保科技有限公司",
    "餐饮管理有限公司",
    "农业专业合作社",
]
SITES = ["cn", "province", "city", "county", "bureau", "mirror", "press", "archive"]


@dataclass(frozen=True)
class Made:
    """One document of a portal; equal ``truth``: one instrument."""

    truth: str
    portal: str
    title: str
    body: str
    document_number: str | None = None
    published_on: str | None = "2024-05-06"


def articles(chance: random.Random, count: int) -> list[str]:
    """The paragraphs of a rule; two seeds share phrases, as official texts do, and no sequence of them."""
    lines = []
    for number in range(1, count + 1):
        duties = "，".join(
            duty.format(n=chance.randrange(3, 90)) for duty in chance.sample(DUTIES, chance.randrange(2, 5))
        )
        who = "、".join(chance.sample(BODIES, 2))
        lines.append(
            f"第{number}条　{chance.choice(SUBJECTS)}工作中，{who}{duties}；{chance.choice(PLACES)}片区另行安排。"
        )
    return lines


def instruments(seed: int, count: int) -> Iterator[Made]:
    """Each instrument at its own portal, and at one to four others as those do it."""
    chance = random.Random(seed)
    for number in range(count):
        place, subject = chance.choice(PLACES), chance.choice(SUBJECTS)
        numbered = chance.random() < 0.6
        title = f"{place}市人民政府关于印发{subject}暂行办法（第{number}稿）的通知"
        written = f"{place}政发〔{chance.randrange(2015, 2025)}〕{number + 1}号" if numbered else None
        body = "\n\n".join(articles(chance, chance.randrange(6, 30)))
        first = Made(f"instrument-{number}", SITES[0], title, body, written)
        yield first
        for site in chance.sample(SITES[1:], chance.randrange(1, 5)):
            yield _republished(chance, replace(first, portal=site, published_on="2024-06-11"))


def _republished(chance: random.Random, text: Made) -> Made:
    """What another portal makes of it: layout, a heading, a source line, a list of files, a part left out."""
    paragraphs = text.body.split("\n\n")
    kind = chance.randrange(5)
    if kind == 1:
        paragraphs = [" ".join(line) for line in paragraphs]
    elif kind == 2:
        paragraphs = [text.title, *paragraphs, "来源：市政府办公室", "附件：1.申请表.doc"]
    elif kind == 3 and text.document_number:
        paragraphs = paragraphs[: max(3, len(paragraphs) * 9 // 10)]
    elif kind == 4:
        paragraphs[0] = paragraphs[0].replace("工作中", "工作中，", 1).replace("，，", "，")
    title = text.title
    if text.document_number and chance.random() < 0.3:
        title = f"{title}（{text.document_number}）"
    if text.document_number and chance.random() < 0.2:
        return replace(text, title=title, body="\n\n".join(paragraphs), document_number=None)
    return replace(text, title=title, body="\n\n".join(paragraphs))


def reports(seed: int, offices: int) -> Iterator[Made]:
    """Yearly reports of one shape: only the year and the figures are others, and one title says no year."""
    chance = random.Random(seed)
    for office in range(offices):
        name = f"{chance.choice(PLACES)}区第{office}办事处"
        lead = "本报告由" + name + "编制，内容包括总体情况、主动公开、依申请公开、行政复议和存在的问题。"
        rest = "\n\n".join(articles(random.Random(seed + office), 8))
        for year in range(2018, 2025):
            figures = [str(chance.randrange(1, 900)) for _ in range(12)]
            table = "\n".join(
                f"{subject} | {value}" for subject, value in zip(SUBJECTS, figures, strict=False)
            )
            title = (
                f"{name}政府信息公开工作年度报告" if office % 2 else f"{name}{year}年政府信息公开工作年度报告"
            )
            body = f"{lead}统计期限自{year}年1月1日起至{year}年12月31日止。\n\n{rest}\n\n{table}"
            yield Made(f"report-{office}-{year}", SITES[office % 8], title, body, None, f"{year + 1}-03-28")


def forms(seed: int, count: int) -> Iterator[Made]:
    """One form filled in for one firm after another: the firm in the title or only in the text, numbers or none."""
    rule = "\n\n".join(articles(random.Random(seed), 12))
    for number in range(count):
        # Mixed radix: no two are the same firm, in whatever order.
        firm = f"{PLACES[number % 12]}{FIRMS[number // 12 % 12]}{TRADES[number // 144 % 6]}"
        kind, day = number % 4, f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
        site = SITES[number % 8]
        plain = (
            f"{firm}：经审查，你单位提交的材料齐全，符合法定条件，准予许可。{firm}应当依法经营。\n\n{rule}"
        )
        if kind == 0:
            yield Made(f"form-{number}", site, f"关于{firm}设立申请的批复", plain, None, day)
        elif kind == 1:
            body = f"{plain}\n\n统一社会信用代码：9141{number:08}MA4{number % 7}，罚款{1000 + 7 * number}元。"
            yield Made(f"form-{number}", site, "行政处罚决定书", body, None, day)
        elif kind == 2:
            body = f"{plain}\n\n{day}"
            yield Made(
                f"form-{number}", site, "准予行政许可决定书", body, f"青审准〔2024〕{number + 1}号", day
            )
        else:
            yield Made(f"form-{number}", site, "关于准予行政许可的公示", plain, None, "2024-05-06")


def copies(seed: int, counties: int) -> Iterator[Made]:
    """One county after another adapts a model text, under the same number: 政办发〔2024〕3号 is every county's."""
    chance = random.Random(seed)
    model = articles(chance, 24)
    for county in range(counties):
        own = random.Random(seed + county + 1)
        # A third of the paragraphs is the county's own.
        body = [
            own.choice(articles(own, 4)) if place % 3 == county % 3 else line
            for place, line in enumerate(model)
        ]
        yield Made(f"county-{county}", SITES[county % 8], "关于印发政务公开工作要点的通知", "\n\n".join(body),
                   "政办发〔2024〕3号")  # fmt: skip


def weekly(seed: int, weeks: int) -> Iterator[Made]:
    """One office says the same every week and puts the news into the attachment; another titles tell the week."""
    body = "\n\n".join(articles(random.Random(seed), 5))
    for week in range(weeks):
        day = f"2024-{week // 4 % 12 + 1:02}-{week % 4 * 7 + 1:02}"
        yield Made(f"weekly-{week}", "city", "食品安全监督抽检信息公示", body, None, day)
        yield Made(
            f"batch-{week}",
            SITES[week % 8],
            f"专项债券项目信息公示（第{week + 1}批）",
            body + "见附表。",
            None,
            day,
        )


def everything(seed: int = 1, size: int = 1) -> list[Made]:
    """All kinds, shuffled; about 1,100 documents for each unit of ``size``."""
    made = [
        *instruments(seed, 120 * size), *reports(seed + 1, 25 * size), *forms(seed + 2, min(400 * size, 860)),
        *copies(seed + 3, min(24 * size, 60)), *weekly(seed + 4, min(40 * size, 48)),
    ]  # fmt: skip
    random.Random(seed).shuffle(made)
    return made
