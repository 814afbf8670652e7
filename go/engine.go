package pagecrypt

import "strconv"

// An Engine is an implementation of ciphers that runs on some CPUs.
type Engine int32

// The engines, in ascending order: one that is given as a ceiling ([Key.WithEngine]) allows those before it.
const (
	EnginePortable   Engine = 1
	EngineRustCrypto Engine = 2
	EngineAESNI      Engine = 3
	EngineVAES256    Engine = 4
	EngineVAES512    Engine = 5
	EngineARMv8      Engine = 6
)

var engineNames = [...]string{
	EnginePortable:   "portable",
	EngineRustCrypto: "rustcrypto",
	EngineAESNI:      "aesni",
	EngineVAES256:    "vaes256",
	EngineVAES512:    "vaes512",
	EngineARMv8:      "armv8",
}

// Engines returns every engine there is, whether this CPU runs it or not.
func Engines() []Engine {
	engines := make([]Engine, 0, len(engineNames)-1)
	for number := 1; number < len(engineNames); number++ {
		engines = append(engines, Engine(number))
	}
	return engines
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
