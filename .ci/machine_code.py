"""What the compiler made of the kernels of AEGIS, AES-GCM and ChaCha20-Poly1305.

Target features and generics easily lose inlining, and then a round costs a call: the loops over whole blocks may hold
none. The ends of texts, without masks, and what follows a forgery are calls, in loops of their own.
In AES-GCM the rounds must alternate with multiplications, which compilers like to sort apart. In ChaCha20-Poly1305
the state of as many blocks as are in flight must stay in registers where there are enough of them. And the portable
engine is only worth comparing with if it uses no AES instruction. And what one short message leaves on the stack must
be no more than is wiped.

usage: machine_code.py BINARY [OBJDUMP]
"""

import re
import subprocess
import sys
from dataclasses import dataclass, field

# For each engine of AEGIS: the kernels' name, the instruction that they are made of, how many kernels there are at
# least whose rounds it makes (one to seal and one to open for each of the six variants), and whether there are
# registers enough for all that is in flight. Kernels for one message alone may be made of narrower instructions.
KERNELS = 12
# How many rounds a loop over whole blocks of text does at a time: two blocks of the AEGIS-128 or four of the AEGIS-256
# family, in one to four registers. Absorbing associated data takes fewer, beginning and ending a message others.
WHOLE_BLOCKS = (16, 24, 32, 48, 72)
# Where there are registers enough, one instruction in so many may put one on the stack: schedulers that pull loads
# ahead do it now and then, in the shadow of the rounds. A state without registers enough takes a tenth of the loop.
INSTRUCTIONS_PER_SPILL = 64
X86_64 = {
    "x86_64_aesni.*kernel_sse": (r"\baesenc\b.*%xmm", False),
    "x86_64_aesni.*kernel_vex": (r"\bvaesenc\b.*%xmm", False),
    "x86_64_aesni.*kernel_evex": (r"\bvaesenc\b.*%xmm", True),
    "x86_64_vaes256.*kernel": (r"\bvaesenc\b.*%ymm", False),
    "x86_64_vaes512.*kernel": (r"\bvaesenc\b.*%[yz]mm", True),
}
# Without those of SHA-3 groups of three states of AEGIS-256 are in flight, for whose words there are too few registers.
AARCH64 = {
    "aarch64.*kernel_aes(?!_sha3).*5alike": (r"\baese\b", False),
    "aarch64.*kernel_aes(?!_sha3).*(3one|5mixed)": (r"\baese\b", True),
    "aarch64.*kernel_aes_sha3": (r"\baese\b", True),
}

# What has no text to work on: functions for pointers to point to, that only call a kernel for one message, and those
# that expand keys.
WITHOUT_TEXT = re.compile(r"\d(seal_one|open_one|expand)17h")

# A vector register put on the stack.
SPILL = re.compile(r"^v?mov\w+\s+%[xyz]mm\d+,[^(]*\(%r[sb]p\)|^st[pr]\s+q.*\[sp")

# The same for AES-GCM: messages one after the other and side by side, two lengths of keys, sealed and opened. Those of
# AES-NI are there twice, in both forms of its instructions. Those for a short message alone, as many or half as many,
# have no loop of rounds.
GCM_X86_64 = {
    "x86_64_aesni": (r"\bv?aesenc\b.*%xmm", 16),
    "x86_64_vaes256": (r"\bvaesenc\b.*%ymm", 8),
    "x86_64_vaes512": (r"\bvaesenc\b.*%zmm", 8),
}
GCM_AARCH64 = {"aarch64": (r"\baese\b", 8)}
MULTIPLICATION = re.compile(r"\bv?pclmul\w+|\bpmull2?\b")
ROUNDS_OF_ALL_IN_FLIGHT = 16


@dataclass(frozen=True)
class ChaChaEngine:
    """What its kernels are made of: rotations of words, products of limbs, and registers enough or not."""

    rotation: str
    product: str
    kernels: int
    """At least: batches, their long messages, one long message, each sealed and opened; and short ones alone."""
    keeps_state: bool


CHACHA_X86_64 = {
    "x86_64_avx2": ChaChaEngine(r"\bvpsrld\b.*%ymm", r"\bvpmulu?dq\b.*%ymm", 10, keeps_state=False),
    "x86_64_avx512": ChaChaEngine(r"\bvprold\b.*%zmm", r"\bvpmulu?dq\b.*%zmm", 10, keeps_state=True),
    "x86_64_avx512ifma": ChaChaEngine(r"\bvprold\b.*%zmm", r"\bvpmadd52[lh]uq\b.*%zmm", 6, keeps_state=True),
}
CHACHA_AARCH64 = {"aarch64_neon": ChaChaEngine(r"\b(ushr|sri|sli|usra)\b", r"\bum(ull|lal)2?\b", 10, keeps_state=False)}
# A double round of one set of blocks has 32 rotations, of which AVX2 and NEON do half in another way; several steps of
# Poly1305 have 50 products or more.
ROTATIONS = 16
PRODUCTS = 36
ROUND = re.compile(r"\b(vaesenc|aesenc|aese)\b")
AES = re.compile(r"\b(v?aes(enc|dec|imc|keygen)|aes[ed]\b|aesi?mc\b|v?pclmul|pmull)")
CALL = re.compile(r"^(call|blr?\b)")
JUMP = re.compile(r"^(?:j\w+|b(?:\.\w+)?|cbn?z|tbn?z)\s.*?\b([0-9a-f]+) <")
# A call of what has not the kernel's instructions: one of them, a closure, an iterator, or what was to call it for each
# of an array.
NOT_INLINED = re.compile(r"core_arch|core5array|core\.\.array|core4iter|core(?:\.\.|::)iter|closure")
FUNCTION = re.compile(r"^[0-9a-f]+ <(.+)>:$")
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(.*)$")


