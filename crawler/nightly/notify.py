"""Sends a night's summary to a webhook and by mail, where ``gongkai.toml`` says so."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.errors import MessageError
from email.message import EmailMessage
from typing import Any

from archive import __version__
from archive.nights.page import CHANGES, GOOD, STATUS
from crawler.nightly.settings import Mail, NightSettings, Webhook


def notify(report: Mapping[str, Any], page: str, settings: NightSettings) -> list[str]:
    """Send it; a sentence for each way that failed: a night that cannot shout must not look like a quiet one."""
    trouble = any(portal["status"] not in (*GOOD, "interrupted") for portal in report["portals"])
    problems = []
    webhook, mail = settings.webhook, settings.mail
    if webhook is not None and (trouble or webhook.when == "always"):
        try:
            _post(webhook, summary(report))
        except (OSError, ValueError, urllib.error.URLError) as error:
            problems.append(f"the webhook was not reached ({error}): check [webhook] in gongkai.toml")
    if mail is not None and (trouble or mail.when == "always"):
        try:
            _send(mail, report, page)
        except (OSError, ValueError, MessageError, smtplib.SMTPException) as error:
            problems.append(f"the mail was not sent ({error}): check [mail] in gongkai.toml")
    return problems


def summary(report: Mapping[str, Any]) -> dict[str, Any]:
    """What the webhook gets: no lists of documents, only how many."""
    return {
        "date": report["date"],
        "began_at": report["began_at"],
        "ended_at": report["ended_at"],
        "text": words(report),
        "changes": {kind: change["total"] for kind, change in report["changes"].items()},
        "failing": report["failing"]["total"],
        "blocked": report["blocked"]["total"],
        "portals": [
            {
                name: portal[name]
                for name in ("portal", "name", "status", "reasons", "counts", "seconds", "slow")
            }
            for portal in report["portals"]
        ],
    }


def words(report: Mapping[str, Any]) -> str:
    """The night in a few lines of Chinese."""
    changes = "，".join(f"{label} {report['changes'][kind]['total']}" for kind, label in CHANGES.items())
    lines = [f"{report['date']} 夜间采集：{len(report['portals'])} 个门户，{changes}"]
    for portal in report["portals"]:
        if portal["status"] not in GOOD:
            reasons = "；".join(portal["reasons"][:3])
            lines.append(f"{portal['name']}（{portal['portal']}）{STATUS[portal['status']]}：{reasons}")
    return "\n".join(lines)


def _post(webhook: Webhook, payload: Mapping[str, Any]) -> None:
    request = urllib.request.Request(
        webhook.url,
        json.dumps(payload, ensure_ascii=False).encode(),
        {"Content-Type": "application/json; charset=utf-8", "User-Agent": f"gongkai/{__version__}"},
    )
    with urllib.request.urlopen(request, timeout=webhook.timeout):
        pass  # a status of 400 and above raises


def _send(mail: Mail, report: Mapping[str, Any], page: str) -> None:
    message = EmailMessage()
    said = words(report)
    message["Subject"] = " ".join(said.splitlines()[0].split())[:200]
    message["From"], message["To"] = mail.sender, ", ".join(mail.to)
    message.set_content(said)
    message.add_attachment(page.encode(), maintype="text", subtype="html", filename=f"{report['date']}.html")
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if mail.tls == "tls":
        server = smtplib.SMTP_SSL(mail.host, mail.port, timeout=mail.timeout, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=mail.timeout)
    with server:
        if mail.tls == "starttls":
            server.starttls(context=context)
        if mail.user is not None:
            server.login(mail.user, mail.password or "")
        server.send_message(message)
