// ServiceKit owns what every executable needs around its own work, the gateway's too: reading its configuration,
// logging, randomness and time that tests can replace, requests to other servers, and the life of a process from start
// to drained exit.
//
// It must not know: the database or anything of it (ServiceStore does), a key, any rule of OAuth or WebAuthn, any HTTP
// route. Nothing here reads the process environment except `Environment.process`, the clock except `SystemClock`,
// randomness except `SystemRandomness`.
