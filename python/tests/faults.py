"""Misuse of every kind, each group in a process of its own:  faults.py GROUP FOLDER

Whatever is done here, there has to be an ordinary exception or a result. What is not is printed, and a crash ends the
process.
"""

# mypy: disable-error-code="misc"
# It does not infer the types of lambdas that hold a loop's variable as a default.

from __future__ import annotations

import array
import contextlib
import ctypes
import gc
import mmap
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pagecrypt
from buffers import strided
from pagecrypt import (
    Aead,
    Cipher,
    Context,
    Key,
    PageCodec,
    PagecryptError,
    PageReader,
    RecordCodec,
    StoreCodec,
    TokenKey,
    WalChain,
)
from samples import key_of, pages_of
from surface import HEADER, Call, entries

import vectors

KEY = key_of(Cipher.AEGIS256)
TOKEN_KEY = TokenKey.generate()
STREAM = Context.stream(bytes(32))
RECORDS = RecordCodec.bound(KEY, STREAM)
STORE = StoreCodec(KEY, bytes(16), TOKEN_KEY)
# What misuse may raise. An OverflowError tells of an integer that was not checked; SystemError, a panic and the
# package's own InternalError of a defect.
FAIR = (TypeError, ValueError, BufferError, AttributeError, OSError, PagecryptError, MemoryError)

failures: list[str] = []


def attempt(what: str, call: Callable[[], Any], fair: tuple[type[BaseException], ...] = FAIR) -> BaseException | None:
    """Calls, and takes note where neither a result nor a fair exception comes of it."""
    try:
        call()
    except BaseException as error:
        if not isinstance(error, fair) or isinstance(error, pagecrypt.InternalError):
            failures.append(f"{what}: {type(error).__module__}.{type(error).__name__}: {error}")
        return error
    return None


class IndexLike:
    """An integer by its own account."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __index__(self) -> Any:
        if isinstance(self.value, BaseException):
            raise self.value
        return self.value


class FileLike:
    """A path by its own account."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __fspath__(self) -> Any:
        if isinstance(self.value, BaseException):
            raise self.value
        return self.value


class OwnError(Exception):
    """What an argument's own method raises: it has to come out as it is."""


class Text(str):
    __slots__ = ()


class Long(list[Any]):
    """A list that says it is longer than it is."""

    def __len__(self) -> int:
        return sys.maxsize


def wrong_values() -> tuple[Any, ...]:
    """New ones each time: what writes to a buffer would leave pointers of ctypes that lead nowhere."""
    return (
        None,
        True,
        0,
        1.5,
        -1.0,
        float("nan"),
        Decimal(5),
        1j,
        "text",
        "\udcff",
        "\0",
        Text("aegis256"),
        b"",
        b"bytes",
        bytearray(b"\0" * 7),
        memoryview(b"abcdef")[::2],
        array.array("d", [1.0]),
        (ctypes.c_char_p * 2)(b"a", b"b"),
        (ctypes.py_object * 1)(object()),
        [],
        [None],
        [b"a", 7],
        (1, 2),
        ("a", "b"),
        Long(),
        Long([b""]),
        {},
        {1: b""},
        set(),
        iter([b"a"]),
        (item for item in [b"a"]),
        range(5),
        object(),
        object,
        len,
        Ellipsis,
        NotImplemented,
        sys,
        KEY,
        Key,
        Cipher.AES128GCM,
        pagecrypt.Engine.PORTABLE,
        IndexLike(2),
        IndexLike("no"),
        IndexLike(OwnError()),
        FileLike("/no/such/file"),
        FileLike(7),
        FileLike(OwnError()),
        Path("/"),
        ".",
        "/dev/null",
        "x" * 100_000,
        b"\xff" * 100_000,
    )


NUMBERS = tuple(
    sign * (2**power + more)
    for sign in (1, -1)
    for power in (0, 7, 8, 15, 16, 31, 32, 62, 63, 64, 100, 5000)
    for more in (-1, 0, 1)
)


def wrong_types(folder: Path) -> None:
    for entry in entries(folder):
        for parameter in entry.arguments:
            for value in wrong_values():
                attempt(f"{entry.name}({parameter}={value!r:.60})", with_(entry, parameter, value), (*FAIR, OwnError))


