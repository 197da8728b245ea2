"""archive.lock: one at a time, named; a dead holder locks nobody out."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archive.lock import PortalLocked, is_locked, portal_lock

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from archive.layout import DataDirectory
from archive.lock import portal_lock
with portal_lock(DataDirectory(Path(sys.argv[1])), "sample", "gongkai backfill sample"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_is_told_who_holds_it_until_the_first_dies(data):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    arguments = [sys.executable, "-c", HOLD, str(data.root)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(PortalLocked) as caught, portal_lock(data, "sample", "gongkai crawl sample"):
                pass
            told = rf"gongkai backfill sample \(process {holder.pid}\), since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d \+08:00"
            assert re.fullmatch(told, caught.value.holder)
            with portal_lock(data, "another", "gongkai crawl another"):
                pass
        finally:
            holder.send_signal(signal.SIGKILL)
        holder.wait(10)
    with portal_lock(data, "sample", "gongkai crawl sample"):
        pass


def test_it_is_free_again_after_the_block_and_after_an_error(data):
    with pytest.raises(ZeroDivisionError), portal_lock(data, "sample", "one"):
        raise ZeroDivisionError
    with (
        portal_lock(data, "sample", "two"),
        pytest.raises(PortalLocked, match="two"),
        portal_lock(data, "sample", "three"),
    ):
        pass


def test_whether_it_is_held(data):
    assert not is_locked(data, "sample")
    with portal_lock(data, "sample", "one"):
        assert is_locked(data, "sample") and not is_locked(data, "another")
        with pytest.raises(PortalLocked, match="one"), portal_lock(data, "sample", "two"):
            pass
    assert not is_locked(data, "sample")


def test_no_path_escapes(data):
    with pytest.raises(ValueError), portal_lock(data, "../sample", "x"):
        pass