# What AEGIS with VAES-512 may use of the stack for one message: `TINY_STACK` in core/src/cipher/aegis.rs, less room.
TINY_FRAME = 128
TINY_KERNELS = re.compile(r"aegis.*x86_64_vaes512.*kernel3one")
FRAME = re.compile(r"^sub\s+\$(0x[0-9a-f]+),%rsp|^and\s+\$-?(0x[0-9a-f]+),%rsp")


@dataclass
class Function:
    name: str
    code: list[tuple[int, str]] = field(default_factory=list)

    def innermost_loops(self) -> list[list[str]]:
        """The bodies of loops that hold no other loop: what lies between a backward jump and its target."""
        addresses = {address for address, _ in self.code}
        spans = []
        for address, text in self.code:
            jump = JUMP.match(text)
            target = int(jump.group(1), 16) if jump else None
            if target is not None and target <= address and target in addresses:
                spans.append((target, address))
        innermost = [
            (start, end)
            for start, end in spans
            if not any((start, end) != other and start <= other[0] and other[1] <= end for other in spans)
        ]
        return [[text for address, text in self.code if start <= address <= end] for start, end in innermost]


def parse(disassembly: str) -> list[Function]:
    """The functions of what `objdump -d --no-show-raw-insn` prints."""
    functions: list[Function] = []
    for line in disassembly.splitlines():
        if start := FUNCTION.match(line):
            functions.append(Function(start.group(1)))
        elif functions and (instruction := INSTRUCTION.match(line)):
            functions[-1].code.append((int(instruction.group(1), 16), instruction.group(2)))
    return functions


def rounds(loop: list[str]) -> int:
    """How many AES rounds a loop does, by the instructions that begin one."""
    return sum(bool(ROUND.search(text)) for text in loop)


def problems(functions: list[Function], engines: dict[str, tuple[str, bool]]) -> list[str]:
    """What is wrong with the kernels; nothing if all is well."""
    found = []
    portable = [function for function in functions if "aegis" in function.name and "portable" in function.name]
    if not any("aes_round_without_key" in function.name for function in portable):
        found.append("the portable AES round is not there")
    for function in portable:
        for _, text in function.code:
            if AES.search(text):
                found.append(f"{function.name}: the portable engine uses {text}")
    for engine, (instruction, has_room) in engines.items():
        name = re.compile(rf"aegis.*{engine}")
        kernels = [
            function for function in functions if name.search(function.name) and not WITHOUT_TEXT.search(function.name)
        ]
        loops = {kernel.name: [loop for loop in kernel.innermost_loops() if rounds(loop)] for kernel in kernels}
        made_of_it = [
            kernel
            for kernel in kernels
            if any(re.search(instruction, text) for loop in loops[kernel.name] for text in loop)
        ]
        if len(made_of_it) < KERNELS:
            found.append(f"{engine}: {len(made_of_it)} kernels with a loop of {instruction}, expected {KERNELS}")
        for kernel in kernels:
            for text in (text for loop in loops[kernel.name] if rounds(loop) >= min(WHOLE_BLOCKS) for text in loop):
                if CALL.match(text) and NOT_INLINED.search(text):
                    found.append(f"{kernel.name}: a loop of rounds holds {text}")
            whole_blocks = [loop for loop in loops[kernel.name] if rounds(loop) in WHOLE_BLOCKS]
            if not any(is_clean(loop, has_room) for loop in whole_blocks):
                found.append(f"{kernel.name}: no loop over whole blocks without calls" + " and spills" * has_room)
    return found


def is_clean(loop: list[str], has_room: bool) -> bool:
    """Whether a loop calls nothing and, where there are enough registers, puts next to none on the stack."""
    spills = sum(bool(SPILL.match(text)) for text in loop)
    return not any(CALL.match(text) for text in loop) and not (has_room and spills * INSTRUCTIONS_PER_SPILL > len(loop))