def numbers(folder: Path) -> None:
    for entry in entries(folder):
        for parameter in entry.arguments:
            for value in (*NUMBERS, *(IndexLike(number) for number in NUMBERS[::5]), 1e308, -1e308, float("inf")):
                if parameter == "threads" and value in range(1, 2**16):
                    continue
                attempt(
                    f"{entry.name}({parameter}={getattr(value, 'value', value)!r:.60})", with_(entry, parameter, value)
                )


def with_(entry: Call, parameter: str, value: Any) -> Callable[[], Any]:
    def call() -> Any:
        made = entry.call(**{parameter: value})
        if isinstance(made, PageReader):
            made.close()
        return made

    return call


def arguments(folder: Path) -> None:
    """Too few, too many, by names that there are not."""
    for entry in entries(folder):
        for call in (
            lambda entry=entry: entry.function(*[None] * 30),
            lambda entry=entry: entry.call(no_such_parameter=1),
            lambda entry=entry: entry.function(**{"": 1}),
        ):
            if not isinstance(error := attempt(entry.name, call), TypeError):
                failures.append(f"{entry.name}: {error!r}, not a TypeError")
        required = [name for name in entry.arguments if name not in ("cipher", "page_size", "encoding")]
        if required and not entry.positional:
            rest = {name: value for name, value in entry.arguments.items() if name != required[0]}
            attempt(entry.name, lambda entry=entry, rest=rest: entry.function(**rest))


def own_exceptions(folder: Path) -> None:
    """What an argument's own method raises comes out as it is."""
    mine = OwnError("mine")
    codec, page = PageCodec(KEY), bytearray(4096)
    number, path = IndexLike(mine), FileLike(mine)
    calls: list[Callable[[], Any]] = [
        lambda: codec.seal_pages(number, page),  # type: ignore[arg-type]
        lambda: codec.open_page(number, page),  # type: ignore[arg-type]
        lambda: PageCodec(KEY, number),  # type: ignore[arg-type]
        lambda: pagecrypt.pending_byte_page(number),  # type: ignore[arg-type]
        lambda: Cipher.from_number(number),  # type: ignore[arg-type]
        lambda: pagecrypt.inspect_file(path),
        lambda: pagecrypt.verify_file(path, KEY),
        lambda: pagecrypt.encrypt_file(path, folder / "x", KEY),
        lambda: pagecrypt.encrypt_file(vectors.PLAIN, path, KEY),
        lambda: PageReader(path, KEY),
    ]
    for i, call in enumerate(calls):
        if attempt(f"call {i}", call, (OwnError,)) is not mine:
            failures.append(f"call {i} did not raise what the argument raised")


def closed_and_released(folder: Path) -> None:
    key = Key.from_text(vectors.ENCRYPTED_KEY)
    reader = PageReader(vectors.ENCRYPTED, key)
    file = reader.as_file()
    reader.close()
    uses: list[Callable[[], Any]] = [
        lambda: reader.read_at(0, 5),
        lambda: reader.read_into(0, bytearray(5)),
        lambda: reader.read_pages(1, 1),
        reader.check_unchanged,
        reader.as_file,
        lambda: file.read(5),
        lambda: file.readinto(bytearray(5)),
        file.readall,
        reader.__enter__,
    ]
    for use in uses:
        if not isinstance(error := attempt("closed", use), ValueError):
            failures.append(f"a closed reader: {error!r}")
    for name in ("closed", "cipher", "page_size", "page_count", "size", "frames_applied"):
        attempt(name, lambda name=name: getattr(reader, name))
    view = memoryview(bytearray(4096))
    view.release()
    mapped = mmap.mmap(-1, 4096)
    mapped.close()
    codec = PageCodec(KEY)
    for gone in (view, mapped):
        for call in (codec.seal_pages, codec.sealed_pages, codec.open_pages, codec.open_page):
            if attempt("released", lambda call=call, gone=gone: call(2, gone)) is None:
                failures.append("released memory was taken")


