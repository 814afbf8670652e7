package pagecrypt

// Version returns the version of libpagecrypt, such as 0.1.0; "" without cgo.
func Version() string {
	return version()
}
