"""The systemd units that ``gongkai init --systemd`` writes."""

from __future__ import annotations

import sys
from pathlib import Path

SERVICE, TIMER = "gongkai-nightly.service", "gongkai-nightly.timer"

_SERVICE = """\
[Unit]
Description=Gongkai: nightly crawl into {data}
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart={command} nightly --data {data}
# 1: trouble at a portal, which the report names; 130: stopped. systemctl --failed shows the first.
SuccessExitStatus=130
TimeoutStopSec=30
Nice=10
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
ReadWritePaths={data}

[Install]
WantedBy=default.target
"""

_TIMER = """\
[Unit]
Description=Gongkai every night

[Timer]
OnCalendar=*-*-* 02:15:00 Asia/Shanghai
RandomizedDelaySec=10min
Persistent=true

[Install]
WantedBy=timers.target
"""


def write_units(folder: Path, data: Path) -> list[Path]:
    """Write service and timer for the archive in ``data`` into ``folder``; the files. Raises ``OSError``."""
    folder.mkdir(parents=True, exist_ok=True)
    command = Path(sys.executable).with_name("gongkai")
    program = _quoted(command) if command.is_file() else f"{_quoted(Path(sys.executable))} -m crawler.cli"
    service = _SERVICE.format(command=program, data=_quoted(data.resolve()))
    files = [folder / SERVICE, folder / TIMER]
    for file, text in zip(files, (service, _TIMER), strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def _quoted(path: Path) -> str:
    """A path as systemd reads it: % doubled, quoted where it must be."""
    text = str(path).replace("%", "%%")
    if any(char in text for char in " \"'\\$;"):
        text = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
        return f'"{text}"'
    return text
