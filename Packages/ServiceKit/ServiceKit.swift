// ServiceKit owns what every executable needs around its own work: reading its configuration, logging, deriving and using
// keys, randomness and time that tests can replace, and the life of a process from start to drained exit.
//
// It must not know: any rule of OAuth or WebAuthn, any SQL (the Store has it), any HTTP route. Nothing here reads the
// process environment except `Environment.process`, the clock except `SystemClock`, randomness except `SystemRandomness`.
