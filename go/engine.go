package pagecrypt

import "strconv"

// An Engine is an implementation of ciphers that runs on some CPUs.
type Engine int32

// The engines. Their numbers say nothing about order: see [Engines].
const (
	EnginePortable   Engine = 1
	EngineRustCrypto Engine = 2
	EngineAESNI      Engine = 3
	EngineVAES256    Engine = 4
	EngineVAES512    Engine = 5
	EngineARMv8      Engine = 6
	EngineAVX2       Engine = 7
	EngineAVX512     Engine = 8
	EngineAVX512IFMA Engine = 9
	EngineNEON       Engine = 10
)

var engineNames = [...]string{
	EnginePortable:   "portable",
	EngineRustCrypto: "rustcrypto",
	EngineAESNI:      "aesni",
	EngineVAES256:    "vaes256",
	EngineVAES512:    "vaes512",
	EngineARMv8:      "armv8",
	EngineAVX2:       "avx2",
	EngineAVX512:     "avx512",
	EngineAVX512IFMA: "avx512ifma",
	EngineNEON:       "neon",
}

// Engines returns every engine there is, whether this CPU runs it or not. One that is given as a ceiling
// ([Key.WithEngine]) allows those before it.
func Engines() []Engine {
	return []Engine{
		EnginePortable, EngineRustCrypto, EngineAESNI, EngineAVX2, EngineVAES256, EngineAVX512, EngineAVX512IFMA,
		EngineVAES512, EngineNEON, EngineARMv8,
	}
}

// ParseEngine returns the engine with this name, in any case. A name that there is not, or an engine that this CPU does
// not run, gives [ErrUnknownEngine].
func ParseEngine(name string) (Engine, error) {
	return engineFromName(name)
}

// String returns the name, such as vaes512.
func (e Engine) String() string {
	if e > 0 && int(e) < len(engineNames) {
		return engineNames[e]
	}
	return "Engine(" + strconv.Itoa(int(e)) + ")"
}

// IsAvailable tells whether this CPU runs the engine; false without cgo.
func (e Engine) IsAvailable() bool {
	return engineIsAvailable(e)
}
