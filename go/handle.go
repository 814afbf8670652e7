package pagecrypt

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// closedBit marks a handle as closed; the bits below count the operations that use it.
const closedBit = 1 << 62

// liveHandles counts the C objects that are not freed yet. Tests look at it.
var liveHandles atomic.Int64

// A handle owns a C object, which is freed by close once no operation uses it any more, or by the garbage collector.
type handle struct {
	pointer unsafe.Pointer
	free    func(unsafe.Pointer)
	uses    atomic.Int64
	cleanup runtime.Cleanup
}

func newHandle(pointer unsafe.Pointer, free func(unsafe.Pointer)) *handle {
	liveHandles.Add(1)
	counted := func(pointer unsafe.Pointer) {
		free(pointer)
		liveHandles.Add(-1)
	}
	h := &handle{pointer: pointer, free: counted}
	h.cleanup = runtime.AddCleanup(h, counted, pointer)
	return h
}

// acquire keeps the C object until release.
func (h *handle) acquire() (unsafe.Pointer, error) {
	if h == nil {
		return nil, notMade("a value")
	}
	for {
		uses := h.uses.Load()
		if uses&closedBit != 0 {
			return nil, ErrClosed
		}
		if h.uses.CompareAndSwap(uses, uses+1) {
			return h.pointer, nil
		}
	}
}

func (h *handle) release() {
	if h.uses.Add(-1) == closedBit {
		h.freeNow()
	}
}

func (h *handle) close() {
	if h == nil {
		return
	}
	for {
		uses := h.uses.Load()
		if uses&closedBit != 0 {
			return
		}
		if h.uses.CompareAndSwap(uses, uses|closedBit) {
			if uses == 0 {
				h.freeNow()
			}
			return
		}
	}
}

// freeNow runs once: when the last use of a closed handle ends.
func (h *handle) freeNow() {
	h.cleanup.Stop()
	h.free(h.pointer)
	runtime.KeepAlive(h) // so that the cleanup cannot have been queued before Stop
}
