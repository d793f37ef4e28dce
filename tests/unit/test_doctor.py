"""What the doctor says of each part, and how to mend it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import ServiceUnavailable
from core.services import doctor as doctor_module
from core.services.doctor import Doctor, Finding, Probes, Verdict, look_at_disk, look_at_fonts, look_at_python


def away() -> str:
    raise ServiceUnavailable("Redis", "nobody answers.", "Start it.")


def nobody_knows() -> int:
    raise ServiceUnavailable("Redis", "nobody answers.", "Start it.")


@pytest.fixture
def healthy(tmp_path: Path) -> Probes:
    """Everything in order."""
    return Probes(
        data_dir=tmp_path,
        drivers=8,
        min_free_memory_mb=300,
        database=lambda: "fine.",
        redis=lambda: "fine.",
        keys=lambda: "fine.",
        browser=lambda: "fine.",
        driver=lambda: "fine.",
        page=lambda: "fine.",
        free_memory_mb=lambda: 8000,
        workers=lambda: 4,
        waiting=lambda: 0,
    )


def found(probes: Probes, part: str) -> Finding:
    return next(finding for finding in Doctor(probes).findings() if finding.part == part)


def test_every_part_is_looked_at_whatever_is_wrong_with_the_others(healthy: Probes) -> None:
    parts = [finding.part for finding in Doctor(replace(healthy, database=away, redis=away)).findings()]
    assert parts == [
        "Python",
        "Disk",
        "Secret keys",
        "Database",
        "Redis",
        "Browser",
        "Driver",
        "Page in a browser",
        "Fonts",
        "Memory",
        "Workers",
    ]


def test_a_part_that_cannot_be_used_is_named_with_its_remedy(healthy: Probes) -> None:
    finding = found(replace(healthy, redis=away), "Redis")
    assert (finding.verdict, finding.fact, finding.remedy) == (Verdict.WRONG, "nobody answers.", "Start it.")


@pytest.mark.parametrize(
    ("free_mb", "verdict"), [(300, Verdict.WRONG), (419, Verdict.WRONG), (420, Verdict.WARNING), (1260, Verdict.OK)]
)
def test_memory_for_one_browser_and_for_all(healthy: Probes, free_mb: int, verdict: Verdict) -> None:
    finding = found(replace(healthy, free_memory_mb=lambda: free_mb), "Memory")
    assert finding.verdict is verdict
    assert bool(finding.remedy) == (verdict is not Verdict.OK)


@pytest.mark.parametrize(
    ("workers", "waiting", "verdict"), [(1, 9, Verdict.OK), (0, 0, Verdict.WARNING), (0, 9, Verdict.WRONG)]
)
def test_workers_are_missed_when_articles_wait(healthy: Probes, workers: int, waiting: int, verdict: Verdict) -> None:
    finding = found(replace(healthy, workers=lambda: workers, waiting=lambda: waiting), "Workers")
    assert finding.verdict is verdict


def test_workers_that_nobody_can_count(healthy: Probes) -> None:
    assert found(replace(healthy, workers=nobody_knows), "Workers").verdict is Verdict.WRONG


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    finding = look_at_disk(tmp_path / "file")
    assert finding.verdict is Verdict.WRONG
    assert "TOPN_DATA_DIR" in finding.remedy
    assert look_at_disk(tmp_path).verdict is Verdict.OK
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_too_little_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_module, "MIN_DISK_MB", 10**12)
    assert look_at_disk(tmp_path).verdict is Verdict.WRONG


def test_fonts_and_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert look_at_python().verdict is Verdict.OK
    monkeypatch.setattr(doctor_module, "OLDEST_PYTHON", (99, 0))
    assert look_at_python().verdict is Verdict.WRONG
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "fc-list is missing" in look_at_fonts().fact
    program = tmp_path / "fc-list"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert "no font with Chinese characters" in look_at_fonts().fact
    program.write_text("#!/bin/sh\necho 'Noto Sans CJK SC,Noto Sans'\n")
    assert (look_at_fonts().verdict, look_at_fonts().fact) == (Verdict.OK, "Noto Sans CJK SC.")
