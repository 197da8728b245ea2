"""Republications: a rebuild, a re-extraction and a merge give the same groups, without being asked for them."""

from __future__ import annotations

from pathlib import Path

from .conftest import Demo
from .runner import Gongkai

GROUPS = "SELECT group_uid, uid, portal, rule, likeness FROM mirrors ORDER BY 1, 2"
TAMPER = """
UPDATE revisions SET record = json_set(record, '$.document_number', '别发〔2020〕9号'), content_hash = 'x'
WHERE id = (SELECT d.revision_id FROM documents AS d JOIN mirrors AS m ON m.uid = d.uid WHERE m.portal = 'bailuzhou')
"""


def test_the_same_groups_after_a_rebuild_and_a_reextraction(demo: Demo, tmp_path: Path) -> None:
    expected = demo.gongkai.query(GROUPS)
    assert [row[2:4] for row in expected] == [("qinghewan", "number"), ("bailuzhou", "number")]
    again = Gongkai(tmp_path / "again")
    assert again("rebuild", "--from", str(demo.gongkai.data)).code == 0
    assert again.query(GROUPS) == expected
    again.change(TAMPER)
    assert again("verify", "--repair").code in (0, 1)
    assert again("reextract").code == 0
    assert again.query(GROUPS) == expected
    assert again("verify", "--deep", "--sample", "0").code == 0
