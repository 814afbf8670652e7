//go:build pagecrypt_system

package pagecrypt

// testTags are the build tags of this test.
var testTags = []string{"pagecrypt_system"}
