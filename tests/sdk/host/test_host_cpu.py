"""CPU seconds, where the kernel's figures go back."""

from watchglass.sdk.host.cpu import Cpu, never_falling, parse_cpus

IDLE, IOWAIT = 3, 4


def test_old_kernels_know_fewer_modes():
    cpus = parse_cpus("cpu  1 2 3 4\ncpu0 100 200 300 400\nintr 1\n")

    assert cpus == {"0": (1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)}


def test_a_little_step_back_is_not_a_counter_reset():
    old = (0.0, 0.0, 0.0, 10.0, 5.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    new = (1.0, 0.0, 0.0, 11.0, 4.9, 0.0, 0.0, 0.0, 0.0, 0.0)

    assert never_falling(old, new)[IOWAIT] == 5.0
    assert never_falling(old, new)[0] == 1.0


def test_a_cpu_that_was_replaced_starts_afresh():
    old = (9.0, 0.0, 0.0, 10.0, 5.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    new = (1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    assert never_falling(old, new) == new


def test_a_cpu_that_went_offline_is_left_out(tree, options):
    cpu = Cpu(options)
    both, *_ = cpu.collect()
    stat = tree / "proc/stat"
    stat.write_text("\n".join(line for line in stat.read_text().splitlines() if not line.startswith("cpu1")))
    one, *_ = cpu.collect()

    assert {dict(s.labels)["cpu"] for s in both.samples} == {"0", "1"}
    assert {dict(s.labels)["cpu"] for s in one.samples} == {"0"}
