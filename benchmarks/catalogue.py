"""Import and export of the catalogue: time and memory, for the real export and synthetic ones.

Synthetic exports hold invented records as long as real ones (about 10 KB). Each step runs in a
process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import io
import json
import lzma
import os
import random
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.tables import show

SIZES = (1000, 10_000, 100_000)
WORDS = [
    "cấp",
    "đổi",
    "giấy",
    "phép",
    "đăng",
    "ký",
    "hồ",
    "sơ",
    "nhà",
    "đất",
    "xe",
    "tàu",
    "cá",
    "rừng",
    "nước",
    "trường",
    "học",
    "hộ",
    "kinh",
    "doanh",
]
STEPS = (
    "import",
    "import again",
    "import, killed halfway",
    "the rest of it",
    "export csv",
    "restore csv",
)


def _sentence(numbers: random.Random, words: int) -> str:
    return " ".join(numbers.choice(WORDS) for _ in range(words))


def _record(code: str, numbers: random.Random) -> str:
    """An invented record in the format of the national export."""
    papers = "".join(
        f"    - {_sentence(numbers, 18)} theo mẫu số {n:02}\n"
        "      Số lượng: Bản chính: 1, Bản sao: 1\n"
        for n in range(1, 7)
    )
    channels = "".join(
        f"  * Hình thức nộp: {kind}\n"
        f"    Thời hạn giải quyết: {numbers.randint(1, 30)} WORKING_DAY\n"
        f"    Phí, lệ phí: {numbers.randint(5, 90)}000 VNĐ ({_sentence(numbers, 5)})\n"
        for kind in ("ONLINE", "DIRECT", "POSTAL")
    )
    steps = "".join(f"    - {_sentence(numbers, 60)}\n" for _ in range(10))
    laws = "".join(f"  * {_sentence(numbers, 15)} ({n}/2025/NĐ-CP)\n" for n in range(4))
    empty = "Không có thông tin"
    return (
        f"Mã thủ tục: {code}\nSố quyết định: 1/QĐ\nTên thủ tục: {_sentence(numbers, 14)} {code}\n"
        f"Cấp thực hiện: Cấp Xã\nLoại thủ tục: {empty}\nLĩnh vực: Lĩnh vực {code[-2:]}\n"
        f"Trình tự thực hiện:\n{steps}\nCách thức thực hiện:\n{channels}\n"
        f"Thành phần hồ sơ:\n  [ Giấy tờ: ]\n{papers}\nĐối tượng thực hiện: Công dân Việt Nam\n"
        f"Cơ quan thực hiện: Ủy ban nhân dân cấp xã\nCơ quan có thẩm quyền: {empty}\n"
        f"Địa chỉ tiếp nhận HS: {empty}\nCơ quan được ủy quyền: {empty}\n"
        f"Cơ quan phối hợp: {empty}\n"
        f"Kết quả thực hiện: Giấy phép\nCăn cứ pháp lý:\n{laws}\n"
        f"Yêu cầu, điều kiện thực hiện: {_sentence(numbers, 40)}\n"
        f"Từ khóa: {empty}\nMô tả: {empty}\n"
    )


def _write_export(folder: Path, size: int) -> None:
    numbers = random.Random(size)
    codes = [f"{1 + n // 900_000}.{n % 900_000:06}" for n in range(size)]
    # The quickest setting: packing is not what is measured.
    with (
        lzma.open(folder / "procedures-text.tar.xz", "wb", preset=0) as stream,
        tarfile.open(fileobj=stream, mode="w|") as archive,
    ):
        for code in codes:
            content = _record(code, numbers).encode()
            member = tarfile.TarInfo(f"Data_DVC/{code}.txt")
            member.size, member.mtime = len(content), 1_784_000_000
            archive.addfile(member, io.BytesIO(content))
    with lzma.open(folder / "catalog.jsonl.xz", "wt", preset=0) as lines:
        for code in codes:
            row = {"code": code, "departmentPromulgate": "Bộ Thử", "type": "STANDARD"}
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def _timed(var: Path, arguments: list[str], kill_after: float = 0) -> tuple[float, int]:
    """Seconds and peak MB of a command on the database below `var`; killed then if not 0."""
    environment = {**os.environ, "BOT_VAR_DIR": str(var), "BOT_DATABASE_URL": ""}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    if kill_after:
        time.sleep(kill_after)
        process.kill()
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0 and not kill_after:
        raise SystemExit(errors.decode(errors="replace"))
    # Linux counts in kilobytes, macOS in bytes.
    scale = 1024 if sys.platform == "linux" else 1024 * 1024
    return time.perf_counter() - started, usage.ru_maxrss // scale


def measure(name: str, export: Path, work: Path) -> Iterator[dict[str, Any]]:
    """One row a step."""
    var, out = work / f"var-{name}", work / f"csv-{name}"
    whole = 0.0
    commands = {
        "import": (var, ["catalogue", "import", str(export)]),
        "import again": (var, ["catalogue", "import", str(export)]),
        "import, killed halfway": (
            work / f"var-{name}-killed",
            ["catalogue", "import", str(export)],
        ),
        "the rest of it": (work / f"var-{name}-killed", ["catalogue", "import", str(export)]),
        "export csv": (var, ["catalogue", "export", str(out), "--format", "csv"]),
        "restore csv": (
            work / f"var-{name}-restored",
            ["catalogue", "import", str(out), "--restore"],
        ),
    }
    for step in STEPS:
        folder, arguments = commands[step]
        is_killed = step == "import, killed halfway"
        seconds, memory = _timed(folder, arguments, whole / 2 if is_killed else 0)
        whole = seconds if step == "import" else whole
        yield {"export": name, "step": step, "seconds": round(seconds, 1), "peak MB": memory}


def main(arguments: list[str]) -> None:
    """Run and print the table."""
    from bot.settings import settings

    parser = argparse.ArgumentParser(prog="scripts/bench catalogue", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="synthetic exports")
    sizes = parser.parse_args(arguments).sizes
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if settings().catalogue_path.is_dir():
            rows += measure("real", settings().catalogue_path, work)
        for size in sizes:
            export = work / f"export-{size}"
            export.mkdir()
            _write_export(export, size)
            rows += measure(str(size), export, work)
    show("catalogue", rows)
