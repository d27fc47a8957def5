"""Runs a command in the namespace assay-near: how long it took, what it used, and what it put on the wire.

    measure.py COMMAND...    one run by hand; prints all of it
"""
import ctypes
import json
import multiprocessing
import os
import signal
import socket
import statistics
import struct
import subprocess
import sys
import time

STATE = os.environ.get("BENCH_STATE", "/tmp/assay-bench")
ASSAY = os.environ.get("ASSAY", os.path.join(os.path.dirname(os.path.abspath(__file__)), "../target/release/assay"))
LOSE_NAMES = b"nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"


def enter(namespace="assay-near"):
    """This process and its children live in the namespace from now on; names resolve to nothing, at once."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    if libc.setns(handle, 0x40000000) or libc.unshare(0x20000):
        raise OSError(ctypes.get_errno(), "the namespace cannot be entered")
    os.close(handle)
    libc.mount(b"none", b"/", None, 0x4000 | 0x40000, None)
    path = os.path.join(STATE, "resolv.conf")
    with open(path, "wb") as out:
        out.write(LOSE_NAMES)
    libc.mount(path.encode(), b"/etc/resolv.conf", None, 0x1000, None)


def idle(share=0.25, patience=None):
    """Waits until other work leaves the machine nearly alone; gives the share that is busy."""
    patience = float(os.environ.get("BENCH_PATIENCE", "30")) if patience is None else patience

    def clock():
        with open("/proc/stat") as stat:
            numbers = [int(word) for word in stat.readline().split()[1:9]]
        return sum(numbers), numbers[3] + numbers[4]

    end = time.monotonic() + patience
    while True:
        before = clock()
        time.sleep(0.25)
        after = clock()
        busy = 1 - (after[1] - before[1]) / max(1, after[0] - before[0])
        if busy < share or time.monotonic() > end:
            return busy


def run(command, limit=600, out=None):
    """One run: wall and CPU seconds, memory in MiB (the largest process), the exit code, and what it printed."""
    report = os.path.join(STATE, f"time.{os.getpid()}")
    # a small parent between, since a fresh child counts the memory of the process that forked it
    whole = ["/usr/bin/time", "-q", "-f", "%M", "-o", report, *command]
    with open(out or os.devnull, "wb") as sink:
        start = time.perf_counter()
        child = subprocess.Popen(whole, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True)

        def stop(*_):
            os.killpg(child.pid, signal.SIGKILL)

        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, limit)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        signal.setitimer(signal.ITIMER_REAL, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    try:
        with open(report) as text:
            memory = int(text.read().split()[-1]) / 1024
        os.unlink(report)
    except (OSError, IndexError, ValueError):
        memory = 0.0
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": memory, "exit": child.returncode}


class Flow:
    """One TCP connection as it went over the wire."""

    def __init__(self, when, first):
        self.opened, self.closed, self.first = when, None, first
        self.accepted, self.refused, self.parts, self.heard = False, False, {}, 0

    def said(self):
        """What the client sent, as far as it came without a gap."""
        stream = b""
        for offset in sorted(self.parts):
            if offset > len(stream):
                break
            stream += self.parts[offset][len(stream) - offset:]
        return stream


def hellos(stream):
    """How many client hellos a stream holds, as far as they go in clear."""
    if len(stream) > 4 and stream[0] & 0x80 and stream[2] == 1 and stream[3] in (0, 3):
        return 1
    spoken, at = b"", 0
    while at + 5 <= len(stream) and stream[at] in (20, 21, 22) and stream[at + 1] == 3:
        length = int.from_bytes(stream[at + 3:at + 5], "big")
        if stream[at] == 22:
            spoken += stream[at + 5:at + 5 + length]
        at += 5 + length
    count, at = 0, 0
    while at + 4 <= len(spoken):
        # another kind than a hello: the client goes on, and what follows soon is sealed
        if spoken[at] != 1:
            break
        count, at = count + 1, at + 4 + int.from_bytes(spoken[at + 1:at + 4], "big")
    return count


def packets(sniffer, stop):
    while not stop.is_set():
        try:
            data, address = sniffer.recvfrom(65536)
        except TimeoutError:
            continue
        if address[0] != "lo" and data[0] >> 4 == 4 and data[9] == 6:
            yield time.monotonic(), data


def listen(ready, stop, answer):
    """Counts what goes over the wire until it is told to stop."""
    sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    sniffer.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)
    sniffer.settimeout(0.1)
    ready.set()
    flows, all_flows = {}, []
    for when, data in packets(sniffer, stop):
        at = (data[0] & 15) * 4
        tcp = data[at:struct.unpack(">H", data[2:4])[0]]
        source, target, sequence = struct.unpack(">HHI", tcp[:8])
        flags, body = tcp[13], tcp[(tcp[12] >> 4) * 4:]
        there, back = (data[12:16], source, data[16:20], target), (data[16:20], target, data[12:16], source)
        if flags & 0x12 == 2:
            if there not in flows or flows[there].first != sequence:
                flows[there] = Flow(when, sequence)
                all_flows.append(flows[there])
        elif there in flows:
            flow = flows[there]
            if body:
                flow.parts.setdefault((sequence - flow.first - 1) & 0xffffffff, bytes(body))
            if flags & 5:
                flow.closed = flow.closed or when
        elif back in flows:
            flow = flows[back]
            flow.accepted |= flags & 0x12 == 0x12
            flow.refused |= bool(flags & 4) and not flow.accepted
            flow.heard += len(body)
            if flags & 5:
                flow.closed = flow.closed or when
    answer.put(summary(all_flows))


def summary(flows):
    open_flows = [flow for flow in flows if flow.accepted]
    events = [(flow.opened, 1) for flow in open_flows] + [(flow.closed or float("inf"), -1) for flow in open_flows]
    most = now = 0
    for _, step in sorted(events):
        now += step
        most = max(most, now)
    said = [flow.said() for flow in open_flows]
    return {
        "connections": len(open_flows),
        "not accepted": len(flows) - len(open_flows),
        "hellos": sum(map(hellos, said)),
        "at once": most,
        "sent": sum(map(len, said)),
        "received": sum(flow.heard for flow in open_flows),
    }


def count(command, limit=600, out=None):
    """One run while the wire is watched."""
    ready, stop, answer = multiprocessing.Event(), multiprocessing.Event(), multiprocessing.Queue()
    watcher = multiprocessing.Process(target=listen, args=(ready, stop, answer))
    watcher.start()
    ready.wait()
    result = run(command, limit, out)
    time.sleep(0.4)
    stop.set()
    result.update(answer.get())
    watcher.join()
    return result


def rounds(commands, times, limit=600):
    """Runs all commands in turn, so many times over; gives the medians, and counts from one more run of each."""
    seen = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            busy = idle()
            seen[name].append(run(command, limit) | {"busy": busy})
    table = {}
    for name, command in commands.items():
        rows = seen[name]
        row = {key: statistics.median(each[key] for each in rows) for key in ("wall", "cpu", "memory")}
        row |= {"fastest": min(each["wall"] for each in rows), "slowest": max(each["wall"] for each in rows)}
        row |= {"exit": rows[-1]["exit"], "busy": max(each["busy"] for each in rows)}
        counts = count(command, limit)
        table[name] = row | {key: counts[key] for key in ("connections", "not accepted", "hellos", "at once", "sent", "received")}
    return table


def show(title, table, against="assay"):
    """Prints a table with the share that `against` takes of each other's."""
    print(f"\n### {title}\n")
    print("| tool | wall s (least-most) | CPU s | memory MiB | connections | at once | hellos | exit | wall | CPU | memory | hellos |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    mine = table.get(against)
    for name, row in table.items():
        cells = [name, f"{row['wall']:.3f} ({row['fastest']:.3f}-{row['slowest']:.3f})", f"{row['cpu']:.3f}", f"{row['memory']:.1f}"]
        cells += [str(row[key]) for key in ("connections", "at once", "hellos", "exit")]
        for key in ("wall", "cpu", "memory", "hellos"):
            cells.append(f"{mine[key] / row[key]:.3f}" if mine and row[key] else "-")
        print("| " + " | ".join(cells) + " |")
    busiest = max(row["busy"] for row in table.values())
    if busiest > 0.3:
        print(f"\nOther work took up to {busiest:.0%} of the machine just before a run.")
    sys.stdout.flush()


if __name__ == "__main__":
    enter()
    print(json.dumps(count(sys.argv[1:], out="/dev/stdout"), indent=1))
