package pagecrypt

import (
	"context"
	"errors"
	"time"
)

// fileSettings are the options as the library takes them.
type fileSettings struct {
	force   bool
	wait    time.Duration
	threads int
	// report is called by the library with the bytes done and in all; false stops the work.
	report func(done, total uint64) bool
}

const defaultWait = 5 * time.Second

// runFile runs work, one of the library's functions on whole files, until it ends or ctx does.
func runFile(ctx context.Context, options *FileOptions, work func(fileSettings) error) error {
	if err := ctx.Err(); err != nil {
		return cancelled(newError(ErrCancelled, "cancelled"), err)
	}
	if options == nil {
		options = &FileOptions{}
	}
	if options.Threads < 0 {
		return invalidArgument("a negative number of threads")
	}
	settings := fileSettings{force: options.Force, wait: options.Wait, threads: options.Threads}
	switch {
	case settings.wait == 0:
		settings.wait = defaultWait
	case settings.wait < 0:
		settings.wait = 0
	}
	if deadline, ok := ctx.Deadline(); ok {
		settings.wait = max(0, min(settings.wait, time.Until(deadline)))
	}

	var err error
	if options.Progress == nil {
		settings.report = func(uint64, uint64) bool { return ctx.Err() == nil }
		err = work(settings)
	} else {
		err = runWithProgress(ctx, options.Progress, settings, work)
	}
	var failure *Error
	if errors.As(err, &failure) && failure.Code == ErrCancelled && ctx.Err() != nil {
		return cancelled(failure, ctx.Err())
	}
	return err
}

func cancelled(failure *Error, cause error) error {
	failure.Message += ": " + cause.Error()
	failure.cause = cause
	return failure
}

type progressEvent struct{ done, total uint64 }

// runWithProgress runs work on another goroutine and progress on this one: so a panic of progress, or its
// runtime.Goexit, unwinds Go's frames only. The library is stopped and waited for before it goes on.
func runWithProgress(ctx context.Context, progress func(done, total uint64), settings fileSettings, work func(fileSettings) error) error {
	events := make(chan progressEvent)
	goOn := make(chan bool)
	settings.report = func(done, total uint64) bool {
		if ctx.Err() != nil {
			return false
		}
		events <- progressEvent{done, total}
		return <-goOn && ctx.Err() == nil
	}
	var err error
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		err = work(settings)
	}()

	answered := true
	defer func() {
		if !answered {
			goOn <- false
		}
		for {
			select {
			case <-events:
				goOn <- false
			case <-finished:
				return
			}
		}
	}()
	for {
		select {
		case event := <-events:
			answered = false
			progress(event.done, event.total)
			answered = true
			goOn <- true
		case <-finished:
			return err
		}
	}
}
