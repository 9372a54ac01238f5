import os
import subprocess
import sys

from bench.usage import Usage, read

LINE = "42 (a (b) c) S 1 42 7 0 -1 4194560 100 0 0 0 300 200 0 0 20 0 1 0 5 1000000 25 18446744073709551615"


def test_a_process_is_read_whatever_its_name_holds() -> None:
    process = read(LINE)
    assert process.session == 7
    assert process.cpu == 500 / os.sysconf("SC_CLK_TCK")
    assert process.resident == 25 * os.sysconf("SC_PAGE_SIZE")


def test_memory_and_time_of_a_commands_children_count() -> None:
    work = "block = bytearray(200_000_000); print(flush=True); input(); sum(range(10_000_000)); input()"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        usage = Usage(process.pid)
        usage.start()
        assert process.stdout is not None
        process.stdout.readline()
        while usage.megabytes < 200:
            assert process.poll() is None
        process.communicate("\n\n")
    assert usage.end() > 0
