"""The memory that the emulated PC starts with: start information, kernel, and a RAM disk with what is to run.

memory.py PC OUT [--with PATH]... PROGRAM [ARGUMENT]... [--and PROGRAM [ARGUMENT]...]...

PC is the folder that `.ci/pc/get` fills; OUT gets what `config` names. The guest has the programs, the shared libraries
they need and the paths named, all at the same places as here.
"""

import os
import struct
import subprocess
import sys
from pathlib import Path

MEMORY = 1024 << 20  # as in `config`
ROM = 0xFFFF0000
BLOCK = 0x20000  # not more than Bochs' unit of memory
IMAGE = 0xFE0000  # as in `config`; the kernel follows
KERNEL = 0x1000000
KERNEL_OPTIONS = (
    "console=ttyS0 loglevel=4 acpi=off pci=off noapic nolapic tsc=reliable no_timer_check random.trust_cpu=on panic=-1 "
    "mitigations=off nokaslr audit=0 apparmor=0 selinux=0 init_on_alloc=0 cryptomgr.notests "
    # The model has fast short `rep movsb` but no switch for fast `rep movsb`: Linux 6.1 half believes it and copies
    # without end.
    "clearcpuid=fsrm"
)
PASSED_ON = ("PAGECRYPT_", "PROPTEST_", "RUST_")


def load_kernel(vmlinux: bytes) -> tuple[bytes, int]:
    """The loadable parts of an ELF kernel in one piece, as they lie from KERNEL, and its PVH entry point."""
    program_headers, count = struct.unpack_from("<Q", vmlinux, 32)[0], struct.unpack_from("<H", vmlinux, 56)[0]
    loaded, entry = bytearray(), None
    for index in range(count):
        kind, _, offset, _, address, size, _, _ = struct.unpack_from("<IIQQQQQQ", vmlinux, program_headers + 56 * index)
        if kind == 1:  # PT_LOAD
            start = address - KERNEL
            loaded.extend(bytes(max(0, start + size - len(loaded))))
            loaded[start : start + size] = vmlinux[offset : offset + size]
        elif kind == 4:  # PT_NOTE
            end = offset + size
            while offset < end:
                name_size, value_size, note = struct.unpack_from("<III", vmlinux, offset)
                value = offset + 12 + (name_size + 3 & ~3)
                if vmlinux[offset + 12 : offset + 15] == b"Xen" and note == 18:  # XEN_ELFNOTE_PHYS32_ENTRY
                    entry = int.from_bytes(vmlinux[value : value + value_size], "little")
                offset = value + (value_size + 3 & ~3)
    if entry is None:
        sys.exit("this kernel has no PVH entry point")
    return bytes(loaded), entry