def gcm_problems(functions: list[Function], engines: dict[str, tuple[str, int]]) -> list[str]:
    """What is wrong with the kernels of AES-GCM; nothing if all is well."""
    found = []
    for engine, (instruction, expected) in engines.items():
        name = re.compile(rf"gcm.*{engine}.*Kernels.*(?:long|short)")
        kernels = [function for function in functions if name.search(function.name)]
        if len(kernels) < expected:
            found.append(f"AES-GCM, {engine}: {len(kernels)} kernels, expected {expected}")
        for kernel in kernels:
            rounds = [
                loop
                for loop in kernel.innermost_loops()
                if sum(bool(re.search(instruction, text)) for text in loop) >= ROUNDS_OF_ALL_IN_FLIGHT
            ]
            if not any(MULTIPLICATION.search(text) for loop in rounds for text in loop):
                found.append(f"{kernel.name}: no loop of rounds and multiplications with {instruction}")
            for text in (text for loop in rounds for text in loop if CALL.match(text)):
                found.append(f"{kernel.name}: a loop of rounds holds {text}")
    return found


def gcm_alone_problems(functions: list[Function], engines: dict[str, tuple[str, int]]) -> list[str]:
    """What is wrong with the kernels of AES-GCM for a short message alone; nothing if all is well."""
    found = []
    for engine, (_, expected) in engines.items():
        name = re.compile(rf"gcm.*{engine}.*Kernels.*alone_")
        kernels = [function for function in functions if name.search(function.name)]
        if len(kernels) < expected // 2:
            found.append(f"AES-GCM, {engine}: {len(kernels)} kernels for one message, expected {expected // 2}")
        for kernel in kernels:
            for text in (text for _, text in kernel.code if CALL.match(text) and NOT_INLINED.search(text)):
                found.append(f"{kernel.name}: an instruction became a function: {text}")
    return found


def chacha_problems(functions: list[Function], engines: dict[str, ChaChaEngine]) -> list[str]:
    """What is wrong with the kernels of ChaCha20-Poly1305; nothing if all is well."""
    found = []
    family = [function for function in functions if "chacha" in function.name and "pagecrypt" in function.name]
    for function in family:
        # A closure or an iterator that became a function of its own has not the kernel's instructions.
        for text in (text for _, text in function.code if CALL.match(text) and NOT_INLINED.search(text)):
            found.append(f"{function.name}: an instruction became a function: {text}")
    for engine, expected in engines.items():
        name = re.compile(rf"{engine}(?!ifma).*kernel")
        kernels = [function for function in family if name.search(function.name)]
        if len(kernels) < expected.kernels:
            found.append(f"ChaCha20-Poly1305, {engine}: {len(kernels)} kernels, expected {expected.kernels}")
        loops = [(kernel, loop) for kernel in kernels for loop in kernel.innermost_loops()]
        products = [(kernel, loop) for kernel, loop in loops if occurrences(expected.product, loop) >= PRODUCTS]
        rounds = [
            (kernel, loop)
            for kernel, loop in loops
            if occurrences(expected.rotation, loop) >= ROTATIONS and not occurrences(expected.product, loop)
        ]
        if not rounds:
            found.append(f"ChaCha20-Poly1305, {engine}: no loop of rounds with {expected.rotation}")
        for kernel, loop in rounds:
            for text in loop:
                if CALL.match(text) or (expected.keeps_state and SPILL.match(text)):
                    found.append(f"{kernel.name}: a loop of rounds holds {text}")
        if not products:
            found.append(f"ChaCha20-Poly1305, {engine}: no loop of products with {expected.product}")
    return found


def occurrences(instruction: str, loop: list[str]) -> int:
    return sum(bool(re.search(instruction, text)) for text in loop)


def frame_problems(functions: list[Function]) -> list[str]:
    """Which kernels for one message use more of the stack than is wiped after them."""
    kernels = [function for function in functions if TINY_KERNELS.search(function.name)]
    found = [] if len(kernels) >= KERNELS else [f"{len(kernels)} kernels for one message, expected {KERNELS}"]
    for kernel in kernels:
        size = frame(kernel)
        if size > TINY_FRAME:
            found.append(f"{kernel.name}: uses {size} bytes of the stack, expected at most {TINY_FRAME}")
    return found


def frame(function: Function) -> int:
    """How much of the stack a function uses: where it returns to, what it saves, and its own room."""
    saved = sum(text.startswith("push") for _, text in function.code)
    room = sum(int(match.group(1) or "0x40", 16) for _, text in function.code if (match := FRAME.match(text)))
    return 8 + 8 * saved + room


def main(binary: str, objdump: str = "objdump") -> int:
    command = [objdump, "-d", "--no-show-raw-insn", binary]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    arm = "aarch64" in listing.split("\n", 3)[1]
    engines, gcm_engines = (AARCH64, GCM_AARCH64) if arm else (X86_64, GCM_X86_64)
    chacha_engines = CHACHA_AARCH64 if arm else CHACHA_X86_64
    functions = parse(listing)
    found = problems(functions, engines) + gcm_problems(functions, gcm_engines)
    found += gcm_alone_problems(functions, gcm_engines)
    found += chacha_problems(functions, chacha_engines)
    found += [] if arm else frame_problems(functions)
    for problem in found:
        print(problem, file=sys.stderr)
    if not found:
        print(f"{binary}: no call inside a loop of rounds in the kernels of {', '.join(engines)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