@contextlib.contextmanager
def meanwhile(*works: Callable[[], Any]) -> Iterator[None]:
    """Other threads do this over and over."""
    done = threading.Event()

    def loop(work: Callable[[], Any]) -> None:
        while not done.is_set():
            work()

    threads = [threading.Thread(target=loop, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


def memory_that_changes(folder: Path) -> None:
    """Others write to the buffers, map, resize and close while long calls work on them."""
    codec, aead = PageCodec(KEY), Aead(KEY)
    count = 256
    plain = bytes(pages_of(codec, 2, count))
    sealed = codec.sealed_pages(2, plain)
    path = folder / "mapped"
    path.write_bytes(plain)
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        for shared in (bytearray(plain), mapped):
            state = [0]

            def scribble(shared: Any = shared, state: list[int] = state) -> None:
                state[0] += 1
                for at in range(state[0] % 4096, len(shared), 4096):
                    shared[at] = state[0] % 256
                shared[:100] = b"\xff" * 100
                shared[-4096:] = sealed[-4096:]

            def resize(shared: Any = shared) -> None:
                with contextlib.suppress(BufferError, ValueError):
                    shared[:] = plain if isinstance(shared, mmap.mmap) else plain[:]
                    if isinstance(shared, bytearray):
                        shared.append(1)
                        shared.pop()

            with meanwhile(scribble, resize):
                for _ in range(25):
                    into = bytearray(len(plain))
                    batch = [memoryview(shared)[i * 4096 : (i + 1) * 4096] for i in range(8)]
                    for call in (
                        lambda s=shared: codec.seal_pages(1, s),
                        lambda s=shared: codec.open_pages(1, s),
                        lambda s=shared: codec.sealed_pages(2, s),
                        lambda s=shared: codec.opened_pages(2, s),
                        lambda s=shared, i=into: codec.seal_pages_into(2, s, i),
                        lambda s=shared, i=into: codec.open_pages_into(2, s, i),
                        lambda s=shared, i=into: codec.open_pages_into(2, i, s),
                        lambda s=shared: codec.open_frames(1, s),
                        lambda s=shared: aead.seal(s, nonce=bytes(32), associated_data=s),
                        lambda s=shared: aead.open(s, nonce=bytes(32)),
                        lambda s=shared: aead.seal_detached(s, nonce=memoryview(s)[:32]),
                        lambda s=shared: RECORDS.seal(s),
                        lambda s=shared: RECORDS.open(s),
                        lambda b=batch: RECORDS.seal_batch(b),
                        lambda b=batch: RECORDS.open_batch(b, partial=True),
                        lambda s=shared: STORE.seal(pagecrypt.Entry(b"path", body=s)),
                        lambda b=batch: aead.open_batch(b, nonces=[b[0][:32]] * 8, partial=True),
                        lambda b=batch: aead.seal_batch(b, nonces=[b[0][:32]] * 8, associated_data=b),
                    ):
                        attempt("memory that changes", call)
                    for view in batch:
                        view.release()


def only_authentic(folder: Path) -> None:
    """Forms that return bytes give nothing but authentic pages, whoever writes to the source meanwhile.

    AES-GCM reads a text twice: with `open_pages_into` in their place, some pages come out that nobody sealed.
    """
    codec = PageCodec(key_of(Cipher.AES256GCM), 65536)
    plain = bytes(pages_of(codec, 2, 1))
    sealed = bytearray(codec.sealed_pages(2, plain))

    def scribble() -> None:
        for at in range(100, 60_000, 7001):
            sealed[at] ^= 1
            sealed[at] ^= 1

    opened = 0
    sys.setswitchinterval(1e-6)
    with meanwhile(scribble):
        for i in range(8000):
            with contextlib.suppress(pagecrypt.AuthenticationError):
                form = codec.open_page if i % 2 else codec.opened_pages
                if form(2, sealed) != plain:
                    failures.append("a page came out that nobody sealed")
                opened += 1
    if opened < 100:
        failures.append(f"only {opened} pages were opened at all")


def resized_in_the_middle(folder: Path) -> None:
    """Arguments whose own methods change the buffer that is the next argument."""
    codec, aead = PageCodec(KEY), Aead(KEY)
    for size in (4096, 64 * 4096):
        memory = bytearray(size)

        class Shrinks:
            def __index__(self, memory: bytearray = memory) -> int:
                memory.clear()
                return 2

        class Batch(list[Any]):
            def __getitem__(self, at: Any) -> Any:
                self.clear()
                return b"text"

            def __iter__(self) -> Iterator[Any]:
                for item in [b"a", b"b", b"c"]:
                    self.clear()
                    yield item

        for call in (codec.seal_pages, codec.open_pages, codec.sealed_pages, codec.opened_pages):
            attempt("shrinks", lambda call=call, m=memory: call(Shrinks(), m))
            memory[:] = bytes(size)
        attempt("batch", lambda: aead.seal_batch(Batch([b"a", b"b"]), nonces=[bytes(32)] * 2))
        attempt("batch", lambda: aead.seal_batch([b"a", b"b"], nonces=Batch([bytes(32)] * 2)))
        attempt("batch", lambda: aead.open_batch(Batch([bytes(16)] * 2), nonces=[bytes(32)] * 2, partial=True))
        reader = PageReader(vectors.ENCRYPTED, Key.from_text(vectors.ENCRYPTED_KEY))

        class Closes:
            def __index__(self, reader: PageReader = reader) -> int:
                reader.close()
                return 1

        attempt("closes", lambda r=reader: r.read_at(Closes(), 10))
        attempt("closes", lambda r=reader: r.read_pages(1, Closes()))


def shared_by_threads(folder: Path) -> None:
    """Everything at once on the same objects, readers closed under way."""
    key = Key.from_text(vectors.ENCRYPTED_KEY)
    codec, aead, chain = PageCodec(key), Aead(key), WalChain.start(HEADER)
    frame = bytearray(b"\0\0\0\2" + bytes(20) + bytes(4096))
    page = bytearray(4096)
    holder = [PageReader(vectors.ENCRYPTED, key)]
    fair = (*FAIR, RuntimeError)

    def reopen() -> None:
        holder[0].close()
        holder[0] = PageReader(vectors.ENCRYPTED, key)

    works: list[Callable[[], Any]] = [
        lambda: codec.seal_frames(chain, frame),
        lambda: codec.seal_frames(chain, frame),
        lambda: chain.accept(frame),
        lambda: chain.checksum,
        lambda: codec.seal_pages(2, page),
        lambda: codec.open_pages(2, page),
        lambda: aead.seal_into(memoryview(page)[:-16], page, nonce=bytes(32)),
        lambda: holder[0].read_at(0, 20_000),
        lambda: holder[0].as_file().read(20_000),
        reopen,
        lambda: key == Key.from_text(vectors.ENCRYPTED_KEY),
        lambda: repr([key, codec, aead, chain, holder]),
        gc.collect,
    ]
    with meanwhile(*(lambda work=work: attempt("shared", work, fair) for work in works)):
        for _ in range(40):
            attempt("shared", lambda: pagecrypt.verify_file(vectors.ENCRYPTED, key), fair)
    holder[0].close()


def progress(folder: Path) -> None:
    """Progress functions that raise, call back, change the folder, or are no functions."""
    new = folder / "new"

    class Hostile:
        def __call__(self, done: int, total: int) -> Any:
            raise SystemExit(3)

    class Truth:
        def __bool__(self) -> bool:
            raise OwnError

    def again(done: int, total: int) -> None:
        pagecrypt.encrypt_file(vectors.PLAIN, folder / "inner", KEY, force=True)

    def recurse(done: int, total: int) -> None:
        recurse(done, total)

    def same(done: int, total: int) -> None:
        pagecrypt.encrypt_file(vectors.PLAIN, new, KEY)

    def remove(done: int, total: int) -> None:
        for path in folder.glob(".*pagecrypt-tmp"):
            path.unlink()

    fair = (*FAIR, SystemExit, OwnError, RecursionError, GeneratorExit, KeyboardInterrupt)
    generator = (number for number in range(3))
    for function in (
        Hostile(), lambda done, total: Truth(), again, recurse, same, remove, generator.throw, lambda *a: [][1],
        lambda: None, lambda done: None, 7, "text", b"", Hostile, print, len, KeyboardInterrupt, dict,
    ):  # fmt: skip
        for call in (
            lambda f=function: pagecrypt.encrypt_file(vectors.PLAIN, new, KEY, progress=f),
            lambda f=function: pagecrypt.decrypt_file(
                vectors.ENCRYPTED, new, Key.from_text(vectors.ENCRYPTED_KEY), progress=f
            ),
            lambda f=function: pagecrypt.decrypt_file(
                vectors.ENCRYPTED, new, Key.from_text(vectors.ENCRYPTED_KEY), compact=True, progress=f
            ),
            lambda f=function: pagecrypt.verify_file(
                vectors.ENCRYPTED, Key.from_text(vectors.ENCRYPTED_KEY), progress=f
            ),
        ):
            attempt(f"progress={function!r}", call, (*fair, IndexError, RuntimeError))
            new.unlink(missing_ok=True)
    (folder / "inner").unlink(missing_ok=True)
    left = [path.name for path in folder.iterdir()]
    if left:
        failures.append(f"left behind: {left}")


def life_and_death(folder: Path) -> None:
    """Objects made by side doors, in cycles, from weak references, gone in other threads."""
    things = (KEY, Aead(KEY), PageCodec(KEY), WalChain.start(HEADER), TOKEN_KEY, STREAM, RECORDS, STORE)
    native = {type(thing) for thing in things}
    for kind in native | {PageReader}:
        for make in (
            lambda kind=kind: kind.__new__(kind),
            lambda kind=kind: object.__new__(kind),
            lambda kind=kind: kind.__new__(kind, None),
            lambda kind=kind: kind(),
        ):
            made: list[Any] = []
            attempt(f"{kind.__name__} from nothing", lambda make=make, made=made: made.append(make()))
            for thing in made:
                for name in dir(thing):
                    attempt(f"{kind.__name__}.{name}", lambda t=thing, n=name: getattr(t, n))
                    attempt(f"{kind.__name__}.{name}()", lambda t=thing, n=name: getattr(t, n)())
    for thing in things:
        attempt("weak", lambda thing=thing: weakref.ref(thing))
        attempt("reduce", lambda thing=thing: thing.__reduce__())
        attempt("reduce", lambda thing=thing: thing.__reduce_ex__(2))
        attempt("reduce", lambda thing=thing: object.__reduce_ex__(thing, 4))
        attempt("state", lambda thing=thing: thing.__getstate__())
        attempt("class", lambda thing=thing: setattr(thing, "__class__", object))
        attempt("init", lambda thing=thing: thing.__init__())
        attempt("init", lambda thing=thing: thing.__init__(KEY))
        attempt("size", lambda thing=thing: thing.__sizeof__())
    for _ in range(200):
        cycle: list[Any] = [Key.generate(), PageReader(vectors.ENCRYPTED, Key.from_text(vectors.ENCRYPTED_KEY))]
        cycle += [cycle, cycle[1].as_file()]
        thread = threading.Thread(target=cycle.clear)
        thread.start()
        thread.join()
    gc.collect()


def in_pieces(folder: Path) -> None:
    codec, aead = PageCodec(KEY), Aead(KEY)
    for name, memory in strided(4096).items():
        for call in (codec.seal_pages, codec.open_pages, codec.sealed_pages, codec.open_page):
            if attempt(name, lambda call=call, m=memory: call(2, m), (TypeError, BufferError)) is None:
                failures.append(f"{name} was taken")
        attempt(name, lambda m=memory: aead.seal(m, nonce=bytes(32)), (TypeError, BufferError))


GROUPS = {
    function.__name__: function
    for function in (
        wrong_types,
        numbers,
        arguments,
        own_exceptions,
        closed_and_released,
        memory_that_changes,
        only_authentic,
        resized_in_the_middle,
        shared_by_threads,
        progress,
        life_and_death,
        in_pieces,
    )
}


if __name__ == "__main__":
    GROUPS[sys.argv[1]](Path(sys.argv[2]))
    for line in dict.fromkeys(failures):
        print(line)
    print(f"{len(failures)} failures")