class RamDisk:
    """A cpio archive in the form that Linux unpacks (`newc`)."""

    def __init__(self) -> None:
        self.archive = bytearray()
        self.names: set[str] = set()

    def add(self, name: str, mode: int, data: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        if name in self.names:
            return
        self.names.add(name)
        encoded = name.encode() + b"\0"
        fields = (len(self.names), mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(encoded), 0)
        self.archive += b"070701" + "".join(f"{field:08X}" for field in fields).encode() + encoded
        self.archive += bytes(-len(self.archive) % 4) + data
        self.archive += bytes(-len(self.archive) % 4)

    def folder(self, path: Path) -> None:
        for above in [*reversed(path.parents), path]:
            if above.name:
                self.add(str(above).lstrip("/"), 0o40755)

    def copy(self, path: Path) -> None:
        """A file or a folder with all in it, at its own place."""
        self.folder(path.parent)
        if path.is_dir():
            self.folder(path)
            for entry in sorted(path.iterdir()):
                self.copy(entry)
        elif path.is_file():
            self.add(str(path).lstrip("/"), 0o100755, path.read_bytes())


def shared_libraries(program: Path) -> list[Path]:
    listed = subprocess.run(["ldd", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    words = [word for line in listed.stdout.splitlines() for word in line.split()]
    return [Path(word) for word in words if word.startswith("/")]


def counted(strings: list[str]) -> bytes:
    return b"".join(string.encode() + b"\0" for string in [str(len(strings)), *strings])


def without_debug_information(program: Path, stripped: Path) -> bytes:
    """What the guest would only unpack and never read; scripts stay as they are."""
    done = subprocess.run(["objcopy", "--strip-debug", program, stripped], stderr=subprocess.DEVNULL, check=False)
    return (stripped if done.returncode == 0 else program).read_bytes()


def ram_disk(init: Path, files: list[Path], commands: list[list[str]]) -> bytes:
    disk = RamDisk()
    for name in ("dev", "proc", "sys", "tmp"):
        disk.folder(Path("/") / name)
    disk.add("dev/console", 0o20600, device=(5, 1))
    disk.add("init", 0o100755, init.read_bytes())
    disk.folder(Path.cwd())
    for path in files:
        disk.copy(path.absolute())
    for command in commands:
        program = Path(command[0]).absolute()
        command[0] = str(program)
        disk.folder(program.parent)
        disk.add(str(program).lstrip("/"), 0o100755, without_debug_information(program, init.with_name("stripped")))
        for path in shared_libraries(program):
            disk.copy(path)
    environment = [f"{name}={value}" for name, value in os.environ.items() if name.startswith(PASSED_ON)]
    script = counted(["PATH=/bin", "HOME=/tmp", *environment]) + os.fsencode(Path.cwd()) + b"\0"
    disk.add("commands", 0o100644, script + b"".join(counted(command) for command in commands))
    disk.add("TRAILER!!!", 0)
    return bytes(disk.archive)


def start_information(disk_address: int, disk_size: int) -> bytes:
    """hvm_start_info, version 1: where the RAM disk, the options and the memory are."""
    disk, memory, options = IMAGE + 0x100, IMAGE + 0x200, IMAGE + 0x400
    page = bytearray(KERNEL - IMAGE)
    struct.pack_into("<IIIIQQQQII", page, 0, 0x336EC578, 1, 0, 1, disk, options, 0, memory, 2, 0)
    struct.pack_into("<QQQQ", page, 0x100, disk_address, disk_size, 0, 0)
    struct.pack_into("<QQII", page, 0x200, 0, 0x9F000, 1, 0)
    struct.pack_into("<QQII", page, 0x218, 1 << 20, MEMORY - (1 << 20), 1, 0)
    page[0x400 : 0x400 + len(KERNEL_OPTIONS)] = KERNEL_OPTIONS.encode()
    return bytes(page)


def main() -> None:
    pc, out, *words = sys.argv[1:]
    files: list[Path] = []
    while words and words[0] == "--with":
        files.append(Path(words[1]))
        words = words[2:]
    commands: list[list[str]] = [[]]
    for word in words:
        if word == "--and":
            commands.append([])
        else:
            commands[-1].append(word)

    here = Path(__file__).parent
    init = Path(out, "init")
    subprocess.run(["cc", "-Os", "-static", "-Wall", "-Wextra", here / "init.c", "-o", init], check=True)
    kernel, entry = load_kernel(Path(pc, "vmlinux").read_bytes())
    disk = ram_disk(init, files, commands)
    disk_address = KERNEL + len(kernel) + (-len(kernel) % (2 << 20))
    image = start_information(disk_address, len(disk)) + kernel
    image += bytes(disk_address - IMAGE - len(image)) + disk
    if IMAGE + len(image) > MEMORY // 2:
        sys.exit("what is to run does not fit into the emulated memory")
    Path(out, "memory.img").write_bytes(image)

    sizes = {"ROM": ROM, "BLOCK": BLOCK, "IMAGE": IMAGE, "IMAGE_END": IMAGE + len(image), "ENTRY": entry}
    defines = [f"-D{name}={value:#x}" for name, value in sizes.items()]
    assembled = Path(out, "reset.o")
    subprocess.run(["cc", "-c", *defines, here / "reset.S", "-o", assembled], check=True)
    subprocess.run(["objcopy", "-O", "binary", "-j", ".text", assembled, Path(out, "reset.rom")], check=True)
    Path(out, "vga.rom").write_bytes(bytes(0x8000))  # Bochs wants one; nobody reads it


if __name__ == "__main__":
    main()
